"""CoNLL."""

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import corpora, entry, read, read_one, relation, span, spans_of, write

SAMPLE = (
    b"-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\nGerman JJ B-NP B-MISC\n\n"
    b"Peter NNP B-NP B-PER\nBlackburn NNP I-NP I-PER\n"
)


def labelled(arrival):
    """The spans of the only set as (label, covered words)."""
    text = arrival.document.text
    return [(label, " ".join(text[start:end].split())) for label, [[start, end]] in spans_of(arrival)]


def bare(pairs):
    """Labels with what they cover, white space left out."""
    return sorted((label, "".join(words.split())) for label, words in pairs)


def spans_in(document):
    return document.sets["ada"]["spans"]


@given(
    corpora(annotators=("ada",), several_parts=False, attributes=False, notes=False, relations=False, overlaps=False)
)
@settings(max_examples=examples(60))
def test_labels_survive_a_round_trip(documents):
    files, losses = write("conll", documents)
    assert losses.all == []
    once = read("conll", files["ada.conll"])
    for document, arrival in zip(documents, once, strict=True):
        text = document.document["text"]
        # Tokens are cut at the edges of spans, so that white space may stand where none was.
        assert bare(labelled(arrival)) == bare(
            (one["label"], text[slice(*one["fragments"][0])]) for one in spans_in(document)
        )
    again = [entry(one.document.text, {"ada": {"spans": one.document.sets["file"].spans}}) for one in once]
    twice = read("conll", write("conll", again)[0]["ada.conll"])
    assert [bare(labelled(one)) for one in twice] == [bare(labelled(one)) for one in once]


def test_shared_task_file_is_read():
    arrival = read_one("conll", SAMPLE, name="eng.testa")
    assert arrival.document.text == "EU rejects German\nPeter Blackburn"
    assert labelled(arrival) == [("MISC", "German"), ("ORG", "EU"), ("PER", "Peter Blackburn")]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("I-A I-A O I-B", [("A", "a b"), ("B", "d")]),
        ("I-A B-A I-A O", [("A", "a"), ("A", "b c")]),
        ("B-A I-B I-B O", [("A", "a"), ("B", "b c")]),
        ("B-A E-A S-A O", [("A", "a b"), ("A", "c")]),
        ("U-A B-A I-A L-A", [("A", "a"), ("A", "b c d")]),
        ("O O O B-x-y", [("x-y", "d")]),
    ],
)
def test_all_tagging_schemes_are_read(tags, found):
    data = "".join(f"{token} {tag}\n" for token, tag in zip("abcd", tags.split(), strict=True))
    assert labelled(read_one("conll", data.encode())) == found


def test_empty_line_ends_a_span():
    arrival = read_one("conll", b"a B-A\r\nb I-A\r\n\r\nc I-A\r\n")
    assert arrival.document.text == "a b\nc"
    assert labelled(arrival) == [("A", "a b"), ("A", "c")]


def test_documents_are_numbered_and_sets_named():
    arrivals = read("conll", SAMPLE * 2, name="ada.conll")
    assert [(one.document.external_id, list(one.document.sets)) for one in arrivals] == [
        ("ada-1", ["ada"]),
        ("ada-2", ["ada"]),
    ]


@pytest.mark.parametrize(
    ("data", "words"), [(b"a X-1-2\nb B-X\n", "is not a tag"), (b"\n\n", "no tokens"), (b"", "no tokens")]
)
def test_errors_are_reported(data, words):
    assert words in read("conll", data)[0].problems[0]


def test_losses_of_tags_are_reported():
    spans = [
        span("s1", "Claim", (0, 7), note="why"),
        span("s2", "Speaker", (0, 3)),
        span("s3", "Claim", (8, 9), (10, 11)),
    ]
    work = {"spans": spans, "relations": [relation("r1", "said-by", "s1", "s2")]}
    files, losses = write("conll", [entry("Ada saw a b.", {"ada": work})])
    assert losses.what == {"note", "span", "fragments", "relation"}
    assert files["ada.conll"].decode().split("\n")[2:8] == [
        "Ada -X- O B-Claim", "saw -X- O I-Claim", "a -X- O B-Claim", "b -X- O B-Claim", ". -X- O O", ""
    ]  # fmt: skip


def test_no_sentence_ends_within_a_span():
    files, _ = write("conll", [entry("Yes. No.\nYes.", {"ada": {"spans": [span("s1", "Claim", (0, 7))]}})])
    body = files["ada.conll"].decode().split("\n\n")[1:]
    assert [part.split("\n")[0].split()[0] for part in body if part.strip()] == ["Yes", "Yes"]


@pytest.mark.parametrize("data", [SAMPLE, b"a O\nb B-X\nc I-X\n", b"a\tDT\tO\r\nb\tNN\tB-X\r\nc\tNN\tO\r\n"])
def test_format_is_detected_by_its_content(data):
    assert detect_format(Head("train.txt", data)) == "conll"


def test_prose_is_not_detected_as_conll():
    assert detect_format(Head("a.txt", b"We are here.\nThey gave it an O\nor so.\n")) == "text"


GERMEVAL = (
    "#\thttp://example.org/a [2020-01-01]\n1\tGestern\tO\tO\n2\tsprach\tO\tO\n3\tMira\tB-PER\tO\n"
    "4\tHolt\tI-PER\tO\n5\tvom\tO\tO\n6\tFC\tB-ORG\tO\n7\tNordstadt\tI-ORG\tB-LOC\n8\t.\tO\tO\n\n"
)


def test_numbered_tokens_with_two_columns_of_tags_are_read():
    arrival = read_one("conll", GERMEVAL.encode())
    assert arrival.document.text == "Gestern sprach Mira Holt vom FC Nordstadt ."
    assert spans_of(arrival) == [("LOC", [[32, 41]]), ("ORG", [[29, 41]]), ("PER", [[15, 24]])]


def test_columns_can_be_chosen():
    choice = '{"separator": "tab", "token": 2, "tags": [4]}'
    assert labelled(read_one("conll", GERMEVAL.encode(), options={"columns": choice})) == [("LOC", "Nordstadt")]
    for wrong in ("{", "[]", '{"token": 2}', '{"token": 9, "tags": [4]}', '{"token": 1, "tags": [0]}'):
        with pytest.raises(UnreadableFile):
            read_one("conll", GERMEVAL.encode(), options={"columns": wrong})


def test_cells_between_tabs_may_be_empty_or_wide_spaces():
    data = "Mira\tB-PER\n\tO\nspoke\tO\n\n東京\tB-LOC\n\u3000\tO\n都\tI-LOC\n\n"
    arrival = read_one("conll", data.encode())
    assert arrival.document.text == "Mira spoke\n東京 \u3000 都"
    assert labelled(arrival) == [("LOC", "東京"), ("LOC", "都"), ("PER", "Mira")]


def test_tag_of_an_empty_token_is_left_out():
    arrival = read_one("conll", b"Mira\tO\n\tB-PER\nspoke\tO\n")
    assert arrival.document.sets["file"].items.as_json()["left_out"] == {"spans": {"without_length": 1}}


@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_other_separators_are_guessed(separator):
    data = "Mira,B-PER\n,,O\nspoke,O\n\n".replace(",", separator)
    arrival = read_one("conll", data.encode())
    assert arrival.document.text == f"Mira {separator} spoke"
    assert labelled(arrival) == [("PER", "Mira")]


def test_file_without_a_second_column_is_refused():
    with pytest.raises(UnreadableFile, match=r"No line has two columns.*“Mira:PER”"):
        read_one("conll", b"Mira:PER\nspoke:O\n")


def test_tags_before_tokens_are_read():
    assert labelled(read_one("conll", b"B-Rating\tfive\nI-Rating\tstars\nO\tplease\n")) == [("Rating", "five stars")]


def test_spans_of_columns_that_are_not_read_are_counted():
    arrival = read_one("conll", b"Mira\tB-PER\tB-ORG\nspoke\tO\tO\n")
    assert labelled(arrival) == [("ORG", "Mira")]
    assert arrival.document.sets["file"].items.left_out == {("spans", "other_column"): 1}
    (note,) = arrival.notes
    assert note.startswith("Only the tags in column 3 were read. Spans in column 2 were left out: 1.")


def test_columns_that_share_labels_are_spans_within_spans():
    """The layout of LitBank and other corpora of nested entities; the innermost column is often empty."""
    outer = [("the", "B-PER"), ("mayor", "I-PER"), ("of", "I-PER"), ("Rome", "I-PER"), ("in", "O"), ("Nice", "B-GPE")]
    data = "".join(f"{word}\t{tag}\t{'B-GPE' if word == 'Rome' else 'O'}\tO\t\n" for word, tag in outer).encode()
    arrival = read_one("conll", data)
    assert labelled(arrival) == [("GPE", "Rome"), ("GPE", "Nice"), ("PER", "the mayor of Rome")]


def test_brackets_are_no_tags():
    assert "“(0)” is not a tag" in read("conll", b"Mira\tPN\t(0)\nspoke\tV\t-\n")[0].problems[0]


def test_stacked_tags_are_read():
    data = b"#id=1\n1\tRolls\t_\tB-ORGpart|B-ORG\n2\tMotor\t_\tI-ORGpart\n3\tsaid\t_\tO\n"
    assert labelled(read_one("conll", data)) == [("ORG", "Rolls"), ("ORGpart", "Rolls Motor")]


def test_row_with_missing_columns_is_a_problem():
    assert read_one("conll", b"a\tX\tO\nb\tO\nc\tX\tO\n").problems == ("Line 2 has 2 columns instead of 3.",)


def test_neighbouring_tokens_with_the_same_plain_tag_are_one_span():
    arrival = read_one("conll", b"Mira\tPER\nHolt\tPER\nof\tO\nRome\tLOC\n\nHolt\tPER\n")
    assert labelled(arrival) == [("LOC", "Rome"), ("PER", "Mira Holt"), ("PER", "Holt")]
    (note,) = arrival.notes
    assert note.startswith("The tags in column 2 have no B- and I-")


NAMED = (
    "tok\tlemma\tstwr\tspeaker\nIt\tit\tdirect.speech.1|reported.2\t-\nrains\train\tdirect.speech.1\t-\n"
    "-\t-\t-\t-\nsaid\tsay\t-\t-\nMira\tMira\t-\tspeaker.1_2\nit\tit\tdirect.speech.1\t-\n"
    "rains\train\tdirect.speech.3\t-\n"
)


def test_columns_with_names_and_numbered_tags_are_read():
    """The layout of the corpus Redewiedergabe: numbers tell spans apart, also after a gap; a hyphen is no tag."""
    assert detect_format(Head("a.tsv", NAMED.encode())) == "conll"
    arrival = read_one("conll", NAMED.encode())
    assert arrival.document.text == "It rains - said Mira it rains"
    assert spans_of(arrival) == [
        ("direct.speech", [[0, 8], [21, 23]]),
        ("direct.speech", [[24, 29]]),
        ("reported", [[0, 2]]),
        ("speaker", [[16, 20]]),
    ]
    assert arrival.notes[0].startswith("The first line names the columns (tok, lemma, stwr, speaker)")
    assert arrival.notes[1].startswith("The numbers of the tags in columns 3, 4, such as .3, tell spans apart")


@pytest.mark.parametrize("data", [b"Word\tNN\tO\nsaid\tVB\tO\n", b"word O\nspoke B-X\n"])
def test_first_token_is_not_taken_for_names(data):
    assert read_one("conll", data).document.text.split()[0].lower() == "word"


def test_one_damaged_tag_among_others_stays_an_error():
    assert "“BPER” is not a tag" in read("conll", b"Mira BPER\nmet O\nJon B-PER\n")[0].problems[0]


def test_split_in_the_name_of_a_file_is_a_field():
    document = read_one("conll", b"Mira B-PER\n", name="eng.train").document
    assert (document.meta, list(document.sets)) == ({"split": "train"}, ["conll"])


CONLL_U = (
    "# newdoc id = one\n# sent_id = 1\n# text = Vom Zug, Mira!\n1-2\tVom\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "1\tVon\tvon\tADP\t_\t_\t3\tcase\t_\t_\n2\tdem\tder\tDET\t_\t_\t3\tdet\t_\tname=B-X\n"
    "3\tZug\tZug\tNOUN\t_\t_\t0\troot\t_\tSpaceAfter=No\n4\t,\t,\tPUNCT\t_\t_\t5\tpunct\t_\t_\n"
    "4.1\tgo\tgo\tVERB\t_\t_\t_\t_\t_\t_\n"
    "5\tMira\tMira\tPROPN\t_\t_\t3\tvocative\t_\tname=B-PER|SpaceAfter=No|Entity=(1)\n"
    "6\t!\t!\tPUNCT\t_\t_\t3\tpunct\t_\tname=O\n\n# newdoc id = two\n"
    "1\tDa\tda\tADV\t_\t_\t0\troot\t_\tSpaceAfter=No\n2\t.\t.\tPUNCT\t_\t_\t1\tpunct\t_\t_\n\n"
)


def test_conll_u_is_read_with_its_text_and_documents():
    assert detect_format(Head("x.txt", CONLL_U.encode())) == "conll"
    one, two = read("conll", CONLL_U.encode())
    assert (one.document.external_id, one.document.text) == ("one", "Vom Zug, Mira!")
    assert labelled(one) == [("PER", "Mira"), ("X", "Vom")]
    assert one.document.sets["file"].items.as_json()["left_out"] == {"spans": {"unsupported": 1}}
    assert (two.document.external_id, two.document.text) == ("two", "Da.")


def test_label_with_a_space_is_written_as_one_word():
    files, losses = write("conll", [entry("Ada said no.", {"ada": {"spans": [span("s1", "First Name", (0, 3))]}})])
    assert b"Ada -X- O B-First_Name\n" in files["ada.conll"]
    assert losses.all == [("d1", "", "", "label First Name", "The name was written as First_Name.")]
