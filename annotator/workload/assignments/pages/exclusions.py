"""The page of excluded work."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from annotator.corpus.documents.selectors import get_document
from annotator.corpus.spans import exclusions
from annotator.corpus.spans.selectors import get_set
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import NotFound, Problem
from annotator.workload.assignments import services
from annotator.workload.assignments.pages.forms import ExclusionForm
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import get_project, role_in

PAGE_SIZE = 50


@login_required
@require_http_methods(["GET", "POST"])
def exclusion_page(request: HttpRequest, slug: str) -> HttpResponse:
    """List what is or was excluded; a POST excludes a set, a document or a person's work."""
    user = user_of(request)
    capability = Capability.MANAGE if request.method == "POST" else Capability.SEE_ALL_WORK
    project = get_project(slug, user=user, capability=capability)
    role = role_in(project, user)
    form = ExclusionForm(request.POST or None, project=project, initial=request.GET.dict())
    target = _named_target(request, project, user)
    if request.method == "POST" and form.is_valid():
        chosen = target or form.cleaned_data["person"]
        if chosen is None:
            form.add_error("person", _("Choose a person, or exclude a set or a document on the page of the document."))
        else:
            try:
                services.exclude_work(project, chosen, reason=form.cleaned_data["reason"], by=user, now=timezone.now())
            except Problem as problem:
                show_problem(form, problem)
            else:
                messages.success(request, _("Excluded. The slots are free for other annotators."))
                return redirect("assignments:exclusions", slug)
    context: dict[str, Any] = {
        "project": project,
        "stands_under": reverse("assignments:waiting", args=[slug]),
        "form": form,
        "target": target,
        "page": Paginator(exclusions.exclusions_of(project), PAGE_SIZE).get_page(request.GET.get("page")),
        "counts": exclusions.excluded_counts(project),
        "may_manage": role is not None and can(role, Capability.MANAGE),
    }
    return render(request, "assignments/exclusions.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def lift(request: HttpRequest, exclusion_id: int) -> HttpResponse:
    """Use excluded work again."""
    user = user_of(request)
    exclusion = exclusions.get_exclusion(exclusion_id, user=user)
    try:
        without_slot = services.lift_exclusion(exclusion, by=user, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("The work is used again."))
        if without_slot:
            message = ngettext(
                "%(count)s set counts in addition to the annotators who have taken its slot.",
                "%(count)s sets count in addition to the annotators who have taken their slots.",
                without_slot,
            )
            messages.warning(request, message % {"count": f"{without_slot:,}"})
    return redirect("assignments:exclusions", exclusion.project.slug)


def _named_target(request: HttpRequest, project: Project, user: User) -> exclusions.Target | None:
    """Return the set or document that the request names, of this project."""
    values = request.POST if request.method == "POST" else request.GET
    for name in ("annotation_set", "document"):
        number = values.get(name, "")
        if number.isascii() and number.isdigit() and len(number) < 10:
            if name == "document":
                document = get_document(int(number), user=user)
                owner, target = document.project_id, document
            else:
                annotation_set = get_set(int(number), user=user)
                owner, target = annotation_set.document.project_id, annotation_set  # type: ignore[assignment]
            if owner != project.pk:
                raise NotFound(_("This project has no such document or annotation set."))
            return target
    return None
