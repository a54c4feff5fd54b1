"""The life of a set: named, submitted, reopened, settled."""

import pytest

from annotator.corpus.spans import selectors, services
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState
from annotator.corpus.spans.problems import AlreadyAdjudicated, NotSubmitted
from tests.unit.corpus.spans.builders import add, relation, span

pytestmark = [pytest.mark.django_db, pytest.mark.stores]

CLAIM = span("c", "Claim", (9, 18), kind="fact")
SPEAKER = span("s", "Speaker", (0, 3))
SPLIT = span("d", "Denial", (20, 30), (35, 45), note="two pieces")
SAID = relation("r", "attributed-to", "c", "s")


def test_a_set_is_submitted_and_reopened(annotation_set, save, now):
    submitted = services.submit(annotation_set, now=now)
    assert (submitted.state, submitted.submitted_at) == (SetState.SUBMITTED, now)
    assert services.submit(annotation_set, now=now).state == SetState.SUBMITTED

    reopened = services.reopen(annotation_set)

    assert (reopened.state, reopened.submitted_at) == (SetState.OPEN, None)
    assert save(annotation_set, add(CLAIM)).revision == 1


def test_settling_copies_one_set_and_closes_the_work(annotation_set, create_set, document, ben, lead, save, now):
    save(annotation_set, add(CLAIM), add(SPEAKER), add(SAID), add(SPLIT))
    other = create_set(document, ben)
    services.submit(annotation_set, now=now)

    settled = services.adopt_as_adjudicated(annotation_set, by=lead, now=now)

    assert (settled.kind, settled.name, settled.revision) == (SetKind.ADJUDICATED, "adjudicated", 1)
    assert selectors.state_of_rows(settled) == selectors.state_of_rows(annotation_set) == selectors.replay(settled)
    assert [(change["kind"], change["by"]) for change in selectors.changes_since(settled, 0)] == [("load", "lena")]
    for closed in (annotation_set, other):
        closed.refresh_from_db()
        assert closed.state == SetState.ADJUDICATED
        with pytest.raises(AlreadyAdjudicated):
            services.reopen(closed)
        with pytest.raises(AlreadyAdjudicated):
            services.submit(closed, now=now)


def test_a_document_is_settled_once(annotation_set, lead, now):
    services.submit(annotation_set, now=now)
    services.adopt_as_adjudicated(annotation_set, by=lead, now=now)

    with pytest.raises(AlreadyAdjudicated, match="document-1"):
        services.adopt_as_adjudicated(annotation_set, by=lead, now=now)


def test_an_open_set_is_not_adopted(annotation_set, lead, now):
    with pytest.raises(NotSubmitted):
        services.adopt_as_adjudicated(annotation_set, by=lead, now=now)
    assert AnnotationSet.objects.count() == 1


def test_an_imported_set_can_be_adopted(create_set, document, lead, now):
    imported = create_set(document, name="A", state=SetState.SUBMITTED)

    assert services.adopt_as_adjudicated(imported, by=lead, now=now).revision == 1


def test_a_taken_name_gets_a_number(create_set, document, ada, make_user):
    create_set(document, name="ada")
    long = create_set(document, name="n" * 150)

    assert create_set(document, ada).name == "ada-2"
    assert create_set(document, name="ada").name == "ada-3"
    assert create_set(document, make_user("adjudicated")).name == "adjudicated-2"
    assert create_set(document, make_user("n" * 150)).name == f"{long.name[:142]}-2"
