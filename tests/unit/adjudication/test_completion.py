"""Settling, reopening, and what moved meanwhile."""

import pytest

from annotator.adjudication import selectors, services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.problems import (
    AdjudicationSettled,
    NotAllDecided,
    NotSettled,
    SourcesMoved,
    StaleAdjudication,
)
from annotator.corpus.spans.models import Relation, Span
from tests.conftest import NOW
from tests.notation import make_spans
from tests.unit.adjudication.conftest import marked_spans, open_units, spans_in

pytestmark = pytest.mark.django_db

ADA = "Ada[Speaker] said [it rained](Claim) in Rome."
BEN = "Ada[Speaker] said it [rained in Rome](Claim)."


@pytest.fixture
def settled(begin, decide, lead):
    adjudication = begin(ADA, BEN)
    decide(adjudication, open_units(adjudication)[0], "take", source=0, reason="boundary")
    adjudication.refresh_from_db()
    return services.settle(adjudication, base_revision=adjudication.revision, by=lead, now=NOW)


def resubmit(adjudication, name: str, marked: str) -> None:
    """Let an annotator hand in something else."""
    annotation_set = adjudication.document.annotation_sets.get(name=name)
    annotation_set.spans.all().delete()
    for span in marked_spans(marked)[1]:
        [[start, end]] = span["fragments"]
        Span.objects.create(annotation_set=annotation_set, uid=span["id"], label=span["label"], start=start, end=end)
    annotation_set.revision += 1
    annotation_set.save()


def states(adjudication) -> dict[str, str]:
    return dict(adjudication.document.annotation_sets.order_by("name").values_list("name", "state"))


def test_settling_closes_the_sets_and_counts_who_agrees(settled):
    assert states(settled) == {"ada": "adjudicated", "adjudicated": "adjudicated", "ben": "adjudicated"}
    counts = [(each.exact_matches, each.overlap_matches) for each in settled.sources.order_by("position")]
    assert counts == [(2, 2), (1, 2)]


def test_nothing_is_settled_while_a_unit_is_open_or_left_for_later(begin, decide, lead):
    adjudication = begin(ADA, BEN)
    decide(adjudication, open_units(adjudication)[0], "later")
    adjudication.refresh_from_db()

    with pytest.raises(NotAllDecided) as refusal:
        services.settle(adjudication, base_revision=adjudication.revision, by=lead, now=NOW)

    assert refusal.value.extra["open"] == 1


def test_who_settles_has_seen_everything(begin, decide, lead, ada):
    adjudication = begin(ADA, BEN)
    seen = adjudication.revision
    decide(adjudication, open_units(adjudication)[0], "none", by=ada)

    with pytest.raises(StaleAdjudication):
        services.settle(adjudication, base_revision=seen, by=lead, now=NOW)

    assert states(adjudication)["adjudicated"] == "open"


def test_a_settled_document_takes_no_decisions_until_it_is_reopened(settled, decide, lead):
    unit = read_board(settled).contested[0].row.pk
    with pytest.raises(AdjudicationSettled):
        decide(settled, unit, "none")
    services.reopen(settled, by=lead, now=NOW)
    with pytest.raises(NotSettled):
        services.reopen(settled, by=lead, now=NOW)

    decide(settled, unit, "none")

    assert states(settled) == {"ada": "submitted", "adjudicated": "open", "ben": "submitted"}
    assert spans_in(settled) == [("Speaker", "Ada")]


def test_reopening_without_changes_shows_nothing_as_open(settled, lead):
    services.reopen(settled, by=lead, now=NOW)

    assert open_units(settled) == []
    assert spans_in(settled) == [("Speaker", "Ada"), ("Claim", "it rained")]


def test_a_changed_set_stands_in_the_way_of_settling_and_only_what_moved_is_open(begin, decide, lead):
    adjudication = begin(
        "Ada[Speaker] said [it rained](Claim) in Rome, perhaps[Hedge].", "Ada[Speaker] said it rained in Rome, perhaps."
    )
    for unit in open_units(adjudication):
        decide(adjudication, unit, "take", source=0)
    resubmit(adjudication, "ben", "Ada[Speaker] said it [rained in Rome](Claim), perhaps.")
    adjudication.refresh_from_db()
    with pytest.raises(SourcesMoved):
        services.settle(adjudication, base_revision=adjudication.revision, by=lead, now=NOW)

    services.refresh(adjudication, by=lead, now=NOW)

    [moved] = read_board(adjudication).open
    assert (moved.row.is_moved, [len(version) for version in moved.spans]) == (True, [1, 1])
    assert spans_in(adjudication) == [("Speaker", "Ada"), ("Hedge", "perhaps")]
    assert selectors.moved_sources(adjudication) == []


def test_somebody_who_comes_round_to_the_decision_opens_nothing(settled, lead):
    resubmit(settled, "ben", ADA)

    services.reopen(settled, by=lead, now=NOW)

    board = read_board(settled)
    assert board.open == []
    assert [unit.decision.support for unit in board.units] == [2, 2]


def test_an_agreed_unit_that_one_changes_is_open_again(settled, lead):
    resubmit(settled, "ben", "Ada said it [rained in Rome](Claim).")

    services.reopen(settled, by=lead, now=NOW)

    assert [unit.row.start for unit in read_board(settled).open] == [0]
    assert spans_in(settled) == [("Claim", "it rained")]


def test_an_agreed_unit_that_everybody_takes_away_goes_by_itself(settled, lead):
    resubmit(settled, "ada", "Ada said [it rained](Claim) in Rome.")
    resubmit(settled, "ben", "Ada said it [rained in Rome](Claim).")

    services.reopen(settled, by=lead, now=NOW)

    assert (open_units(settled), spans_in(settled)) == ([], [("Claim", "it rained")])


def test_an_annotator_who_hands_in_later_is_heard(settled, make_set, lead, viewer):
    _, spans = make_spans("Ada[Speaker] said [it rained in Rome](Claim).")
    make_set(settled.document, viewer, spans, state="submitted", revision=3)

    services.reopen(settled, by=lead, now=NOW)

    [unit] = read_board(settled).open
    assert [len(version) for version in unit.spans] == [1, 1, 1]
    assert settled.sources.count() == 3
    assert spans_in(settled) == [("Speaker", "Ada")]


def test_a_set_taken_back_to_work_still_counts_as_it_was(begin, lead):
    adjudication = begin(ADA, BEN)
    resubmit(adjudication, "ada", "Ada said [it rained](Claim) in Rome.")
    adjudication.document.annotation_sets.filter(name="ben").update(state="open")

    services.refresh(adjudication, by=lead, now=NOW)

    board = read_board(adjudication)
    assert [[len(version) for version in unit.spans] for unit in board.units] == [[0, 1], [1, 1]]
    assert [each.annotation_set.name for each in selectors.taken_back(adjudication)] == ["ben"]


def test_a_merge_that_one_half_moved_out_of_is_open_in_both(begin, decide, lead):
    adjudication = begin("[It rained](Claim) and [it snowed](Claim).", "It rained and it snowed.")
    first, second = open_units(adjudication)
    span = read_board(adjudication).by_id[first].spans[0][0]
    decide(adjudication, first, "merged", spans=(span,), merge_with=(second,))
    resubmit(adjudication, "ben", "It rained and [it snowed.](Claim)")

    services.refresh(adjudication, by=lead, now=NOW)

    assert (open_units(adjudication), spans_in(adjudication)) == ([first, second], [])


def test_the_queue_knows_what_is_new_open_moved_and_settled(settled, begin, make_document, make_set, project, lead):
    begun = begin("Ada[Speaker] left.", "Ada left.").document
    fresh = make_document("Nothing to see.")
    make_set(fresh, "A", state="submitted")
    make_document("Nobody has looked at this.")

    found = {which: {document.pk for document in selectors.queue(project, which=which)} for which in selectors.QUEUES}
    assert found == {
        "todo": {begun.pk, fresh.pk},
        "new": {fresh.pk},
        "open": {begun.pk},
        "moved": set(),
        "settled": {settled.document_id},
        "all": {begun.pk, fresh.pk, settled.document_id},
    }
    resubmit(settled, "ben", ADA)

    assert [document.pk for document in selectors.queue(project, which="moved")] == [settled.document_id]


def test_exports_learn_where_each_span_came_from(settled):
    origins = selectors.origins_of([settled.annotation_set_id])

    claim = settled.annotation_set.spans.get(label="Claim")
    assert origins[settled.annotation_set_id, claim.uid] == {
        "support": 1, "of": 2, "kind": "take", "sources": ["ada"], "reason": "boundary", "section": "",
    }  # fmt: skip
    assert len(origins) == 2


def test_a_relation_that_people_kept_is_open_again_when_its_author_takes_it_back(begin, decide, lead):
    adjudication = begin(ADA, ADA)
    sets = {name: adjudication.document.annotation_sets.get(name=name) for name in ("ada", "ben")}
    ends = {span.label: span for span in sets["ada"].spans.all()}
    arrow = Relation.objects.create(
        annotation_set=sets["ada"], uid="r", label="attributed-to", source=ends["Claim"], target=ends["Speaker"]
    )
    sets["ada"].revision = 2
    sets["ada"].save()
    services.refresh(adjudication, by=lead, now=NOW)
    [unit] = open_units(adjudication)
    decide(adjudication, unit, "take", source=0)
    assert adjudication.annotation_set.relations.count() == 1
    arrow.delete()
    sets["ada"].revision = 3
    sets["ada"].save()

    services.refresh(adjudication, by=lead, now=NOW)

    assert (open_units(adjudication), adjudication.annotation_set.relations.count()) == ([unit], 0)
    assert adjudication.decisions.filter(unit=unit).count() == 2
    decide(adjudication, unit, "none")
    assert open_units(adjudication) == []


def test_what_was_open_before_and_did_not_change_is_not_called_moved(begin, lead):
    adjudication = begin("Ada[Speaker] said [it rained](Claim) in Rome.", "Ada said it [rained](Claim) in Rome.")
    resubmit(adjudication, "ben", "Ada said [it](Hedge) [rained](Claim) in Rome.")

    services.refresh(adjudication, by=lead, now=NOW)

    moved = {unit.title: unit.row.is_moved for unit in map(Titled, read_board(adjudication).open)}
    assert moved == {"Speaker": False, "Claim": False, "Hedge": True}


class Titled:
    """A unit by the first label that anybody gave it."""

    def __init__(self, unit) -> None:
        self.row = unit.row
        self.title = next(span.label for version in unit.spans for span in version)
