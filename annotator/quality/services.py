"""Quality control: setting the plan, choosing gold documents, opening and pausing work, and planning the queue."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetPurpose
from annotator.platform.accounts.models import User
from annotator.problems import Conflict, InvalidInput
from annotator.quality import selectors
from annotator.quality.models import PURPOSES, Admission, GoldDocument, QualityPlan
from annotator.quality.verdicts import Verdict
from annotator.workload.assignments import services as assignments
from annotator.workload.assignments.problems import QueuePaused
from projects.models import Project
from projects.roles import Role
from projects.selectors import members_of


class NoPracticeLeft(Conflict):
    """There is no document to practise on, or the annotator has another one open."""

    code = "no_practice_left"
    title = "No document for practice"


@transaction.atomic
def save_plan(project: Project, values: Mapping[str, Any], *, now: datetime) -> QualityPlan:
    """Set how a project checks its annotators.

    When qualification becomes required, annotators who have submitted documents go on without it.
    """
    before = selectors.plan_of(project).is_required
    plan, _created = QualityPlan.objects.update_or_create(project=project, defaults=dict(values))
    if plan.is_required and not before:
        submitted = AnnotationSet.objects.filter(lifecycle.submitted_sets(), document__project=project)
        known = set(submitted.order_by().values_list("annotator", flat=True))
        for membership in members_of(project).filter(role=Role.ANNOTATOR, user__in=known):
            defaults = {"is_open": True, "opened_at": now}
            Admission.objects.get_or_create(project=project, user=membership.user, defaults=defaults)
    return plan


@transaction.atomic
def set_gold(project: Project, purposes: Mapping[int, str]) -> None:
    """Set what each of these documents is used for ("" for nothing); raises `InvalidInput` for others than gold."""
    known = set(selectors.gold_candidates(project).filter(pk__in=list(purposes)).values_list("pk", flat=True))
    if unknown := sorted(set(purposes) - known):
        detail = _("Only documents with a complete adjudicated set can be used: not %(documents)s.")
        raise InvalidInput(detail % {"documents": ", ".join(map(str, unknown))})
    assignments.reserve_documents(project, {key: bool(purpose) for key, purpose in purposes.items()})
    GoldDocument.objects.filter(document__in=[key for key, purpose in purposes.items() if not purpose]).delete()
    for document, purpose in purposes.items():
        if purpose in dict(PURPOSES):
            GoldDocument.objects.update_or_create(
                document_id=document, defaults={"project": project, "purpose": purpose}
            )


def open_work(project: Project, user: User, *, by: User | None, now: datetime) -> Admission:
    """Let documents be assigned to a person, and end a pause."""
    values = {"is_open": True, "opened_by": by, "opened_at": now, "paused_at": None, "message": ""}
    values |= {"resumed_at": now, "alerted_at": None}
    admission, _created = Admission.objects.update_or_create(project=project, user=user, defaults=values)
    return admission


def pause_work(project: Project, user: User, *, message: str, now: datetime) -> Admission:
    """Stop assigning documents to a person; their account and open documents stay as they are."""
    return _admit(project, user, {"paused_at": now, "message": message, "alerted_at": None})


def _admit(project: Project, user: User, values: dict[str, Any]) -> Admission:
    admission, _created = Admission.objects.update_or_create(
        project=project, user=user, defaults=values, create_defaults=values | {"is_open": True}
    )
    return admission


def close_work(project: Project, user: User) -> Admission:
    """Ask a person to qualify again before further documents are assigned to them."""
    values = {"is_open": False, "paused_at": None, "message": "", "alerted_at": None}
    admission, _created = Admission.objects.update_or_create(project=project, user=user, defaults=values)
    return admission


def start_practice(project: Project, user: User, *, now: datetime) -> assignments.NextDocument:
    """Assign a document for practice, or return the open document; raises `NoPracticeLeft`."""
    document = selectors.next_gold(project, user, SetPurpose.PRACTICE)
    if document is None:
        raise NoPracticeLeft(_("You have annotated all documents for practice."))
    result = assignments.assign_planned(assignments.PlannedDocument(document, SetPurpose.PRACTICE), user, now=now)
    if result.assignment.annotation_set.purpose != SetPurpose.PRACTICE:
        raise NoPracticeLeft(_("You have another document open. Submit or skip it, then practise."))
    return result


def plan_under(plan: QualityPlan, user: User, *, now: datetime) -> assignments.PlannedDocument | None:
    """Return the gold document that a person gets next, None for the usual queue; raises `QueuePaused`."""
    project = plan.project
    if selectors.must_qualify(project, user, plan):
        planned = _qualify(plan, user, now)
        if planned is not None:
            return planned
    admission = selectors.admission_of(project, user)
    if plan.check_every and (admission is None or (admission.paused_at or admission.alerted_at) is None):
        admission = _after_checks(plan, user, admission, now)
    if admission is not None and admission.paused_at is not None:
        raise QueuePaused(admission.message or _("Your queue is paused. Contact a lead of the project."))
    return _check(plan, user)


def _qualify(plan: QualityPlan, user: User, now: datetime) -> assignments.PlannedDocument | None:
    """Return the next document of qualification; None when the person has just passed and work opens by itself."""
    results = selectors.results_of(plan, user, SetPurpose.QUALIFICATION)
    if results.verdict is Verdict.PASSES and plan.opens_work:
        open_work(plan.project, user, by=None, now=now)
        return None
    if results.verdict is Verdict.UNKNOWN:
        document = selectors.next_gold(plan.project, user, SetPurpose.QUALIFICATION)
        if document is not None:
            return assignments.PlannedDocument(document, SetPurpose.QUALIFICATION)
    raise QueuePaused(qualification_message(results))


def qualification_message(results: selectors.Results) -> str:
    """Return why no documents are assigned to a person who has to qualify."""
    if results.verdict is Verdict.PASSES:
        return _("You have passed the qualification. A lead will open work for you.")
    if results.verdict is Verdict.FAILS:
        return _("You have not passed the qualification. Contact a lead of the project.")
    if results.more is None:
        return _("Your qualification is not decided yet, and no further document is left for it. A lead decides.")
    detail = ngettext(
        "Your qualification is not decided yet: at least %(count)s more document is needed. Contact a lead.",
        "Your qualification is not decided yet: at least %(count)s more documents are needed. Contact a lead.",
        results.more,
    )
    return detail % {"count": results.more}


def _after_checks(plan: QualityPlan, user: User, admission: Admission | None, now: datetime) -> Admission | None:
    """Alert the leads when the gold checks since their last decision fail; pause the queue where the plan says so."""
    since = admission.resumed_at if admission else None
    results = selectors.results_of(plan, user, SetPurpose.CHECK, since=since)
    if results.verdict is not Verdict.FAILS:
        return admission
    values: dict[str, Any] = {"alerted_at": now}
    if plan.pauses:
        usual = _("Your queue is paused: your annotations differ from adjudicated ones. Ask a lead.")
        values |= {"paused_at": now, "message": plan.pause_message or usual}
    return _admit(plan.project, user, values)


def _check(plan: QualityPlan, user: User) -> assignments.PlannedDocument | None:
    """Return a gold check when it is due: at intervals that vary, so that checks cannot be foreseen."""
    if plan.check_every is None:
        return None
    own = AnnotationSet.objects.filter(document__project=plan.project, annotator=user)
    checks = own.filter(purpose=SetPurpose.CHECK).count()
    usual = own.filter(lifecycle.data_sets()).count()
    due = sum(_interval(plan, user, number) for number in range(checks + 1))
    document = selectors.next_gold(plan.project, user, SetPurpose.CHECK) if usual >= due else None
    return None if document is None else assignments.PlannedDocument(document, SetPurpose.CHECK)


def _interval(plan: QualityPlan, user: User, number: int) -> int:
    """How many usual documents come before a check: between 1 and twice the mean, fixed for person and check."""
    mean = (plan.check_every or 2) - 1
    digest = sha256(f"{plan.project.seed}\0{user.get_username()}\0{number}".encode()).digest()
    return 1 + int.from_bytes(digest[:4], "big") % (2 * mean - 1)
