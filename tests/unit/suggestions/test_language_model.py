"""The source *language model* without a database: what is taken of an answer, and how a server is asked."""

import ipaddress
import json
import threading

import pytest

from annotator.platform.environment import SettingError
from annotator.platform.operations import AllowedServer, read_operations
from annotator.platform.outgoing import Line, NoAnswer, fault_of_address
from annotator.suggestions.language_model.conversation import Conversation, Failed
from annotator.suggestions.sources.language_model import prompt
from annotator.suggestions.sources.language_model.answer import Taken, UnreadableAnswer, anchor, take
from projects.schema_reader import read_schema
from tests.chat_server import error, running_chat_server, said

TEXT = "Ada Berg said the dam “is safe”. Lio Brandt said no: the dam is not safe, he said."
SCHEMA = read_schema({
    "labels": [
        {"id": "Claim", "description": "What is claimed.", "discontinuous": True, "attributes": [
            {"id": "kind", "type": "choice", "choices": [{"id": "fact"}, {"id": "opinion"}], "default": "fact"}]},
        {"id": "Speaker"},
    ],
    "relations": [{"id": "said-by", "from": ["Claim"], "to": ["Speaker"]}],
})  # fmt: skip


def item(key, label, quote, **more):
    return {"id": key, "label": label, "quote": quote, "before": "", "after": "", "attributes": [],
            "confidence": "high", **more}  # fmt: skip


def taken_of(*spans, links=(), text=TEXT, start=0):
    taken = Taken()
    take(json.dumps({"spans": spans, "links": list(links)}), text, start, SCHEMA, taken)
    return taken


def test_quotes_are_found_once_or_refused_with_a_reason():
    assert anchor(TEXT, "Ada Berg") == (0, 8)
    assert anchor(TEXT, 'the dam "IS SAFE"') == (14, 31)  # other marks and case, at the same offsets
    assert anchor(TEXT, "said") == "ambiguous"
    assert anchor(TEXT, "said", "Lio Brandt ", " no:") == (44, 48)
    assert anchor(TEXT, "said", "Lio Brandt", "yes") == "ambiguous"
    assert anchor(TEXT, "no") == (49, 51)  # a whole word, not the beginning of "not"
    assert anchor(TEXT, "he", ", ", " said.") == (74, 76)
    assert anchor(TEXT, "the bridge") == anchor(TEXT, " ") == "not_in_text"
    assert anchor("東京は安全だ。大阪は安全だ。", "安全だ", "大阪は") == (10, 13)
    assert anchor("A line\nbreak", "a line break") == (0, 12)


def test_what_the_schema_does_not_allow_is_refused_and_counted():
    pairs = [{"name": "kind", "value": "opinion"}, {"name": "kind", "value": "guess"}, {"name": "mood", "value": "x"}]
    taken = taken_of(
        item("1", "Claim", "is safe", attributes=pairs),
        item("2", "Speaker", "Ada Berg", confidence="sure"),
        item("3", "Speaker", "Ada Berg"),
        item("4", "Mood", "no"),
        item("5", "Claim", "the bridge is safe"),
        {"label": "Claim"},
        "Claim",
        links=[
            {"label": "said-by", "from": "1", "to": "2"},
            {"label": "said-by", "from": "2", "to": "1"},
            {"label": "said-by", "from": "1", "to": "5"},
            7,
        ],
        start=100,
    )
    claim, speaker = taken.spans
    assert (claim.fragments, claim.attributes, claim.score) == (((123, 130),), {"kind": "opinion"}, 0.55)
    assert (speaker.label, speaker.score) == ("Speaker", 0.2)
    assert [(link.source, link.target) for link in taken.links] == [(claim.id, speaker.id)]
    assert taken.refused.counts == {
        "attribute": 2, "duplicate": 1, "unknown_label": 1, "not_in_text": 1, "malformed": 2, "link": 3,
    }  # fmt: skip
    assert ("not_in_text", "the bridge is safe") in taken.refused.quotes
    for wrong in ("no JSON", "[]", '{"spans": 3}', '{"spans": [], "links": {}}', "null"):
        with pytest.raises(UnreadableAnswer):
            take(wrong, TEXT, 0, SCHEMA, Taken())
    take('```json\n{"spans": [], "links": []}\n```', TEXT, 0, SCHEMA, Taken())


def test_interrupted_spans_are_found_piece_by_piece_or_refused_whole():
    text = "“It is safe,” Ada Berg said, “and it is dry.” Is it dry? she asked."

    def piece(quote, before="", after=""):
        return {"quote": quote, "before": before, "after": after}

    taken = taken_of(
        item("1", "Claim", "It is safe", more=[piece("it is dry", "“and ", ".”")]),
        item("2", "Claim", "It is safe", more=[piece("it is wet")]),
        item("3", "Claim", "Is it dry", more=[piece("It is safe")]),
        item("4", "Claim", "It is safe", more=[piece("safe,")]),
        item("5", "Claim", "It is safe", more=["dry"]),
        item("6", "Speaker", "Ada", more=[piece("asked")]),
        item("7", "Claim", "It is safe", more=[piece("it is dry", "and ", "")]),
        text=text,
        start=5,
    )

    assert [span.fragments for span in taken.spans] == [((6, 16), (39, 48))]
    assert taken.refused.counts == {"not_in_text": 1, "pieces": 3, "malformed": 1, "duplicate": 1}
    asked = prompt.request("", "", model="small", schema=SCHEMA, plain=False)
    shape = asked["response_format"]["json_schema"]["schema"]["properties"]["spans"]["items"]
    assert "more" in shape["required"]
    assert '"more"' in prompt.system_prompt(SCHEMA, "")
    whole = read_schema({"labels": [{"id": "Speaker"}]})
    assert "more" not in prompt.answer_shape(whole)["properties"]["spans"]["items"]["required"]
    assert '"more"' not in prompt.system_prompt(whole, "")


def test_long_texts_are_asked_about_in_parts_at_their_offsets():
    text = ("Nothing happens here. " * 40 + "\n") * 20
    parts = list(prompt.parts(text))
    assert "".join(part.text for part in parts) == text
    assert [text[part.start : part.start + len(part.text)] for part in parts] == [part.text for part in parts]
    assert max(len(part.text) for part in parts) <= prompt.MOST_CHARACTERS
    assert all(part.text.endswith("\n") for part in parts)
    assert [len(part.text) for part in prompt.parts("x" * 30_000)] == [12_000, 12_000, 6_000]


class Impatient(Conversation):
    """Notes how long it would have waited."""

    def wait(self, seconds):
        self.waited = [*getattr(self, "waited", ()), seconds]
        return False


def talk_to(server):
    return Impatient(server, model="small", system="Find claims.", schema=SCHEMA)


def test_a_server_is_asked_again_when_it_is_busy_and_more_simply_when_it_refuses():
    replies = [
        error(429, Retry_After="7"),
        error(503),
        error(400, "response_format is not supported"),
        said("I think that …"),
        said({"spans": [item("1", "Speaker", "Ada Berg")], "links": []}),
    ]
    with running_chat_server(lambda _body: replies.pop(0)) as chat:
        conversation = talk_to(AllowedServer(chat.url, "secret-key"))
        asked = conversation.ask(TEXT)

    assert [span.fragments for span in asked.taken.spans] == [((0, 8),)]
    assert (asked.requests, asked.tokens_sent, asked.tokens_received) == (5, 200, 40)
    assert conversation.waited == [7, 14]
    assert {header["authorization"] for header in chat.headers} == {"Bearer secret-key"}
    assert set(chat.paths) == {"/v1/chat/completions"}
    first, last = chat.requests[0], chat.requests[-1]
    assert (
        first["response_format"]["json_schema"]["schema"]["properties"]["spans"]["items"]["additionalProperties"]
        is False
    )
    assert last.keys() == {"model", "messages"}
    assert [message["content"] for message in last["messages"]] == ["Find claims.", TEXT]


@pytest.mark.parametrize(
    ("reply", "reason", "is_final"),
    [
        (error(503, "Try later"), "503: Try later", False),
        (error(401, "Wrong key secret-key"), "the key is missing", True),
        (error(404, "No such model"), "No such model", True),
        (error(400, "The text is too long"), "too long", False),
        ((307, {"Location": "http://127.0.0.1:9/v1"}, b""), "redirects", True),
        ((200, {}, b"<html>"), "OpenAI-compatible", False),
        ((200, {}, b'{"choices": []}'), "OpenAI-compatible", False),
        ((200, {}, b'{"choices": [{"message": {"content": null}}]}'), "no answer", False),
        (said("nothing to see"), "not usable, twice", False),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(reply, reason, is_final):
    with running_chat_server(lambda _body: reply) as chat, pytest.raises(Failed) as failure:
        talk_to(AllowedServer(chat.url)).ask(TEXT)
    assert reason in str(failure.value)
    assert "secret-key" not in str(failure.value)
    assert failure.value.is_final is is_final


def test_an_exchange_is_bounded_in_time_and_size_and_can_be_ended():
    def late(_body):
        chat.released.wait(20)
        return said({})

    with running_chat_server(late) as chat:
        with pytest.raises(NoAnswer, match="no answer within 0 seconds"):
            Line(AllowedServer(chat.url)).post("chat/completions", {}, seconds=0.1, most_bytes=1000)
        line = Line(AllowedServer(chat.url))
        ended = threading.Thread(target=line.close)
        chat.reply = lambda _body: (ended.start(), chat.released.wait(20), said({}))[-1]
        with pytest.raises(NoAnswer):
            line.post("chat/completions", {}, seconds=20, most_bytes=1000)
        ended.join()
        with pytest.raises(NoAnswer, match="closed"):
            line.post("chat/completions", {}, seconds=20, most_bytes=1000)
        with pytest.raises(NoAnswer, match=r"(?i)ssl"):  # the server does not encrypt
            Line(AllowedServer(chat.url.replace("http:", "https:"))).post("x", {}, seconds=20, most_bytes=1000)
        chat.reply = lambda _body: (200, {}, b"x" * 1001)
        with pytest.raises(NoAnswer, match="more than 1,000 bytes"):
            Line(AllowedServer(chat.url)).post("chat/completions", {}, seconds=20, most_bytes=1000)
        chat.reply = lambda _body: (200, {"Content-Length": "900", "Connection": "close"}, b"x" * 10)
        with pytest.raises(NoAnswer, match="cut"):
            Line(AllowedServer(chat.url)).post("chat/completions", {}, seconds=20, most_bytes=1000)


@pytest.mark.parametrize(
    ("address", "private", "secure", "fault"),
    [
        ("93.184.216.34", False, True, ""),
        ("93.184.216.34", True, False, "not encrypted"),
        ("10.1.2.3", False, True, "private network"),
        ("10.1.2.3", True, False, ""),
        ("::ffff:127.0.0.1", False, True, "private network"),
        ("fd00::1", False, True, "private network"),
        ("169.254.169.254", True, True, "not an address"),
        ("fe80::1", True, True, "not an address"),
        ("0.0.0.0", True, True, "not an address"),
    ],
)
def test_addresses_of_other_networks_are_not_asked(address, private, secure, fault):
    found = fault_of_address(ipaddress.ip_address(address), private=private, secure=secure)
    assert fault in found if fault else found == ""


def test_a_name_is_not_asked_at_a_private_address(monkeypatch):
    with running_chat_server(lambda _body: said({})) as chat:
        port = chat.url.rpartition(":")[2]
        rows = [(2, 1, 6, "", ("127.0.0.1", 0))]
        monkeypatch.setattr("annotator.platform.outgoing.socket.getaddrinfo", lambda *_names, **_options: rows)
        with pytest.raises(NoAnswer, match="private network") as refused:
            Line(AllowedServer(f"http://rebound.example:{port}")).post("x", {}, seconds=5, most_bytes=1000)
    assert refused.value.is_final
    assert chat.requests == []


def test_settings_name_servers_and_their_keys():
    urls = "https://llm.example.org/v1/, http://127.0.0.1:11434/v1"
    keys = '{"https://llm.example.org/v1": "sk-1"}'
    one, two = read_operations({"LANGUAGE_MODEL_URLS": urls, "LANGUAGE_MODEL_KEYS": keys}).language_models
    assert (one.url, one.key, two.url, two.key) == (
        "https://llm.example.org/v1",
        "sk-1",
        "http://127.0.0.1:11434/v1",
        "",
    )
    assert "sk-1" not in repr(one)
    assert read_operations({}).language_models == ()
    for wrong in (
        {"LANGUAGE_MODEL_URLS": "llm.example.org"},
        {"LANGUAGE_MODEL_URLS": "https://ada:secret@llm.example.org"},
        {"LANGUAGE_MODEL_URLS": "https://llm.example.org:port"},
        {"LANGUAGE_MODEL_URLS": urls, "LANGUAGE_MODEL_KEYS": '{"https://other.example": "secret"}'},
        {"LANGUAGE_MODEL_URLS": urls, "LANGUAGE_MODEL_KEYS": '["secret"]'},
        {"LANGUAGE_MODEL_PRIVATE_NETWORK": "yes"},
        {"LANGUAGE_MODEL_TOKENS_PER_DAY": "many"},
    ):
        with pytest.raises(SettingError, match="LANGUAGE_MODEL") as refused:
            read_operations(wrong)
        assert "secret" not in str(refused.value)
