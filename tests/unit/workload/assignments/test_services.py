"""Assignments: own order, limit, resuming, withdrawing."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from annotator.corpus.documents.ordering import annotator_order, shuffle_key
from annotator.corpus.spans.lifecycle import submit
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState
from annotator.platform.accounts.models import User
from annotator.workload.assignments import services
from annotator.workload.assignments.models import Assignment
from annotator.workload.assignments.problems import AssignmentStarted, NoDocumentLeft
from projects.models import GuidelineVersion, Membership, SchemaVersion
from projects.roles import Role
from projects.services import choose_to_annotate
from tests.conftest import NOW
from tests.waiting import LONG

pytestmark = [pytest.mark.django_db, pytest.mark.stores]


@pytest.fixture(autouse=True)
def _lead_annotates(project, lead):
    choose_to_annotate(project, lead, annotates=True)


@pytest.fixture
def give(project, now):
    """Return a function that assigns the next document to a user."""

    def next_document(user):
        return services.next_document(project, user=user, now=now).assignment

    return next_document


@pytest.fixture
def finish(give, now):
    """Return a function that assigns the next document to a user and submits it."""

    def next_and_submit(user):
        assignment = give(user)
        submit(assignment.annotation_set, now=now)
        return assignment

    return next_and_submit


@pytest.fixture
def documents(make_document):
    """Eight documents with the keys that an import would give them."""
    return [make_document(f"Text {number}.", shuffle_key=shuffle_key("seed", f"text-{number}")) for number in range(8)]


def slots(document):
    return sorted(document.assignments.values_list("slot", flat=True))


def test_first_document_has_an_empty_set(documents, give, ada, now, project):
    SchemaVersion.objects.create(project=project, number=2, definition={}, sha256="2", created_at=now)
    GuidelineVersion.objects.create(project=project, number=2, sha256="2", created_at=now)

    made = give(ada).annotation_set

    assert (made.kind, made.annotator, made.name, made.state) == (SetKind.ANNOTATOR, ada, "ada", SetState.OPEN)
    assert (made.revision, made.schema_version.number, made.guideline_version.number) == (0, 2, 2)


def test_open_document_is_resumed(documents, project, ada, now):
    first = services.next_document(project, user=ada, now=now)
    again = services.next_document(project, user=ada, now=now)

    assert (first.resumed, again.resumed) == (False, True)
    assert again.assignment == first.assignment
    assert Assignment.objects.count() == 1


def test_order_depends_on_annotator_and_seed(documents, finish, ada, ben):
    for user in (ada, ben):
        order = annotator_order("seed", user.username)
        expected = sorted(documents, key=lambda document: order.rank(document.shuffle_key))
        assert [finish(user).document for _ in documents] == expected


def test_documents_with_the_same_key_keep_their_order(make_document, finish, ada):
    made = [make_document(f"Text {number}.", shuffle_key=7, position=5 - number) for number in range(3)]

    assert [finish(ada).document for _ in made] == made[::-1]


def test_document_has_at_most_the_set_annotators(documents, finish, make_user, project):
    users = [make_user(f"user-{number}") for number in range(5)]
    for user in users:
        for _ in documents:
            with suppress(NoDocumentLeft):
                finish(user)

    assert all(slots(document) == [0, 1] for document in documents)
    with pytest.raises(NoDocumentLeft):
        finish(users[4])


def test_annotator_gets_no_document_twice(documents, finish, ada):
    seen = {finish(ada).document for _ in documents}

    assert seen == set(documents)
    with pytest.raises(NoDocumentLeft) as caught:
        finish(ada)
    assert (caught.value.status, caught.value.code) == (404, "no_document_left")


def test_lower_number_withdraws_and_assigns_nothing(documents, finish, project, ada, ben, make_user):
    for _ in documents:
        finish(ada)
    finish(ben)
    project.annotators_per_document = 1
    project.save()

    assert Assignment.objects.count() == 9
    for user in (ben, make_user("cem")):
        with pytest.raises(NoDocumentLeft):
            finish(user)


def test_higher_number_makes_documents_assignable(make_document, finish, project, ada, ben, make_user):
    document = make_document()
    finish(ada)
    finish(ben)
    cem = make_user("cem")
    project.annotators_per_document = 3
    project.save()

    assert finish(cem).slot == 2
    assert slots(document) == [0, 1, 2]


def test_documents_of_another_project_are_not_assigned(make_document, make_project, finish, ada):
    make_document(project=make_project("other"))

    with pytest.raises(NoDocumentLeft):
        finish(ada)


def test_imported_sets_take_no_slot(make_document, make_set, give, ada):
    document = make_document()
    for name in ("A", "ada", "adjudicated"):
        make_set(document, name)

    assert give(ada).annotation_set.name == "ada-2"


def test_adjudicated_document_is_not_assigned(make_document, finish, ada, ben):
    make_document()
    finish(ada)
    AnnotationSet.objects.update(state=SetState.ADJUDICATED)

    with pytest.raises(NoDocumentLeft):
        finish(ben)


def test_slot_of_a_withdrawn_document_is_used_again(make_document, give, project, lead, ada, ben, now):
    document = make_document()
    first, _second = give(ada), give(ben)

    services.withdraw(first, by=lead, now=now)

    assert slots(document) == [1]
    assert not AnnotationSet.objects.filter(annotator=ada).exists()
    assert give(lead).slot == 0
    with pytest.raises(NoDocumentLeft):
        give(ada)


@pytest.mark.parametrize("touched", [{"revision": 1}, {"state": SetState.SUBMITTED}])
def test_started_document_is_not_withdrawn(documents, give, ada, touched):
    assignment = give(ada)
    AnnotationSet.objects.update(**touched)

    with pytest.raises(AssignmentStarted, match="ada"):
        services.withdraw(assignment, by=None, now=NOW)
    assert Assignment.objects.count() == AnnotationSet.objects.count() == 1


def test_constraints_refuse_a_slot_or_annotator_twice(make_document, make_set, give, ada, ben, now):
    assignment = give(ada) if make_document() else None
    other = make_set(assignment.document, "A")

    for fields in ({"annotator": ben, "slot": 0}, {"annotator": ada, "slot": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.create(document=assignment.document, annotation_set=other, created_at=now, **fields)


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_share_the_slots(make_document, project, make_user, now):
    documents = [make_document(f"Text {number}.") for number in range(3)]
    users = [make_user(f"user-{number}") for number in range(8)]
    for user in users:
        Membership.objects.create(project=project, user=user, role=Role.ANNOTATOR, joined_at=now)

    outcomes = at_once(project, users, now)

    assert outcomes.count("given") == 6
    assert outcomes.count("none left") == 2
    assert [slots(document) for document in documents] == [[0, 1]] * 3


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_of_one_user_get_one_document(documents, project, ada, now):
    outcomes = at_once(project, [ada] * 4, now)

    assert outcomes == ["given"] * 4
    assert Assignment.objects.count() >= 1
    assert Assignment.objects.filter(annotator=ada, annotation_set__state=SetState.OPEN).count() == 1


def at_once(project, users: list[User], now) -> list[str]:
    """Ask for the next document in a thread for each user, all released together."""
    barrier = Barrier(len(users))

    def ask(user: User) -> str:
        try:
            barrier.wait(LONG)
            services.next_document(project, user=user, now=now)
        except NoDocumentLeft:
            return "none left"
        else:
            return "given"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(users)) as pool:
        return list(pool.map(ask, users))
