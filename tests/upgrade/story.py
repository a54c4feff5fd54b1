"""The content of the database of the upgrade test: texts, and the spans that each annotator makes in them."""

import base64
import json
from typing import Any, NamedTuple

PEOPLE = {"lead": "lead", "ada": "annotator", "ben": "annotator", "cleo": "annotator", "vera": "viewer"}
PASSWORD = "a pier in the fog"

STRIKE = (
    "The dock workers of the eastern harbour will strike for three days from Thursday, their union announced. "
    "“We were promised a raise and got a poster,” said union secretary Mia Brandt. The port authority called the "
    "figures of the union misleading and would not say how many ships are affected. According to people close to the "
    "talks, an offer of four per cent is on the table. Analysts expect the strike to cost the port about two million "
    "a day."
)
TEXTS = {
    "ferry": (
        "🚢 The ferry company\r\n“No boat left late,” said Zoe\u0301 Okafor 👩‍✈️ on Monday.\r\n"
        "The mayor, who declined to comment, later denied that, he said, twice.\r\n"
        "Passengers said the pier was closed 🚧."
    ),
    "pilot": (
        "قالت المتحدثة: «لم يقع أي حادث» ✈️.\nThe spokeswoman said there was no incident; pilot Omar Haddad disagreed: "
        "“That is false.”\nThe airline perhaps knows more.\n"
    ),
    "strike": STRIKE,
    "strike-wire": STRIKE.replace("eastern harbour", "eastern port").replace("Thursday", "this Thursday"),
    "strike-late": STRIKE + " The strike begins at six.",
    "storm": "The storm took the roof off, Lia Sato reported. “Nobody warned us.” The weather office denies this. 🌪️\n",
    "quiet": "Opening hours of the lighthouse: ten to four.\n",
    "keeper": "The keeper of the lighthouse retires, he says.\n",
    "crane": "The crane is safe, the builder insists. Inspector Ian Wu doubts it.\n",
    "rope": "“The rope held,” said Eva Lind. The owner would not comment.\n",
    "buoy": "Buoy seven is adrift, Tom Reyes claims. The coast guard denies it.\n",
}
HARBOUR = ("ferry", "pilot", "strike", "strike-wire", "strike-late", "storm", "quiet")
PREVIEWED = ("keeper",)
WHARF = ("crane", "rope", "buoy")

PERSON = {"kind": "person", "mention": "name"}
GROUP = {"kind": "institution", "mention": "description"}
INDIRECT = {"quote_type": "indirect", "voice": "speaker", "kind": "fact"}
DIRECT = INDIRECT | {"quote_type": "direct"}
DENIED = {"kind": "contradiction", "form": "reported", "target": "in-text"}
SILENT = {"kind": "non-answer", "form": "reported"}


class Mark(NamedTuple):
    """A span that the annotators with these initials make; each piece is a quotation of the text."""

    document: str
    who: str
    key: str
    label: str
    pieces: tuple[str, ...]
    attributes: dict[str, str]
    note: str = ""


MARKS = [
    Mark("ferry", "a", "zoe", "Speaker", ("Zoe\u0301 Okafor",), PERSON | {"canonical": "Zoé Okafor"}),
    Mark("ferry", "bc", "zoe", "Speaker", ("Zoe\u0301 Okafor",), PERSON),
    Mark("ferry", "ab", "late", "Claim", ("No boat left late",), DIRECT),
    Mark("ferry", "c", "late", "Claim", ("“No boat left late,”",), DIRECT | {"kind": "evaluation"}),
    Mark("ferry", "a", "silent", "Hedge", ("declined to comment",), SILENT),
    Mark("ferry", "bc", "silent", "Hedge", ("declined to comment",), SILENT | {"form": "performed"}),
    Mark("ferry", "a", "denied", "Denial", ("denied that", "twice"), DENIED, "twice? ask 🤔\nsecond line"),
    Mark("ferry", "b", "denied", "Denial", ("denied that",), DENIED),
    Mark("ferry", "c", "denied", "Claim", ("The mayor, who declined to comment, later denied that",), INDIRECT),
    Mark("ferry", "a", "pier", "Claim", ("the pier was closed 🚧",), INDIRECT),
    Mark("ferry", "b", "said", "Cue", ("said",), {"stance": "neutral"}),
    Mark("pilot", "ab", "she", "Speaker", ("المتحدثة",), GROUP),
    Mark("pilot", "a", "none", "Claim", ("لم يقع أي حادث",), DIRECT),
    Mark("pilot", "b", "none", "Claim", ("«لم يقع أي حادث»",), DIRECT),
    Mark("pilot", "abc", "omar", "Speaker", ("Omar Haddad",), PERSON),
    Mark("pilot", "ac", "false", "Denial", ("That is false",), DENIED | {"form": "performed"}),
    Mark("pilot", "b", "false", "Claim", ("That is false",), DIRECT),
    Mark("pilot", "b", "perhaps", "Hedge", ("perhaps",), {"kind": "epistemic", "form": "performed"}),
    *(
        mark
        for name in ("strike", "strike-wire", "strike-late")
        for mark in (
            Mark(name, "abc", "mia", "Speaker", ("Mia Brandt",), PERSON),
            Mark(name, "ab", "raise", "Claim", ("We were promised a raise and got a poster",), DIRECT),
            Mark(name, "a", "secret", "Hedge", ("would not say how many ships are affected",), SILENT),
            Mark(name, "b", "secret", "Hedge", ("would not say",), SILENT, "shorter"),
            Mark(name, "bc", "offer", "Claim", ("four per cent is on the table",), INDIRECT),
        )
    ),
    Mark("storm", "abc", "lia", "Speaker", ("Lia Sato",), PERSON),
    Mark("storm", "ab", "roof", "Claim", ("The storm took the roof off",), INDIRECT),
    Mark("storm", "a", "this", "Denial", ("denies this",), DENIED),
    Mark("crane", "abc", "ian", "Speaker", ("Ian Wu",), PERSON),
    Mark("crane", "ab", "safe", "Claim", ("The crane is safe",), INDIRECT),
    Mark("crane", "c", "safe", "Claim", ("The crane is",), INDIRECT, "not finished"),
    Mark("rope", "ac", "eva", "Speaker", ("Eva Lind",), PERSON),
    Mark("rope", "a", "held", "Claim", ("The rope held",), DIRECT),
    Mark("buoy", "abc", "tom", "Speaker", ("Tom Reyes",), PERSON),
    Mark("buoy", "ab", "adrift", "Claim", ("Buoy seven is adrift",), INDIRECT),
    Mark("buoy", "b", "denied", "Denial", ("denies it",), DENIED),
]
RELATIONS = [
    ("ferry", "abc", "attributed-to", "late", "zoe"),
    ("ferry", "ab", "denies", "denied", "late"),
    ("pilot", "a", "attributed-to", "false", "omar"),
    ("pilot", "a", "denies", "false", "none"),
    ("strike", "ab", "attributed-to", "raise", "mia"),
    ("storm", "a", "attributed-to", "roof", "lia"),
    ("crane", "ab", "attributed-to", "safe", "ian"),
    ("buoy", "a", "attributed-to", "adrift", "tom"),
]
LEFT_OPEN = {("pilot", "cleo"), ("storm", "ben"), ("quiet", "cleo"), ("crane", "cleo"), ("rope", "cleo")}
LEFT_OPEN |= {("rope", "ben"), ("buoy", "cleo")}


def spans_of(document: str, person: str) -> list[dict[str, Any]]:
    """Return the spans of a person in a document, as on the wire."""
    text = TEXTS[document]
    return [
        {
            "id": f"{document}-{person}-{mark.key}",
            "label": mark.label,
            "fragments": [[text.index(piece), text.index(piece) + len(piece)] for piece in mark.pieces],
            "attributes": mark.attributes,
            "note": mark.note,
            "origin": "manual",
        }
        for mark in MARKS
        if mark.document == document and person[0] in mark.who
    ]


def relations_of(document: str, person: str) -> list[dict[str, Any]]:
    """Return the relations of a person in a document, as on the wire."""
    ends = f"{document}-{person}-"
    return [
        {"id": f"{ends}{source}-{target}", "label": label, "from": ends + source, "to": ends + target}
        for name, who, label, source, target in RELATIONS
        if name == document and person[0] in who
    ]


def imported_museum() -> bytes:
    """Return a document with two imported sets, an adjudicated one and its original page, as JSONL."""
    text = "The museum reopens in May, director Noor Aziz said. Critics doubt it.\n"
    claim = {"id": "s1", "label": "Claim", "fragments": [[0, 25]], "attributes": INDIRECT}
    speaker = {"id": "s2", "label": "Speaker", "fragments": [[36, 45]], "attributes": PERSON}
    said = {"id": "r1", "label": "attributed-to", "from": "s1", "to": "s2"}
    sets = {
        "desk 1": {"spans": [claim, speaker], "relations": [said]},
        "desk 2": {"spans": [claim | {"fragments": [[0, 18]]}, speaker]},
        "adjudicated": {"spans": [claim, speaker], "relations": [said]},
    }
    original = {"name": "museum.html", "type": "text/html", "base64": base64.b64encode(b"<p>The museum").decode()}
    line = {"id": "museum", "title": "Museum", "text": text, "meta": {"source": "agency"}, "annotators": sets}
    return json.dumps(line | {"original": original}).encode()


def adjudicated_rope() -> bytes:
    """Return the document “rope” with the adjudicated set of another tool, as JSONL."""
    spans = [{"id": "g1", "label": "Speaker", "fragments": [[22, 30]], "attributes": PERSON}]
    line = {"id": "rope", "text": TEXTS["rope"], "annotators": {"adjudicated": {"spans": spans}}}
    return json.dumps(line).encode()


def new_documents(names: tuple[str, ...]) -> bytes:
    """Return documents without annotation sets, as JSONL."""
    lines = [
        {"id": name, "title": name.title(), "text": TEXTS[name], "meta": {"source": f"paper {len(name)}"}}
        for name in names
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
