"""Pages of leads: how annotators are checked, with which documents, and the results by person."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.agreement.pages.names import SchemaNames
from annotator.platform.accounts.requests import user_of
from annotator.quality import output, selectors, services
from annotator.quality.models import LONGEST_MESSAGE, PURPOSES
from annotator.quality.pages.forms import PlanForm
from annotator.quality.pages.presentation import person_context, verdict_of_results
from projects.models import Project
from projects.roles import Capability
from projects.selectors import current_schema, get_member, get_project, schema_of

DOCUMENTS_PER_PAGE = 50
PREFIX = "purpose-"


@login_required
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how annotators are checked and what was found; a POST sets the plan."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    form = PlanForm(request.POST) if request.method == "POST" else PlanForm.of(selectors.plan_of(project))
    if request.method == "POST" and form.is_valid():
        services.save_plan(project, form.cleaned_data, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("quality:overview", slug)
    return render(
        request, "quality/overview.html", _context(request, project, form), status=422 if form.errors else 200
    )


def _context(request: HttpRequest, project: Project, form: PlanForm) -> dict[str, Any]:
    used = selectors.gold_documents(project)
    names = SchemaNames(schema_of(current_schema(project)))
    page = Paginator(selectors.gold_candidates(project), DOCUMENTS_PER_PAGE).get_page(request.GET.get("page"))
    counts = {purpose: sum(value == purpose for value in used.values()) for purpose, _title in PURPOSES}
    return {
        "project": project,
        "stands_under": reverse("assignments:waiting", args=[project.slug]),
        "form": form,
        "page": page,
        "documents": [(document, used.get(document.pk, "")) for document in page.object_list],
        "purposes": [("", _("Not used")), *PURPOSES],
        "counts": [(title, counts[purpose]) for purpose, title in PURPOSES],
        "people": [_person(status, names) for status in selectors.people(selectors.plan_of(project))],
    }


def _person(status: selectors.PersonStatus, names: SchemaNames) -> dict[str, Any]:
    return {
        "status": status,
        "qualification": verdict_of_results(status.qualification, names),
        "checks": verdict_of_results(status.checks, names),
    }


@login_required
@require_POST
def documents(request: HttpRequest, slug: str) -> HttpResponse:
    """Set what the documents of a page are used for."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    names = [name for name in request.POST if name.startswith(PREFIX) and name[len(PREFIX) :].isdecimal()]
    purposes = {int(name[len(PREFIX) :]): request.POST[name] for name in names}
    services.set_gold(project, purposes)
    messages.success(request, _("Saved."))
    return redirect("quality:overview", slug)


@login_required
@require_GET
def results_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Download the results of all annotators as a table."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    table = output.results_table(selectors.people(selectors.plan_of(project)))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="quality-{project.slug}.csv"'
    return response


@login_required
@require_GET
def member(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Show the results of one person."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    plan = selectors.plan_of(project)
    status = selectors.status_of(plan, get_member(project, member_id))
    names = SchemaNames(schema_of(current_schema(project)))
    context = {
        "project": project,
        "stands_under": reverse("assignments:waiting", args=[slug]),
        "status": status,
        "qualification": person_context(status.qualification, names),
        "checks": person_context(status.checks, names),
    }
    return render(request, "quality/member.html", context)


@login_required
@require_POST
def admission(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Open, pause or close the work of a person."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    person = get_member(project, member_id).user
    names = {"name": person.get_username()}
    action, now = request.POST.get("action", ""), timezone.now()
    if action == "open":
        services.open_work(project, person, by=user, now=now)
        messages.success(request, _("Documents are assigned to %(name)s.") % names)
    elif action == "pause":
        services.pause_work(project, person, message=request.POST.get("message", "")[:LONGEST_MESSAGE], now=now)
        messages.success(
            request, _("No further documents are assigned to %(name)s until you resume the queue.") % names
        )
    elif action == "close":
        services.close_work(project, person)
        messages.success(request, _("%(name)s has to qualify before further documents are assigned.") % names)
    return redirect("quality:member", slug, member_id)
