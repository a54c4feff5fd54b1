"""Checks of imported annotation sets."""

import json

import pytest

from annotator.formats.incoming import IncomingDocument, IncomingSet, ReadLine
from annotator.imports.run.checks import check_line
from annotator.text.digest import text_digest
from projects.schema_reader import read_schema
from tests.conftest import SCHEMA as DEFINITION

SCHEMA = read_schema(DEFINITION)
TEXT = "Ada said no."
SPEAKER = {"id": "s1", "label": "Speaker", "fragments": [[0, 3]], "attributes": {"kind": "person"}}
CLAIM = {"id": "s2", "label": "Claim", "fragments": [[4, 8], [9, 11]]}
SAYS = {"id": "r1", "label": "attributed-to", "from": "s2", "to": "s1"}


def check(spans=(), relations=()):
    work = json.loads(json.dumps({"spans": list(spans), "relations": list(relations)}))
    sets = {"A": IncomingSet(work["spans"], work["relations"], "/annotators/A")}
    document = IncomingDocument("d", "", TEXT, text_digest(TEXT), {}, sets)
    return check_line(ReadLine(3, 100, document), SCHEMA)


def test_valid_set_is_complete():
    (one,) = check([SPEAKER | {"attributes": {"kind": "person", "canonical": None}}, CLAIM], [SAYS]).sets
    assert one.spans == [
        SPEAKER | {"note": "", "origin": "imported"},
        CLAIM | {"attributes": {}, "note": "", "origin": "imported"},
    ]
    assert one.relations == [SAYS]


def test_note_and_origin_are_kept():
    (one,) = check([SPEAKER | {"note": "who?", "origin": "manual"}]).sets
    assert (one.spans[0]["note"], one.spans[0]["origin"]) == ("who?", "manual")


def test_span_of_punctuation_is_imported():
    assert TEXT[11:12] == "."
    (one,) = check([SPEAKER | {"fragments": [[11, 12]]}]).sets
    assert [span["fragments"] for span in one.spans] == [[[11, 12]]]


@pytest.mark.parametrize(
    ("spans", "relations", "pointer", "words"),
    [
        (["x"], [], "/spans/0", "must be an object"),
        ([SPEAKER, SPEAKER], [], "/spans/1/id", "already"),
        ([SPEAKER | {"id": 1}], [], "/spans/0/id", "string of 1 to 64"),
        ([SPEAKER | {"label": "Person"}], [], "/spans/0/label", "no label “Person”"),
        ([SPEAKER | {"fragments": []}], [], "/spans/0/fragments", "1 to 2,000 fragments"),
        ([SPEAKER | {"fragments": [[0, 13]]}], [], "/spans/0/fragments/0", "12 code points"),
        ([SPEAKER | {"fragments": [[-1, 3]]}], [], "/spans/0/fragments/0", "reversed"),
        ([SPEAKER | {"fragments": [[3, 3]]}], [], "/spans/0/fragments/0", "empty"),
        ([SPEAKER | {"fragments": [[0, 3.0]]}], [], "/spans/0/fragments/0", "whole numbers"),
        ([CLAIM | {"fragments": [[9, 11], [4, 8]]}], [], "/spans/0/fragments/1", "out of order"),
        ([CLAIM | {"fragments": [[4, 8], [8, 11]]}], [], "/spans/0/fragments/1", "touches"),
        ([SPEAKER | {"fragments": [[0, 3], [4, 8]]}], [], "/spans/0/fragments", "must have one fragment"),
        ([SPEAKER | {"attributes": {"kind": "robot"}}], [], "/spans/0/attributes/kind", "not a choice"),
        ([SPEAKER | {"attributes": {"age": "7"}}], [], "/spans/0/attributes/age", "no attribute “age”"),
        ([SPEAKER | {"attributes": {"kind": 1}}], [], "/spans/0/attributes/kind", "must be a string"),
        ([SPEAKER | {"start": 0}], [], "/spans/0", "Unknown: “start”"),
        ([SPEAKER | {"origin": "martian"}], [], "/spans/0/origin", "origin is one of"),
        ([SPEAKER, CLAIM], [SAYS | {"to": "s9"}], "/relations/0/to", "no span s9"),
        ([SPEAKER, CLAIM], [SAYS | {"label": "loves"}], "/relations/0/label", "no relation “loves”"),
        ([SPEAKER, CLAIM], [SAYS | {"from": "s1", "to": "s2"}], "/relations/0/from", "not at “Speaker”"),
        ([SPEAKER, CLAIM], [SAYS, SAYS], "/relations/1/id", "already"),
        ([SPEAKER, CLAIM], [SAYS, SAYS | {"id": "r2"}], "/relations/1", "already"),
        ([SPEAKER, CLAIM], [SAYS | {"to": "s2"}], "/relations/0", "to itself"),
        ([SPEAKER, CLAIM], [{"id": "r1", "label": "attributed-to", "from": "s2"}], "/relations/0", "Missing: “to”"),
        ([SPEAKER, CLAIM], ["x"], "/relations/0", "must be an object"),
    ],
)
def test_bad_set_has_pointer_and_message(spans, relations, pointer, words):
    line = check(spans, relations)
    assert line.document is None
    problem = line.problems[0]
    assert (problem.line, problem.pointer) == (3, f"/annotators/A{pointer}")
    assert words in problem.message


def test_all_errors_are_reported_at_once():
    bad = [SPEAKER | {"id": f"s{number}", "label": "Person"} for number in range(5)]
    assert [problem.pointer for problem in check(bad).problems] == [
        f"/annotators/A/spans/{number}/label" for number in range(5)
    ]


def test_bad_span_does_not_blame_its_relation():
    problems = check([SPEAKER | {"label": "Person"}, CLAIM], [SAYS]).problems
    assert [problem.pointer for problem in problems] == ["/annotators/A/spans/0/label"]
