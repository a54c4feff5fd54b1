"""The adjudication queue, the rule for new adjudications, overruled annotations and feedback."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from annotator.adjudication import selectors, services
from annotator.adjudication.models import Subject
from annotator.adjudication.pages import feedback
from annotator.adjudication.pages.forms import RuleForm
from annotator.adjudication.queue import DocumentQueue, location_counts, queue_counts
from annotator.adjudication.units.versions import AcceptanceRule
from annotator.agreement.selectors.reports import latest_report
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.exclusions import excluded_counts
from annotator.platform.accounts.requests import user_of
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import get_project, role_in

PAGE_SIZE = 50
QUEUE_NAMES = {
    "todo": gettext_lazy("To do"),
    "new": gettext_lazy("Not started"),
    "open": gettext_lazy("In progress"),
    "moved": gettext_lazy("Changed since"),
    "settled": gettext_lazy("Adjudicated"),
    "all": gettext_lazy("All"),
}


@login_required
@require_GET
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """List the documents to adjudicate, lowest agreement first."""
    project = get_project(slug, user=user_of(request), capability=Capability.ADJUDICATE)
    return _show_queue(request, project, RuleForm.of(selectors.project_rule(project)))


def _show_queue(request: HttpRequest, project: Project, form: RuleForm) -> HttpResponse:
    user = user_of(request)
    which = request.GET.get("show", "")
    which = which if which in QUEUE_NAMES else "todo"
    counts = queue_counts(project)
    documents = DocumentQueue(project, which=which, total=dict(counts)[which])
    page = Paginator(documents, PAGE_SIZE).get_page(request.GET.get("page"))
    role = role_in(project, user)
    context: dict[str, Any] = {
        "project": project,
        "page": page,
        "documents": _with_locations(list(page.object_list)),
        "which": which,
        "queues": [(name, QUEUE_NAMES[name], count) for name, count in counts],
        "project_rule": selectors.project_rule(project),
        "form": form,
        "may_manage": role is not None and can(role, Capability.MANAGE),
        "report": latest_report(project),
        "excluded": excluded_counts(project),
    }
    return render(request, "adjudication/queue.html", context, status=422 if form.errors else 200)


def _with_locations(documents: Sequence[Document]) -> list[tuple[Document, tuple[int, int] | None]]:
    """The documents, each with its open and all contested locations; None where no adjudication has any."""
    counts = location_counts(documents)
    return [(document, counts.get(document.pk)) for document in documents]


@login_required
@require_POST
def rule(request: HttpRequest, slug: str) -> HttpResponse:
    """Set how adjudications of a project start from now on."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    form = RuleForm(request.POST)
    if not form.is_valid():
        return _show_queue(request, project, form)
    services.set_rule(
        project,
        rule=AcceptanceRule(form.cleaned_data["rule"]),
        blind=form.cleaned_data["blind"],
        least=form.cleaned_data["least"],
    )
    messages.success(request, _("Saved. The rule applies to adjudications that start from now on."))
    return redirect("adjudication:queue", project.slug)


@login_required
@require_GET
def reversals(request: HttpRequest, slug: str) -> HttpResponse:
    """Show overruled annotations by label, guideline section and reason, and the agreement of annotators."""
    project = get_project(slug, user=user_of(request), capability=Capability.ADJUDICATE)
    context = {
        "project": project,
        "completed": feedback.completed_count(project),
        "labels": feedback.overruled_counts(project, Subject.LABEL),
        "sections": feedback.overruled_counts(project, Subject.SECTION),
        "reasons": feedback.overruled_counts(project, Subject.REASON),
        "annotators": feedback.agreement_by_annotator(project),
    }
    return render(request, "adjudication/reversals.html", context)


@login_required
@require_GET
def own_feedback(request: HttpRequest, set_id: int) -> HttpResponse:
    """Show an annotator their set compared with the adjudicated one."""
    set_feedback = feedback.feedback_on(set_id, user=user_of(request))
    document = set_feedback.annotation_set.document
    context = {"project": document.project, "document": document, "feedback": set_feedback}
    return render(request, "adjudication/feedback.html", context)
