"""Pages of annotators: their qualification, practice, and feedback on both."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.spans.models import SetPurpose
from annotator.corpus.spans.selectors import get_set
from annotator.platform.accounts.requests import user_of
from annotator.problems import NotFound
from annotator.quality import selectors, services
from annotator.quality.pages.presentation import compare_with_gold, person_context
from projects.roles import Capability, can
from projects.selectors import current_schema, get_project, role_in, schema_of


@login_required
@require_GET
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a person their own qualification, practice, and the gold checks that they are shown."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ANNOTATE)
    plan = selectors.plan_of(project)
    names = SchemaNames(schema_of(current_schema(project)))
    results = selectors.results_of(plan, user, SetPurpose.QUALIFICATION)
    shown = [SetPurpose.QUALIFICATION, SetPurpose.PRACTICE, *([SetPurpose.CHECK] if plan.tells_checks else [])]
    sets = [own for purpose in shown for own in selectors.tested_sets(project, user, purpose)]
    context = {
        "project": project,
        "plan": plan,
        "must_qualify": selectors.must_qualify(project, user, plan),
        "admission": selectors.admission_of(project, user),
        "message": services.qualification_message(results) if results.documents else "",
        "qualification": person_context(results, names),
        "sets": [(own, selectors.shows_feedback(own, plan)) for own in sets],
        "can_practise": selectors.next_gold(project, user, SetPurpose.PRACTICE) is not None,
    }
    return render(request, "quality/mine.html", context)


@login_required
@require_POST
def practise(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the next document for practice."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ANNOTATE)
    try:
        result = services.start_practice(project, user, now=timezone.now())
    except services.NoPracticeLeft as problem:
        messages.info(request, problem.detail)
        return redirect("quality:mine", slug)
    return redirect("editor:edit", result.assignment.annotation_set_id)


@login_required
@require_GET
def feedback(request: HttpRequest, set_id: int) -> HttpResponse:
    """Show how a set differs from the adjudicated one, span by span, with the rule behind each decision."""
    user = user_of(request)
    annotation_set = get_set(set_id, user=user)
    project = annotation_set.document.project
    role = role_in(project, user)
    is_lead = role is not None and can(role, Capability.MANAGE)
    plan = selectors.plan_of(project)
    own = annotation_set.annotator_id == user.pk
    if annotation_set.purpose == SetPurpose.DATA or not (
        is_lead or (own and selectors.shows_feedback(annotation_set, plan))
    ):
        raise NotFound(f"There is no feedback on annotation set {set_id} for you.")
    context = {
        "project": project,
        "annotation_set": annotation_set,
        "document": annotation_set.document,
        "is_lead": is_lead,
        "comparison": compare_with_gold(annotation_set, schema_of(annotation_set.schema_version)),
    }
    return render(request, "quality/feedback.html", context)
