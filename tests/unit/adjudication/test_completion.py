"""Completion, reopening, and updates from annotators."""

from datetime import timedelta

import pytest

from annotator.adjudication import selectors, services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.problems import (
    AdjudicationCompleted,
    NotCompleted,
    SourcesChanged,
    StaleAdjudication,
    UndecidedUnits,
)
from annotator.adjudication.queue import QUEUES, DocumentQueue
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import Relation, Span
from tests.conftest import NOW
from tests.notation import make_spans
from tests.unit.adjudication.conftest import marked_spans, open_units, spans_in

pytestmark = pytest.mark.django_db

ADA = "Ada[Speaker] said [it rained](Claim) in Rome."
BEN = "Ada[Speaker] said it [rained in Rome](Claim)."


@pytest.fixture
def completed(begin, decide, lead):
    adjudication = begin(ADA, BEN)
    decide(adjudication, open_units(adjudication)[0], "take", source=0, reason="boundary")
    adjudication.refresh_from_db()
    return services.complete(adjudication, base_revision=adjudication.revision, by=lead, now=NOW)


def resubmit(adjudication, name: str, marked: str) -> None:
    """Submit other spans as an annotator."""
    annotation_set = adjudication.document.annotation_sets.get(name=name)
    annotation_set.spans.all().delete()
    for span in marked_spans(marked)[1]:
        [[start, end]] = span["fragments"]
        Span.objects.create(annotation_set=annotation_set, uid=span["id"], label=span["label"], start=start, end=end)
    annotation_set.revision += 1
    annotation_set.save()


def states(adjudication) -> dict[str, str]:
    return dict(adjudication.document.annotation_sets.order_by("name").values_list("name", "state"))


def test_completion_closes_sets_and_counts_agreement(completed):
    assert states(completed) == {"ada": "adjudicated", "adjudicated": "adjudicated", "ben": "adjudicated"}
    counts = [(each.exact_matches, each.overlap_matches) for each in completed.sources.order_by("position")]
    assert counts == [(2, 2), (1, 2)]


def test_open_unit_prevents_completion(begin, decide, lead):
    adjudication = begin(ADA, BEN)
    decide(adjudication, open_units(adjudication)[0], "later")
    adjudication.refresh_from_db()

    with pytest.raises(UndecidedUnits) as refusal:
        services.complete(adjudication, base_revision=adjudication.revision, by=lead, now=NOW)

    assert refusal.value.extra["open"] == 1


def test_stale_revision_prevents_completion(begin, decide, lead, ada):
    adjudication = begin(ADA, BEN)
    seen = adjudication.revision
    decide(adjudication, open_units(adjudication)[0], "none", by=ada)

    with pytest.raises(StaleAdjudication):
        services.complete(adjudication, base_revision=seen, by=lead, now=NOW)

    assert states(adjudication)["adjudicated"] == "open"


def test_own_decisions_since_the_page_was_fetched_do_not_prevent_completion(begin, decide, lead):
    adjudication = begin(ADA, BEN)
    seen = adjudication.revision
    for unit in open_units(adjudication):
        decide(adjudication, unit, "none")

    services.complete(adjudication, base_revision=seen, by=lead, now=NOW)

    assert states(adjudication)["adjudicated"] == "adjudicated"


def test_completed_adjudication_takes_no_decisions(completed, decide, lead):
    unit = read_board(completed).contested[0].row.pk
    with pytest.raises(AdjudicationCompleted):
        decide(completed, unit, "none")
    services.reopen(completed, by=lead, now=NOW)
    with pytest.raises(NotCompleted):
        services.reopen(completed, by=lead, now=NOW)

    decide(completed, unit, "none")

    assert states(completed) == {"ada": "submitted", "adjudicated": "open", "ben": "submitted"}
    assert spans_in(completed) == [("Speaker", "Ada")]


def test_reopening_without_changes_opens_no_units(completed, lead):
    services.reopen(completed, by=lead, now=NOW)

    assert open_units(completed) == []
    assert spans_in(completed) == [("Speaker", "Ada"), ("Claim", "it rained")]


def test_changed_set_prevents_completion_until_updated(begin, decide, lead):
    adjudication = begin(
        "Ada[Speaker] said [it rained](Claim) in Rome, perhaps[Hedge].", "Ada[Speaker] said it rained in Rome, perhaps."
    )
    for unit in open_units(adjudication):
        decide(adjudication, unit, "take", source=0)
    resubmit(adjudication, "ben", "Ada[Speaker] said it [rained in Rome](Claim), perhaps.")
    adjudication.refresh_from_db()
    with pytest.raises(SourcesChanged):
        services.complete(adjudication, base_revision=adjudication.revision, by=lead, now=NOW)

    services.refresh(adjudication, by=lead, now=NOW)

    [moved] = read_board(adjudication).open
    assert (moved.row.is_moved, [len(version) for version in moved.spans]) == (True, [1, 1])
    assert spans_in(adjudication) == [("Speaker", "Ada"), ("Hedge", "perhaps")]
    assert selectors.changed_sources(adjudication) == []


def test_version_changed_to_the_outcome_opens_nothing(completed, lead):
    resubmit(completed, "ben", ADA)

    services.reopen(completed, by=lead, now=NOW)

    board = read_board(completed)
    assert board.open == []
    assert [unit.decision.support for unit in board.units] == [2, 2]


def test_changed_version_opens_an_agreed_unit(completed, lead):
    resubmit(completed, "ben", "Ada said it [rained in Rome](Claim).")

    services.reopen(completed, by=lead, now=NOW)

    assert [unit.row.start for unit in read_board(completed).open] == [0]
    assert spans_in(completed) == [("Claim", "it rained")]


def test_unit_removed_by_all_is_decided_as_none(completed, lead):
    resubmit(completed, "ada", "Ada said [it rained](Claim) in Rome.")
    resubmit(completed, "ben", "Ada said it [rained in Rome](Claim).")

    services.reopen(completed, by=lead, now=NOW)

    assert (open_units(completed), spans_in(completed)) == ([], [("Claim", "it rained")])


def test_later_submission_becomes_a_source(completed, make_set, lead, viewer):
    _, spans = make_spans("Ada[Speaker] said [it rained in Rome](Claim).")
    make_set(completed.document, viewer, spans, state="submitted", revision=3)

    services.reopen(completed, by=lead, now=NOW)

    [unit] = read_board(completed).open
    assert [len(version) for version in unit.spans] == [1, 1, 1]
    assert completed.sources.count() == 3
    assert spans_in(completed) == [("Speaker", "Ada")]


def test_reopened_set_counts_at_its_earlier_revision(begin, lead):
    adjudication = begin(ADA, BEN)
    resubmit(adjudication, "ada", "Ada said [it rained](Claim) in Rome.")
    adjudication.document.annotation_sets.filter(name="ben").update(state="open")

    services.refresh(adjudication, by=lead, now=NOW)

    board = read_board(adjudication)
    assert [[len(version) for version in unit.spans] for unit in board.units] == [[0, 1], [1, 1]]
    assert [each.annotation_set.name for each in selectors.reopened_sources(adjudication)] == ["ben"]


def test_changed_half_opens_both_merged_units(begin, decide, lead):
    adjudication = begin("[It rained](Claim) and [it snowed](Claim).", "It rained and it snowed.")
    first, second = open_units(adjudication)
    span = read_board(adjudication).by_id[first].spans[0][0]
    decide(adjudication, first, "merged", spans=(span,), merge_with=(second,))
    resubmit(adjudication, "ben", "It rained and [it snowed.](Claim)")

    services.refresh(adjudication, by=lead, now=NOW)

    assert (open_units(adjudication), spans_in(adjudication)) == ([first, second], [])


def test_queue_filters_by_state(completed, begin, make_document, make_set, project, lead):
    begun = begin("Ada[Speaker] left.", "Ada left.").document
    fresh = make_document("Nothing to see.")
    make_set(fresh, "A", state="submitted")
    make_document("Nobody has looked at this.")

    found = {which: set(queue(project, which)) for which in QUEUES}
    assert found == {
        "todo": {begun.pk, fresh.pk},
        "new": {fresh.pk},
        "open": {begun.pk},
        "moved": set(),
        "settled": {completed.document_id},
        "all": {begun.pk, fresh.pk, completed.document_id},
    }
    resubmit(completed, "ben", ADA)

    assert queue(project, "moved") == [completed.document_id]


def test_document_is_offered_once_its_submit_cannot_be_undone(make_document, make_set, project, ada):
    document = make_document("Nothing to see.")
    lifecycle.submit(make_set(document, ada), now=NOW, undoable=True)
    assert queue(project, "all") == []

    lifecycle.complete_submits(now=NOW + timedelta(seconds=12))

    assert queue(project, "new") == [document.pk]


def queue(project, which):
    documents = DocumentQueue(project, which=which)
    keys = [document.pk for document in documents[:10]]
    assert (len(documents), documents.keys(1, 10)) == (len(keys), keys[1:])
    return keys


def test_origins_of_spans_are_exported(completed):
    origins = selectors.origins_of([completed.annotation_set_id])

    claim = completed.annotation_set.spans.get(label="Claim")
    assert origins[completed.annotation_set_id, claim.uid] == {
        "support": 1, "of": 2, "kind": "take", "sources": ["ada"], "reason": "boundary", "section": "",
    }  # fmt: skip
    assert len(origins) == 2


def test_relation_removed_by_its_author_is_open_again(begin, decide, lead):
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


def test_unchanged_open_unit_is_not_marked_as_changed(begin, lead):
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
