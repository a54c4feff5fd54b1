"""The life cycle of annotation sets: submitting, reopening, adjudicating, and what counts in each state."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from annotator.corpus.spans import lifecycle, selectors, services
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState
from annotator.corpus.spans.problems import AlreadyAdjudicated, NotSubmitted, SetClosed
from tests.unit.corpus.spans.builders import add, relation, span

pytestmark = [pytest.mark.django_db, pytest.mark.stores]

CLAIM = span("c", "Claim", (9, 18), kind="fact")
SPEAKER = span("s", "Speaker", (0, 3))
SPLIT = span("d", "Denial", (20, 30), (35, 45), note="two pieces")
SAID = relation("r", "attributed-to", "c", "s")


@pytest.fixture
def submitted(annotation_set, save, now):
    """Ada's set with two spans and a relation, submitted."""
    save(annotation_set, add(CLAIM), add(SPEAKER), add(SAID))
    return lifecycle.submit(annotation_set, now=now)


@pytest.fixture
def unfinished(create_set, document, ben, save):
    """Ben's set over the same document, with a span, not submitted."""
    annotation_set = create_set(document, ben)
    save(annotation_set, add(SPLIT))
    return annotation_set


def state_of(annotation_set):
    return AnnotationSet.objects.values_list("state", "submitted_at").get(pk=annotation_set.pk)


def names(condition):
    return sorted(AnnotationSet.objects.filter(condition).values_list("name", flat=True))


def test_set_is_submitted_and_reopened(annotation_set, save, now):
    submitted = lifecycle.submit(annotation_set, now=now)
    assert (submitted.state, submitted.submitted_at) == (SetState.SUBMITTED, now)
    assert lifecycle.submit(annotation_set, now=now).state == SetState.SUBMITTED

    reopened = lifecycle.reopen(annotation_set)

    assert (reopened.state, reopened.submitted_at) == (SetState.OPEN, None)
    assert save(annotation_set, add(CLAIM)).revision == 1


def test_submit_takes_effect_once_it_cannot_be_undone(annotation_set, save, now):
    later, seen = now + lifecycle.UNDO_TIME, lifecycle.finished_sets()
    for undo in (True, False):
        pending = lifecycle.submit(annotation_set, now=now, undoable=True)
        assert (pending.state, pending.shown_state, pending.submits_at) == (SetState.OPEN, SetState.SUBMITTED, later)
        assert names(seen) == names(lifecycle.open_sets()) == []
        assert names(lifecycle.unsubmitted_sets()) == ["ada"]
        with pytest.raises(SetClosed):
            save(annotation_set, add(CLAIM))
        assert lifecycle.complete_submits(now=now + timedelta(seconds=9)) == 0
        if undo:
            assert lifecycle.reopen(annotation_set).is_open
            assert lifecycle.complete_submits(now=later) == 0
    assert lifecycle.complete_submits(now=later + timedelta(days=1)) == 1
    assert (names(seen), state_of(annotation_set)) == (["ada"], (SetState.SUBMITTED, later))


def test_pending_submit_is_completed_by_another_one(annotation_set, now):
    lifecycle.submit(annotation_set, now=now, undoable=True)

    assert lifecycle.submit(annotation_set, now=now).submits_at is None

    assert state_of(annotation_set) == (SetState.SUBMITTED, now)


def test_submitting_again_keeps_the_first_time(submitted, now):
    lifecycle.submit(submitted, now=now + timedelta(days=1))

    assert submitted.submitted_at == now


def test_adopting_copies_the_set_and_closes_submitted_sets(submitted, create_set, document, ben, lead, now):
    other = lifecycle.submit(create_set(document, ben), now=now)

    gold = services.adopt_as_adjudicated(submitted, by=lead, now=now)

    assert (gold.kind, gold.name, gold.revision) == (SetKind.ADJUDICATED, "adjudicated", 1)
    assert (gold.state, gold.submitted_at) == (SetState.ADJUDICATED, now)
    assert selectors.state_of_rows(gold) == selectors.state_of_rows(submitted) == selectors.replay(gold)
    assert [(change["kind"], change["by"]) for change in selectors.changes_since(gold, 0)] == [("load", "lena")]
    for closed in (submitted, other):
        assert state_of(closed) == (SetState.ADJUDICATED, now)
        with pytest.raises(AlreadyAdjudicated):
            lifecycle.reopen(closed)
        with pytest.raises(AlreadyAdjudicated):
            lifecycle.submit(closed, now=now)


def test_adopting_leaves_unfinished_sets_open(submitted, unfinished, lead, save, now):
    services.adopt_as_adjudicated(submitted, by=lead, now=now)

    assert state_of(unfinished) == (SetState.OPEN, None)
    assert names(lifecycle.sets_for_agreement()) == ["ada"]
    assert names(lifecycle.exported_sets()) == ["ada", "adjudicated"]
    assert names(lifecycle.unfinished_sets()) == ["ben"]
    save(unfinished, add(SPEAKER))
    assert lifecycle.submit(unfinished, now=now).state == SetState.SUBMITTED


def test_document_is_adopted_once(submitted, lead, now):
    services.adopt_as_adjudicated(submitted, by=lead, now=now)

    with pytest.raises(AlreadyAdjudicated, match="document-1"):
        services.adopt_as_adjudicated(submitted, by=lead, now=now)


def test_open_set_is_not_adopted(annotation_set, lead, now):
    with pytest.raises(NotSubmitted):
        services.adopt_as_adjudicated(annotation_set, by=lead, now=now)
    assert AnnotationSet.objects.count() == 1


def test_imported_set_can_be_adopted(make_set, document, lead, now):
    imported = make_set(document, "A", state=SetState.SUBMITTED)

    assert services.adopt_as_adjudicated(imported, by=lead, now=now).revision == 1


def test_completing_closes_only_submitted_sources(submitted, unfinished, create_set, document, make_user, now):
    gold = create_set(document, name="adjudicated", kind=SetKind.ADJUDICATED)
    late = lifecycle.submit(create_set(document, make_user("cem")), now=now)

    lifecycle.complete_adjudication(gold, sources=[submitted.pk, unfinished.pk], now=now)

    states = {
        annotation_set.name: state_of(annotation_set)[0] for annotation_set in (gold, submitted, unfinished, late)
    }
    assert states == {"adjudicated": "adjudicated", "ada": "adjudicated", "ben": "open", "cem": "submitted"}


def test_reopening_returns_only_what_was_closed(submitted, unfinished, create_set, document, make_user, now):
    gold = create_set(document, name="adjudicated", kind=SetKind.ADJUDICATED)
    sources = [submitted.pk, unfinished.pk]
    other = lifecycle.submit(create_set(document, make_user("cem")), now=now)
    AnnotationSet.objects.filter(pk=other.pk).update(state=SetState.ADJUDICATED)
    lifecycle.complete_adjudication(gold, sources=sources, now=now)

    lifecycle.reopen_adjudication(gold, sources=sources)

    assert (gold.state, gold.submitted_at) == (SetState.OPEN, None)
    assert state_of(submitted) == (SetState.SUBMITTED, now)
    assert state_of(unfinished) == (SetState.OPEN, None)
    assert state_of(other) == (SetState.ADJUDICATED, now)


CASES = [  # kind, state: finished, measured, exported
    (SetKind.ANNOTATOR, SetState.OPEN, False, False, False),
    (SetKind.ANNOTATOR, SetState.SUBMITTED, True, True, True),
    (SetKind.ANNOTATOR, SetState.ADJUDICATED, True, True, True),
    (SetKind.IMPORTED, SetState.SUBMITTED, False, True, True),
    (SetKind.MODEL, SetState.OPEN, False, False, True),
    (SetKind.ADJUDICATED, SetState.OPEN, False, False, False),
    (SetKind.ADJUDICATED, SetState.ADJUDICATED, False, False, True),
]


@pytest.mark.parametrize(("kind", "state", "finished", "measured", "exported"), CASES)
def test_each_state_counts_where_it_should(make_set, document, kind, state, finished, measured, exported):
    annotation_set = make_set(document, "A", kind=kind, state=state)
    conditions = (lifecycle.finished_sets(), lifecycle.sets_for_agreement(), lifecycle.exported_sets())

    sets = [AnnotationSet.objects.filter(condition, pk=annotation_set.pk).exists() for condition in conditions]

    assert sets == [finished, measured, exported]


def test_gold_imported_with_its_document_keeps_it_assignable(make_set, document, now):
    gold = {"kind": SetKind.ADJUDICATED, "state": SetState.ADJUDICATED}
    make_set(document, "adjudicated", **gold)
    assert not lifecycle.is_adjudicated(document)

    AnnotationSet.objects.update(created_at=now + timedelta(days=1))

    assert lifecycle.is_adjudicated(document)


def test_migration_opens_sets_that_were_never_submitted(make_set, document, ada, ben, make_user, now):
    make_set(document, ada, state=SetState.ADJUDICATED, submitted_at=now)
    make_set(document, ben, state=SetState.ADJUDICATED, revision=3)
    make_set(document, make_user("cem"), state=SetState.SUBMITTED)
    make_set(document, "A", state=SetState.SUBMITTED)
    make_set(document, "adjudicated", kind=SetKind.ADJUDICATED, state=SetState.ADJUDICATED)
    migration = import_module("annotator.corpus.spans.migrations.0002_reopen_sets_never_submitted")

    migration.reopen_sets(apps, connection.schema_editor())

    assert dict(AnnotationSet.objects.values_list("name", "state")) == {
        "ada": "adjudicated", "ben": "open", "cem": "open", "A": "submitted", "adjudicated": "adjudicated",
    }  # fmt: skip
    assert AnnotationSet.objects.get(name="ben").revision == 3


def test_taken_name_gets_a_number(create_set, document, ada, make_user):
    create_set(document, name="ada")
    long = create_set(document, name="n" * 150)

    assert create_set(document, ada).name == "ada-2"
    assert create_set(document, name="ada").name == "ada-3"
    assert create_set(document, make_user("adjudicated")).name == "adjudicated-2"
    assert create_set(document, make_user("n" * 150)).name == f"{long.name[:142]}-2"
