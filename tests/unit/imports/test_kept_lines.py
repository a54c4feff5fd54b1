"""Lines that are kept from the check of a file until they are written."""

import pytest

from annotator.formats.incoming import (
    IncomingDocument,
    IncomingOriginal,
    IncomingSet,
    LineProblem,
    Prediction,
    ReadLine,
    UsualSet,
)
from annotator.imports.run import checked_lines
from annotator.imports.run.checked_lines import KeptLines
from annotator.imports.run.checks import QuickCheck, check_line, trust_line
from projects.schema_reader import read_schema
from tests.conftest import SCHEMA as DEFINITION
from tests.unit.imports.conftest import CLAIM, SAYS, SPEAKER

SCHEMA = read_schema(DEFINITION)
TEXT = "Ada said no."


def checked(number, *, meta=None, noted=True):
    """A checked line with a set of every form."""
    usual = QuickCheck(SCHEMA).recognise([SPEAKER], [], len(TEXT))
    assert isinstance(usual, UsualSet)
    assert usual.values is not None
    made = {
        "A": IncomingSet([{**SPEAKER}], [], usual=usual),
        "B": IncomingSet([SPEAKER | {"note": "who?"}, {**CLAIM}], [SAYS]),
        "C": IncomingSet([{**SPEAKER}], [], prediction=Prediction("rules", "1", 0.5), scores={"s1": 0.25}),
    }
    original = IncomingOriginal("a.html", "text/html", b"<p>")
    document = IncomingDocument(f"d{number}", "Title", TEXT, "digest", meta or {"a": [1, None]}, made, original)
    notes = (LineProblem(number, "/x", "Corrected."),) if noted else ()
    return trust_line(ReadLine(number, 10 * number, document, notes=notes))


def comparable(line):
    document = line.document
    return (
        line._replace(document=None),
        document.external_id,
        document.title,
        document.text,
        document.meta,
        (
            document.sha256,
            document.original,
        ),
    )


@pytest.mark.parametrize("largest", [0, 1_000_000])
def test_kept_lines_come_back_as_they_were(tmp_path, monkeypatch, largest):
    monkeypatch.setattr(checked_lines, "LARGEST_KEPT", largest)
    monkeypatch.setattr(checked_lines, "WRITTEN_AT_ONCE", 20)
    lines = [checked(number, noted=number % 2 == 0) for number in range(1, 6)]
    kept = KeptLines(tmp_path, size=100)
    for line in lines:
        kept.add(line)
    assert kept.is_complete
    assert [comparable(line) for line in kept.take()] == [comparable(line) for line in lines]
    assert not kept.is_complete
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("folder", "meta"), [("missing", None), ("", {"object": object()})])
def test_what_cannot_be_kept_is_given_up(tmp_path, monkeypatch, folder, meta):
    monkeypatch.setattr(checked_lines, "LARGEST_KEPT", 0)
    monkeypatch.setattr(checked_lines, "WRITTEN_AT_ONCE", 1)
    kept = KeptLines(tmp_path / folder, size=100)
    kept.add(checked(1, meta=meta))
    kept.add(checked(2))
    assert not kept.is_complete
    assert list(kept.take()) == []


def test_file_with_a_problem_is_not_kept(tmp_path):
    kept = KeptLines(tmp_path, size=100)
    kept.add(checked(1))
    kept.add(check_line(ReadLine(2, 20, problems=(LineProblem(2, "", "Bad."),)), SCHEMA))
    assert not kept.is_complete
