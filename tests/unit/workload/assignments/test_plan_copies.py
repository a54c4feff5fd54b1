"""The copy of the plans in the memory of a process: it lacks no change that another process makes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.ordering import annotator_order, shuffle_key
from annotator.corpus.spans.lifecycle import submit
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.models import DocumentPlan, QueueChange
from annotator.workload.assignments.selectors import plan_copies
from annotator.workload.assignments.services.bulk import ACTIONS, BulkContext

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
MANY = 40


@pytest.fixture
def documents(make_document, project, ada):
    """Documents in the order of ada, more than are looked at first; the copy is read before everything else."""
    made = [make_document(f"Text {n}.", shuffle_key=shuffle_key("seed", f"text-{n}")) for n in range(MANY)]
    order = annotator_order(project.seed, "ada")
    services.plan_documents(project, Document.objects.none())
    selectors.candidates(project, ada)
    return sorted(made, key=lambda document: order.rank(document.shuffle_key))


def first(project, user):
    """Return the document that would be assigned next, as a process finds it that has changed nothing itself."""
    found = selectors.candidates(project, user)
    plan_copies.forget_copies()
    assert selectors.candidates(project, user)[:1] == found[:1]
    return Document.objects.get(pk=found[0]) if found else None


def annotate(project, user, count, now):
    for _ in range(count):
        submit(services.next_document(project, user=user, now=now).assignment.annotation_set, now=now)


def test_freed_slot_is_offered_in_its_place(documents, project, ada, ben, now, make_user):
    project.annotators_per_document = 1
    project.save()
    held = services.assign(documents[0], ben, now=now)
    assert first(project, ada) == documents[1]

    services.free_slot(held, reason="", now=now)

    assert first(project, ada) == documents[0]


def test_documents_that_come_later_are_offered(documents, project, ada, make_document):
    late = make_document("Late.", shuffle_key=documents[0].shuffle_key, position=0)
    assert first(project, ada) == documents[0]
    late.delete()
    make_document("Late.", position=MANY + 5, shuffle_key=0)
    services.plan_documents(project, Document.objects.none())

    services.plan_documents(project, Document.objects.filter(position=MANY + 5), priority=1)

    assert first(project, ada).position == MANY + 5


def test_rounds_and_priorities_count_at_once(documents, project, ada, now):
    pilot = services.create_round(project, name="Pilot", priority=1, now=now)
    services.plan_documents(project, Document.objects.filter(pk=documents[9].pk), to_round=pilot)
    assert first(project, ada) == documents[9]

    services.delete_round(pilot)
    assert first(project, ada) == documents[0]

    services.plan_documents(project, Document.objects.filter(pk=documents[7].pk), priority=2)
    services.reserve_documents(project, {documents[7].pk: True})
    assert first(project, ada) == documents[0]
    services.reserve_documents(project, {documents[7].pk: False})
    assert first(project, ada) == documents[7]


def test_documents_passed_over_come_back(documents, project, ada, lead, now):
    chosen = Document.objects.filter(pk__in=[document.pk for document in documents[:30]])
    context = BulkContext(project, chosen, {}, lead, now)
    ACTIONS["archive"](context)
    assert selectors.candidates(project, ada)[0] == documents[30].pk
    assert selectors.candidates(project, ada)[0] == documents[30].pk

    ACTIONS["restore"](context)

    assert first(project, ada) == documents[0]


def test_last_document_is_looked_for_among_all(documents, project, ada, now):
    annotate(project, ada, MANY - 1, now)
    last = selectors.candidates(project, ada)
    Document.objects.filter(pk=last[0]).update(is_excluded=True)
    assert selectors.candidates(project, ada) == []

    Document.objects.filter(pk=last[0]).update(is_excluded=False)

    assert selectors.candidates(project, ada) == last


def test_deleted_documents_are_left_out(documents, project, ada, lead, now):
    context = BulkContext(project, Document.objects.filter(pk=documents[0].pk), {"reason": "Twice"}, lead, now)
    ACTIONS["delete"](context)

    assert first(project, ada) == documents[1]


def test_many_changes_are_noted_as_one(documents, project, monkeypatch):
    QueueChange.objects.all().delete()
    services.reserve_documents(project, {document.pk: False for document in documents})
    assert QueueChange.objects.filter(document_key__isnull=False).count() == MANY

    monkeypatch.setattr("annotator.workload.assignments.services.plans.MOST_CHANGES_BY_DOCUMENT", 10)
    services.reserve_documents(project, {document.pk: False for document in documents})
    assert QueueChange.objects.filter(document_key=None).count() == 1


def test_changes_are_read_once(documents, project, ada, ben, now):
    services.free_slot(services.assign(documents[0], ben, now=now), reason="", now=now)
    selectors.candidates(project, ada)

    with CaptureQueriesContext(connection) as queries:
        selectors.candidates(project, ada)

    read = [query["sql"] for query in queries if 'FROM "assignments_queuechange"' in query["sql"]]
    with connection.cursor() as cursor:
        rows = [row for sql in read for row in cursor.execute(sql.replace("%", "%%")).fetchall()]
    assert (len(read), rows) == (1, [])


@pytest.mark.servers  # SQLite has one transaction at a time
def test_change_that_is_committed_after_later_ones_is_noticed(documents, project, ada):
    plans = DocumentPlan.objects.filter(document=documents[0])
    plans.update(taken=9)
    assert selectors.candidates(project, ada)[0] == documents[1].pk
    late = QueueChange.objects.create(project=project, document_key=documents[0].pk, created_at=timezone.now())
    key = late.pk
    late.delete()
    services.reserve_documents(project, {documents[3].pk: False})
    assert selectors.candidates(project, ada)[0] == documents[1].pk

    plans.update(taken=0)
    QueueChange.objects.create(id=key, project=project, document_key=documents[0].pk, created_at=timezone.now())

    assert selectors.candidates(project, ada)[0] == documents[0].pk
