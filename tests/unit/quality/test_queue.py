import pytest

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetPurpose, Span
from annotator.corpus.spans.problems import AlreadyAdjudicated
from annotator.problems import InvalidInput
from annotator.quality import selectors, services
from annotator.quality.models import QualityPlan
from annotator.quality.verdicts import Verdict
from annotator.workload.assignments import services as assignments
from annotator.workload.assignments.models import Assignment
from annotator.workload.assignments.problems import QueuePaused
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

REQUIRED = {"is_required": True, "least_overlap": 0.8, "opens_work": True}


def test_new_annotator_qualifies_and_work_opens_by_itself(project, ada, make_gold, make_document, annotate_next):
    usual = make_document("A usual document.")
    make_gold(12, SetPurpose.QUALIFICATION)
    plan = services.save_plan(project, REQUIRED, now=NOW)

    tests = [annotate_next(ada) for _ in range(10)]

    assert {own.purpose for own in tests} == {SetPurpose.QUALIFICATION}
    results = selectors.results_of(plan, ada, SetPurpose.QUALIFICATION)
    assert results.verdict is Verdict.PASSES
    assert [row.label for row in results.labels] == ["Claim", "Speaker"]
    following = assignments.next_document(project, user=ada, now=NOW).assignment
    assert (following.document, following.annotation_set.purpose) == (usual, SetPurpose.DATA)
    assert not selectors.must_qualify(project, ada, plan)


def test_sets_of_qualification_are_no_data_and_take_no_slot(project, ada, make_gold, annotate_next):
    make_gold(1, SetPurpose.QUALIFICATION)
    services.save_plan(project, REQUIRED, now=NOW)

    own = annotate_next(ada)

    for condition in (lifecycle.sets_for_agreement, lifecycle.exported_sets, lifecycle.submitted_sets):
        assert not AnnotationSet.objects.filter(condition(), pk=own.pk).exists()
    assert Assignment.objects.get(annotation_set=own).slot is None
    with pytest.raises(AlreadyAdjudicated):
        lifecycle.reopen(own)


def test_failing_and_undecided_people_wait_for_a_lead(project, ada, ben, lead, make_gold, make_document, annotate_next):
    make_document("A usual document.")
    make_gold(10, SetPurpose.QUALIFICATION)
    plan = services.save_plan(project, REQUIRED, now=NOW)
    for _ in range(10):
        annotate_next(ada, well=False)

    assert selectors.results_of(plan, ada, SetPurpose.QUALIFICATION).verdict is Verdict.FAILS
    with pytest.raises(QueuePaused, match="not passed"):
        assignments.next_document(project, user=ada, now=NOW)
    services.open_work(project, ada, by=lead, now=NOW)
    assert assignments.next_document(project, user=ada, now=NOW).assignment.annotation_set.purpose == SetPurpose.DATA

    services.set_gold(project, dict.fromkeys(list(selectors.gold_documents(project))[3:], ""))
    for _ in range(3):
        annotate_next(ben)
    with pytest.raises(QueuePaused, match="at least 7 more documents"):
        assignments.next_document(project, user=ben, now=NOW)


def test_people_who_have_submitted_go_on_when_qualification_becomes_required(
    project, ada, make_gold, make_document, annotate_next
):
    make_document("A usual document.")
    annotate_next(ada)
    make_gold(1, SetPurpose.QUALIFICATION)
    plan = services.save_plan(project, REQUIRED, now=NOW)

    assert not selectors.must_qualify(project, ada, plan)


def test_gold_checks_come_hidden_at_their_rate_and_pause_the_queue(
    project, ada, make_gold, make_document, annotate_next
):
    for number in range(40):
        make_document(f"A usual document {number}.")
    make_gold(12, SetPurpose.CHECK)
    plan = services.save_plan(
        project,
        {"least_overlap": 0.8, "check_every": 3, "pauses": True, "pause_message": "Please read the guidelines again."},
        now=NOW,
    )
    made = []

    def annotate_until_paused():
        while len(made) < 52:
            made.append(annotate_next(ada, well=False).purpose)

    with pytest.raises(QueuePaused, match="read the guidelines again"):
        annotate_until_paused()

    assert made.count(SetPurpose.CHECK) == 10
    assert 14 <= len(made) <= 40
    admission = selectors.admission_of(project, ada)
    assert admission.paused_at == admission.alerted_at == NOW
    assert selectors.count_alerts([project.pk]) == 1
    # Resuming starts again: the checks before are not held against the person again.
    services.open_work(project, ada, by=None, now=NOW.replace(year=NOW.year + 1))
    assert selectors.count_alerts([project.pk]) == 0
    assert annotate_next(ada).purpose in (SetPurpose.DATA, SetPurpose.CHECK)
    assert selectors.results_of(plan, ada, SetPurpose.CHECK).verdict is Verdict.FAILS


def test_practice_is_chosen_by_the_annotator(project, ada, make_gold):
    make_gold(1, SetPurpose.PRACTICE)
    QualityPlan.objects.create(project=project)

    own = services.start_practice(project, ada, now=NOW).assignment.annotation_set
    assert own.purpose == SetPurpose.PRACTICE
    lifecycle.submit(own, now=NOW)
    with pytest.raises(services.NoPracticeLeft):
        services.start_practice(project, ada, now=NOW)


def test_only_adjudicated_documents_can_be_gold(project, make_document):
    with pytest.raises(InvalidInput):
        services.set_gold(project, {make_document("Not adjudicated.").pk: "check"})


def test_one_label_decides_where_each_label_has_to_reach_the_thresholds(project, ada, make_gold, annotate_next):
    keys = make_gold(12, SetPurpose.QUALIFICATION)
    for gold in AnnotationSet.objects.filter(document__in=keys, kind="adjudicated"):
        for start in range(4):
            Span.objects.create(annotation_set=gold, uid=f"{start}", label="Claim", start=start, end=start + 1)
    plan = services.save_plan(project, REQUIRED | {"least_overlap": 0.5}, now=NOW)
    for _ in range(10):
        annotate_next(ada)

    by_label = selectors.results_of(plan, ada, SetPurpose.QUALIFICATION)
    plan.by_label = False
    together = selectors.results_of(plan, ada, SetPurpose.QUALIFICATION)

    assert by_label.overall.figures["overlap"].verdict is Verdict.PASSES
    assert (by_label.verdict, by_label.failing, by_label.undecided) == (Verdict.FAILS, ("Claim",), ())
    assert (together.verdict, together.failing) == (Verdict.PASSES, ())
