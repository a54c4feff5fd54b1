"""Units by location: as reports count disagreements, one location may have several units."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.board.overview import locations_of_units, read_overview
from annotator.adjudication.board.text_parts import LONGEST, MOST_UNITS, part_of_text, part_starts, units_in_part
from annotator.adjudication.models import Adjudication
from annotator.adjudication.queue import DocumentQueue, location_counts
from annotator.corpus.spans.selectors import state_of_rows
from annotator.corpus.spans.values import SpanValue
from tests.conftest import NOW
from tests.unit.adjudication.conftest import marked_spans

pytestmark = pytest.mark.django_db

BOTH = "Ada[Speaker] said [she [never left](Denial)](Claim). Ben[Speaker] left."
CLAIM = "Ada[Speaker] said [she never left](Claim). Ben left."
DENIAL = "Ada[Speaker] said she [never left](Denial). Ben left."


def labels_by_location(adjudication: Adjudication) -> list[list[str]]:
    units = read_board(adjudication).by_id
    return [
        [next(span.label for version in units[key].spans for span in version) for key, _ in location]
        for location in read_overview(adjudication).locations
    ]


def test_units_of_one_disagreement_are_one_location(begin, decide):
    adjudication = begin(BOTH, CLAIM, DENIAL)
    overview = read_overview(adjudication)

    assert labels_by_location(adjudication) == [["Claim", "Denial"], ["Speaker"]]
    assert list(map(str, overview.numbers(overview.keys).values())) == ["1.1", "1.2", "2"]
    decide(adjudication, overview.keys[0], "take", source=0)
    after = read_overview(adjudication)
    assert (after.open_locations, len(after.open)) == (2, 2)
    assert after.next_open(after=overview.keys[0]) == overview.keys[1]
    decide(adjudication, overview.keys[1], "none")
    assert read_overview(adjudication).open_locations == 1
    documents = DocumentQueue(adjudication.document.project)[:5]
    assert location_counts(documents) == {adjudication.document_id: (1, 2)}


def test_locations_change_with_what_annotators_submit(begin, decide, make_set, lead, viewer):
    adjudication = begin(BOTH, CLAIM)
    assert labels_by_location(adjudication) == [["Denial"], ["Speaker"]]
    make_set(adjudication.document, viewer, marked_spans(DENIAL)[1], state="submitted", revision=1)
    services.refresh(adjudication, by=lead, now=NOW)

    assert labels_by_location(adjudication) == [["Claim", "Denial"], ["Speaker"]]


def test_added_unit_is_a_location_of_its_own(begin, lead):
    adjudication = begin(BOTH, CLAIM, DENIAL)
    words = SpanValue("x", "Hedge", ((13, 18),))
    result = services.add_span(adjudication, words, services.Rationale(), base_revision=1, by=lead, now=NOW)

    overview = read_overview(adjudication)
    assert str(overview.numbers([result.unit])[result.unit]) == "2", (
        "in order of the text, after the units of the first location"
    )
    assert len(overview.locations) == 3


def test_text_is_cut_between_lines_and_words():
    lines = "word " * 100 + "\n"
    text = lines * 60 + "x" * 2 * LONGEST
    starts = part_starts(text, [])

    assert starts[0] == 0
    assert all(after - before <= LONGEST for before, after in zip(starts, [*starts[1:], len(text)], strict=True))
    assert text[starts[1] - 1] == "\n"
    dense = part_starts("word " * MOST_UNITS * 3, range(0, 15 * MOST_UNITS, 5))
    assert dense == [0, 5 * MOST_UNITS, 10 * MOST_UNITS]
    assert part_starts("ab" * 500, [4] * 3 * MOST_UNITS) == [0, 4, 5], "units at one place are in one part"


def test_part_has_its_units_and_those_they_were_merged_into(begin, decide, monkeypatch):
    monkeypatch.setattr("annotator.adjudication.board.text_parts.MOST_UNITS", 1)
    monkeypatch.setattr("annotator.adjudication.board.text_parts.AROUND", 0)
    adjudication = begin("Ada[Speaker] said. Ben[Speaker] left. Eve[Speaker] came.", "Ada said. Ben left. Eve came.")
    first, second, third = read_overview(adjudication).keys
    merged = SpanValue("x", "Speaker", ((0, 13),))
    decide(adjudication, first, "merged", spans=(merged,), merge_with=(second,))

    parts = [part_of_text(adjudication, number=number, at=0) for number in (1, 2, 3, 9)]
    assert [part.number for part in parts] == [1, 2, 3, 3]
    assert [set(units_in_part(adjudication, part)) for part in parts[:3]] == [{first}, {first, second}, {third}]
    assert part_of_text(adjudication, number=None, at=12).number == 2


def test_part_has_units_whose_decided_spans_reach_into_it(begin, decide, monkeypatch):
    monkeypatch.setattr("annotator.adjudication.board.text_parts.MOST_UNITS", 1)
    adjudication = begin("Ada[Speaker] said. Ben[Speaker] left. Eve[Speaker] came.", "Ada said. Ben left. Eve came.")
    first, second, third = read_overview(adjudication).keys
    decide(adjudication, second, "edited", spans=(SpanValue("x", "Speaker", ((0, 13),)),))

    parts = [part_of_text(adjudication, number=number, at=0) for number in (1, 2, 3)]
    assert [set(units_in_part(adjudication, part)) for part in parts] == [{first, second}, {second}, {second, third}]


def test_updates_store_what_reading_everything_again_gives(begin, decide, make_set, lead, viewer):
    adjudication = begin(BOTH, CLAIM)
    decide(adjudication, read_overview(adjudication).keys[0], "take", source=0)
    make_set(adjudication.document, viewer, marked_spans(DENIAL)[1], state="submitted", revision=1)
    services.refresh(adjudication, by=lead, now=NOW)

    board = read_board(adjudication)
    assert [unit.row.status for unit in board.units] == [unit.stored_status for unit in board.units]
    assert {unit.row.pk: unit.row.location for unit in board.units} == locations_of_units(board.units)
    assert board.derived.state.spans == state_of_rows(adjudication.annotation_set).spans
