"""What leads decide about work: exclusions, returned sets, review, freed slots, skips, direct assignments, rounds."""

from datetime import timedelta

import pytest

from annotator.adjudication.queue import DocumentQueue
from annotator.adjudication.selectors import finished_sets
from annotator.agreement.selectors.sets import count_documents, sets_in_scope
from annotator.corpus.spans import exclusions, lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState
from annotator.corpus.spans.problems import AlreadyExcluded, NotSubmitted, SetClosed
from annotator.datasets.exports.options import Sets
from annotator.datasets.exports.output.records import sets_to_export
from annotator.problems import InvalidInput
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.models import Assignment, DocumentPlan, Skip, SkipDecision, SkipReason
from annotator.workload.assignments.problems import CannotAssign, NoDocumentLeft, NoSlotLeft, NotAnnotating, NotOpen
from projects.models import Membership
from projects.roles import Role
from projects.services import choose_to_annotate, remove_member
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.stores]


@pytest.fixture
def give(project):
    """Return a function that assigns the next document to a user, with one change in it if asked."""

    def next_document(user, *, begun=False, submitted=False):
        assignment = services.next_document(project, user=user, now=NOW).assignment
        if begun or submitted:
            AnnotationSet.objects.filter(pk=assignment.annotation_set_id).update(revision=1, changed_at=NOW)
        if submitted:
            lifecycle.submit(assignment.annotation_set, now=NOW)
        return assignment

    return next_document


@pytest.fixture
def cem(make_user, project):
    """A third annotator."""
    user = make_user("cem")
    Membership.objects.create(project=project, user=user, role=Role.ANNOTATOR, joined_at=NOW)
    return user


def exclude(project, target, lead):
    return services.exclude_work(project, target, reason="Random clicks", by=lead, now=NOW)


def used(project):
    """Return the names of the sets that agreement, exports and adjudication use; they must be the same."""
    measured = set(sets_in_scope(project).values_list("name", flat=True))
    assert measured == set(sets_to_export(project, sets=Sets.EACH).values_list("name", flat=True))
    adjudicated = {row.name for document in project.documents.all() for row in finished_sets(document)}
    assert measured == adjudicated
    return measured


@pytest.mark.parametrize("what", ["set", "person", "document"])
def test_excluded_work_is_used_nowhere_until_it_is_lifted(project, make_document, give, lead, ada, ben, cem, what):
    document = make_document()
    sets = [give(user, submitted=True).annotation_set for user in (ada, ben)]
    target = {"set": sets[0], "person": exclusions.Person("ada", SetKind.ANNOTATOR), "document": document}[what]
    assert used(project) == {"ada", "ben"}

    exclusion = exclude(project, target, lead)
    document.refresh_from_db()
    assert used(project) == (set() if what == "document" else {"ben"})
    assert (list(DocumentQueue(project, which="all")) == []) == (what == "document")
    assert count_documents(project).no_set == 0
    assert exclusions.excluded_counts(project).sets == (2 if what == "document" else 1)
    with pytest.raises(AlreadyExcluded):
        exclude(project, target, lead)
    if what == "document":
        with pytest.raises(NoDocumentLeft):
            give(cem)

    services.lift_exclusion(exclusion, by=lead, now=NOW)
    assert used(project) == {"ada", "ben"}
    assert not exclusions.excluded_counts(project).any
    assert sorted(document.assignments.values_list("slot", flat=True)) == [0, 1]
    assert (exclusion.lifted_by, exclusion.reason) == (lead, "Random clicks")


def test_slot_of_excluded_work_goes_to_another_annotator(project, make_document, give, lead, ada, ben, cem):
    make_document()
    first = give(ada, submitted=True)
    give(ben)
    exclusion = exclude(project, exclusions.Person("ada", SetKind.ANNOTATOR), lead)

    assert give(cem).slot == 0
    with pytest.raises(NoDocumentLeft):
        give(ada)
    assert services.lift_exclusion(exclusion, by=lead, now=NOW) == 1
    first.refresh_from_db()
    assert first.slot is None
    assert DocumentPlan.objects.get().taken == 2


def test_later_work_of_an_excluded_person_or_document_is_excluded(project, make_document, make_set, lead, ada):
    document = make_document()
    make_set(document, "ann")
    exclude(project, exclusions.Person("ann", SetKind.IMPORTED), lead)
    later = make_set(make_document("Later."), "ann")
    exclusions.refresh_new(project.pk, [later.pk])
    assert AnnotationSet.objects.filter(is_excluded=True).count() == 2
    assert used(project) == set()


def test_two_exclusions_of_a_set_are_lifted_one_by_one(project, make_document, make_set, lead, ada):
    annotation_set = make_set(make_document(), ada, state=SetState.SUBMITTED)
    of_set = exclude(project, annotation_set, lead)
    of_person = exclude(project, exclusions.Person("ada", SetKind.ANNOTATOR), lead)

    services.lift_exclusion(of_set, by=lead, now=NOW)
    assert used(project) == set()
    services.lift_exclusion(of_person, by=lead, now=NOW)
    assert used(project) == {"ada"}


def test_exclusion_needs_a_reason(project, make_document, lead):
    with pytest.raises(InvalidInput, match="Give a reason"):
        services.exclude_work(project, make_document(), reason=" ", by=lead, now=NOW)


def test_freed_slot_keeps_the_set_as_unfinished_and_goes_to_another(project, make_document, give, ada, ben, cem):
    project.annotators_per_document = 1
    project.save()
    make_document()
    assignment = give(ada, begun=True)
    with pytest.raises(NoDocumentLeft):
        give(ben)

    assert services.free_slot(assignment, reason="On leave", now=NOW)
    annotation_set = assignment.annotation_set
    annotation_set.refresh_from_db()
    assert annotation_set.state == SetState.UNFINISHED
    with pytest.raises(SetClosed, match="Resume"):
        lifecycle.submit(annotation_set, now=NOW)
    with pytest.raises(NotOpen):
        services.free_slot(Assignment.objects.get(), reason="", now=NOW)
    assert used(project) == set()

    taken = give(ben)
    with pytest.raises(NoSlotLeft):
        services.resume(Assignment.objects.get(annotator=ada))
    services.withdraw(taken, by=None, now=NOW)
    services.resume(Assignment.objects.get(annotator=ada))
    annotation_set.refresh_from_db()
    assert annotation_set.is_open


@pytest.mark.parametrize("how", ["removed", "viewer", "closed", "asleep"])
def test_slots_of_leavers_and_sleepers_are_freed_when_needed(project, make_document, give, lead, ada, ben, how):
    project.annotators_per_document = 1
    project.slot_days = 10
    project.save()
    make_document()
    give(ada, begun=True)
    membership = Membership.objects.get(project=project, user=ada)
    if how == "removed":
        remove_member(membership)
    elif how == "viewer":
        Membership.objects.filter(pk=membership.pk).update(role=Role.VIEWER)
    elif how == "closed":
        ada.is_active = False
        ada.save()
    later = NOW + timedelta(days=11 if how == "asleep" else 1)

    stuck = selectors.stuck_slots(project, now=later)
    assert [slot.has_left for slot in stuck] == [how != "asleep"]
    assert services.next_document(project, user=ben, now=later).assignment.slot == 0
    assert selectors.stuck_slots(project, now=later) == []
    assert AnnotationSet.objects.get(name="ada").state == SetState.UNFINISHED


def test_many_expired_slots_are_freed_by_several_requests(
    project, make_document, give, ada, ben, make_user, monkeypatch
):
    project.annotators_per_document = 1
    project.slot_days = 10
    project.save()
    for number in range(6):
        make_document(f"Text {number}.")
    for number in range(4):
        sleeper = make_user(f"sleeper-{number}")
        Membership.objects.create(project=project, user=sleeper, role=Role.ANNOTATOR, joined_at=NOW)
        give(sleeper, begun=True)
    later = NOW + timedelta(days=11)
    monkeypatch.setattr("annotator.workload.assignments.services.queue.LONGEST_FREEING", 0)
    monkeypatch.setattr("annotator.workload.assignments.services.queue._freed_at", {})

    services.next_document(project, user=ada, now=later)
    assert len(selectors.stuck_slots(project, now=later)) == 3

    for _ in range(3):  # two documents are left, then none without those of the sleepers
        assert services.next_document(project, user=ben, now=later).assignment.slot == 0
        AnnotationSet.objects.filter(annotator=ben).update(state=SetState.SUBMITTED, submitted_at=later)
    assert len(selectors.stuck_slots(project, now=later)) == 2


def test_withdrawn_document_is_not_offered_to_the_same_person(project, make_document, give, lead, ada):
    documents = [make_document(f"Text {number}.") for number in range(3)]
    seen = []
    for _ in documents:
        assignment = give(ada)
        seen.append(assignment.document)
        services.withdraw(assignment, by=lead, now=NOW)

    assert sorted(seen, key=str) == documents
    with pytest.raises(NoDocumentLeft):
        give(ada)
    assert not selectors.skips_of(project).exists()
    assert services.assign(documents[0], ada, now=NOW).slot == 0


def test_skipped_document_goes_to_others_and_a_lead_decides(project, make_document, give, lead, ada, ben, cem):
    documents = {name: make_document(f"Text {name}.") for name in ("excluded", "reassigned", "dismissed")}
    with pytest.raises(InvalidInput, match="why you skip"):
        services.skip(give(ada), reason=SkipReason.OTHER, now=NOW)
    for _ in documents:
        services.skip(give(ada, begun=True), reason=SkipReason.LANGUAGE, note="Dutch", now=NOW)
    with pytest.raises(NoDocumentLeft):
        give(ada)
    assert {skip.get_reason_display() for skip in selectors.skips_of(project)} == {"Not my language"}

    for name, document in documents.items():
        skip = Skip.objects.get(document=document)
        services.decide_skip(skip, SkipDecision(name), by=lead, now=NOW, annotator=cem)
    documents["excluded"].refresh_from_db()
    assert documents["excluded"].is_excluded
    assert documents["reassigned"].assignments.filter(annotator=cem, slot=0).exists()
    assert give(ben).document in (documents["reassigned"], documents["dismissed"])


def test_returned_set_comes_first_with_its_note(project, make_document, give, lead, ada, make_set):
    for number in range(2):
        make_document(f"Text {number}.")
    assignment = give(ada, submitted=True)
    give(ada)
    annotation_set = AnnotationSet.objects.get(pk=assignment.annotation_set_id)
    services.return_set(annotation_set, note="Speakers are missing.", by=lead, now=NOW)

    assert services.next_document(project, user=ada, now=NOW).assignment == assignment
    assert [note.note for note in selectors.returned_notes(project, ada)] == ["Speakers are missing."]
    with pytest.raises(NotSubmitted):
        services.return_set(annotation_set, note="Again.", by=lead, now=NOW)
    lifecycle.submit(annotation_set, now=NOW)
    assert selectors.returned_notes(project, ada) == []


def test_submitted_work_counts_once_approved_where_review_is_required(project, make_document, give, lead, ada):
    project.review_required = True
    project.save()
    make_document()
    annotation_set = give(ada, submitted=True).annotation_set

    assert used(project) == set()
    assert list(selectors.sets_to_review(project)) == [annotation_set]
    services.approve(annotation_set)
    assert used(project) == {"ada"}
    lifecycle.reopen(annotation_set)
    with pytest.raises(NotSubmitted):
        services.approve(annotation_set)
    lifecycle.submit(annotation_set, now=NOW)
    assert used(project) == set()


def test_lead_assigns_and_reassigns_within_the_limit(project, make_document, give, viewer, ada, ben, cem):
    document = make_document()
    for user in (ada, ben):
        services.assign(document, user, now=NOW)
    with pytest.raises(NoSlotLeft):
        services.assign(document, cem, now=NOW)
    with pytest.raises(CannotAssign, match="may not annotate"):
        services.assign(document, viewer, now=NOW)
    with pytest.raises(CannotAssign, match="already"):
        services.reassign(Assignment.objects.get(annotator=ada), ben, now=NOW)
    assert Assignment.objects.filter(annotator=ada, slot__isnull=False).exists()

    services.reassign(Assignment.objects.get(annotator=ada), cem, now=NOW)
    assert sorted(document.assignments.values_list("annotator__username", "slot")) == [("ben", 1), ("cem", 0)]


def test_rounds_decide_documents_people_size_order_and_schema(project, make_document, give, lead, ada, ben, cem):
    choose_to_annotate(project, lead, annotates=True)
    documents = [make_document(f"Text {number}.", position=number) for number in range(6)]
    version = project.schema_versions.get(number=1)
    pilot = services.create_round(
        project, now=NOW, name="Pilot", annotators_per_document=3, order="fixed", priority=5, schema_version=version
    )
    in_pilot = project.documents.filter(pk__in=[document.pk for document in documents[:2]])
    assert services.plan_documents(project, in_pilot, to_round=pilot) == 2
    services.plan_documents(project, project.documents.filter(pk=documents[1].pk), priority=9)
    services.set_round_members(pilot, {ada: (True, None), ben: (True, None), cem: (False, 1)})

    assert [give(ada, submitted=True).document for _ in range(2)] == [documents[1], documents[0]]
    assert give(ada, submitted=True).document in documents[2:]
    assert give(cem, submitted=True).document == documents[1]
    assert give(cem, submitted=True).document in documents[2:]  # The quota of the pilot is reached.
    assert give(lead, submitted=True).document in documents[2:]  # Leads are not in the pilot.
    assert give(ben, submitted=True).document == documents[1]
    services.delete_round(pilot)
    assert give(cem).document != documents[1]
    assert Assignment.objects.count() == 8


def test_slots_are_kept_for_people_who_annotate_everything(project, make_document, give, ada, ben, cem):
    document = make_document()
    everything = services.create_round(project, now=NOW, name="All", annotators_per_document=2)
    services.plan_documents(project, project.documents.all(), to_round=everything)
    services.set_round_members(everything, {ada: (True, None), ben: (False, None), cem: (False, None)})

    assert give(ben).slot == 0
    with pytest.raises(NoDocumentLeft):
        give(cem)
    assert give(ada).document == document
    with pytest.raises(InvalidInput, match="3 people annotate every document"):
        services.set_round_members(everything, {ada: (True, None), ben: (True, None), cem: (True, None)})


def test_members_choose_whether_they_annotate(project, make_document, give, lead, ada):
    make_document()
    assert (selectors.is_offered_documents(project, lead), selectors.is_offered_documents(project, ada)) == (
        False,
        True,
    )
    with pytest.raises(NotAnnotating, match="Annotate in this project"):
        give(lead)
    choose_to_annotate(project, lead, annotates=True)
    choose_to_annotate(project, ada, annotates=False)
    assert selectors.is_offered_documents(project, lead)
    assert give(lead).slot == 0
    with pytest.raises(NotAnnotating):
        give(ada)
