"""The quick check accepts only valid sets, and recognises valid sets."""

import copy
import io

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.formats.incoming import IncomingDocument, IncomingSet, ReadLine, Source
from annotator.formats.jsonl.read import read_jsonl
from annotator.imports.run.checks import QuickCheck, check_line
from annotator.text.digest import text_digest
from projects.schema_reader import read_schema
from tests.conftest import SCHEMA as DEFINITION

SCHEMA = read_schema(DEFINITION)
TEXT = "Ada said no."
SPEAKER = {"id": "s1", "label": "Speaker", "fragments": [[0, 3]], "attributes": {"kind": "person", "canonical": "Ada"}}
CLAIM = {"id": "s2", "label": "Claim", "fragments": [[4, 8]], "note": "So.", "origin": "manual"}
SAYS = {"id": "r1", "label": "attributed-to", "from": "s2", "to": "s1"}

VALUES = st.sampled_from(
    [None, True, 0, -1, 3, 12, 13, 1.5, "", "s1", "s2", "Speaker", "Nobody", "x" * 65, "x" * 2001, "a\nb", "a\0b",
     "\ud800", "é", "manual", "imported", "model", "person", "attributed-to", [], {}, [[0, 3]], [[3, 0]], [[0, 13]],
     [[0, 3], [5, 8]], [[0, 3, 4]], [[0, True]], {"kind": "person"}, {"kind": "nothing"}, {"kind": None},
     {"kind": ["person"]}, {"canonical": "x" * 501}, {"canonical": "a\0"}, {"none": "x"}, {"": ""}]
)  # fmt: skip
MEMBERS = st.sampled_from(
    ["id", "label", "fragments", "attributes", "note", "origin", "from", "to", "kind", "text", ""]
)
CHANGED = st.lists(st.tuples(st.integers(0, 3), MEMBERS, VALUES, st.booleans()), max_size=3)


def work_after(changes):
    """Good work with some members of its items replaced or removed."""
    items = copy.deepcopy([SPEAKER, CLAIM, SAYS])
    for index, name, value, removed in changes:
        if index == 3:
            items[1] = value if name == "text" else items[1]
        elif isinstance(items[index], dict):
            items[index].pop(name, None)
            if not removed:
                items[index][name] = value
    return IncomingSet(items[:2], items[2:], "/annotators/A")


def read(work, recognise=None):
    """What the import makes of a line with this work, and how many items it counts."""
    annotators = {"A": {"spans": work.spans, "relations": work.relations}}
    line = orjson.dumps({"id": "d", "text": TEXT, "annotators": annotators})
    (found,) = read_jsonl(io.BytesIO(line), Source("file", recognise=recognise))
    checked = check_line(found, SCHEMA)
    sets = [(made.spans, made.relations, {**made.numbers}) for made in checked.sets]
    return sets, checked.problems, checked.notes, {**checked.numbers}


def problems(work):
    document = IncomingDocument("d", "", TEXT, text_digest(TEXT), {}, {"A": copy.deepcopy(work)})
    return check_line(ReadLine(1, 1, document), SCHEMA).problems


@given(st.lists(CHANGED, min_size=1, max_size=4))
def test_invalid_sets_are_not_called_valid(several):
    quick = QuickCheck(SCHEMA)
    for changes in several:
        work = work_after(changes)
        if quick.is_valid(work, len(TEXT)):
            assert problems(work) == ()


@given(CHANGED)
def test_recognised_lines_become_the_same_rows_as_others(changes):
    work = work_after(changes)
    try:
        orjson.dumps([work.spans, work.relations])
    except TypeError:  # half a surrogate pair, which no reader gets from a file
        return
    assert read(work, QuickCheck(SCHEMA).recognise) == read(work)


def test_a_usual_line_is_recognised():
    line = orjson.dumps({"text": TEXT, "annotators": {"A": {"spans": [SPEAKER, CLAIM], "relations": [SAYS]}}})
    (found,) = read_jsonl(io.BytesIO(line), Source("file", recognise=QuickCheck(SCHEMA).recognise))
    assert found.document.sets["A"].usual.numbers == {"spans": 2, "relations": 1, "attributes": 2, "notes": 1}


@pytest.mark.parametrize("spans", [[], [SPEAKER], [SPEAKER, CLAIM]])
def test_valid_sets_are_recognised_repeatedly(spans):
    quick = QuickCheck(SCHEMA)
    relations = [SAYS] if len(spans) == 2 else []
    for _ in range(2):
        assert quick.is_valid(IncomingSet(spans, relations), len(TEXT))


@pytest.mark.parametrize(
    ("spans", "relations"),
    [
        ([SPEAKER, SPEAKER], []),
        ([SPEAKER, CLAIM], [SAYS, SAYS]),
        ([SPEAKER, CLAIM], [SAYS, SAYS | {"id": "r2"}]),
        ([SPEAKER, CLAIM], [SAYS | {"to": "s2"}]),
        ([SPEAKER, CLAIM], [SAYS | {"from": "s1", "to": "s2"}]),
        ([SPEAKER], [SAYS]),
    ],
)
def test_doubtful_sets_are_left_to_the_rules(spans, relations):
    assert not QuickCheck(SCHEMA).is_valid(IncomingSet(spans, relations), len(TEXT))


def test_remembered_values_are_limited(monkeypatch):
    monkeypatch.setattr("annotator.imports.run.checks.MOST_REMEMBERED", 3)
    quick = QuickCheck(SCHEMA)
    for number in range(10):
        span = SPEAKER | {"attributes": {"canonical": f"Ada {number}"}}
        assert quick.is_valid(IncomingSet([span], []), len(TEXT))
    assert len(quick._attributes) == 3
