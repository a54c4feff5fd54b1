"""Pages of questions: the list with the form of a new one, and a thread."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from annotator.corpus.documents.selectors import get_document
from annotator.corpus.spans.selectors import get_set
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.problems import NotFound, Problem
from annotator.workload.questions import selectors, services
from annotator.workload.questions.models import Question
from annotator.workload.questions.services import Subject
from projects.models import Project
from projects.selectors import current_guideline, current_schema, get_project, schema_of

PAGE_SIZE = 50
KIND_NAMES = {
    "open": gettext_lazy("Open"),
    "unanswered": gettext_lazy("Waiting for a lead"),
    "resolved": gettext_lazy("Resolved"),
    "published": gettext_lazy("Published"),
    "all": gettext_lazy("All"),
}


@login_required
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """List the questions that the user may see, and published answers; a POST asks a question."""
    user = user_of(request)
    project = get_project(slug, user=user)
    context: dict[str, Any] = {"text": request.POST.get("text", "")}
    values = request.POST if request.method == "POST" else request.GET
    subject = subject_of(project, {name: str(value) for name, value in values.items()}, user=user)
    if request.method == "POST":
        try:
            asked = services.ask(project, by=user, text=context["text"], subject=subject, now=timezone.now())
        except Problem as problem:
            context["problem"] = problem.detail
        else:
            messages.success(request, _("Your question was sent to the leads."))
            return redirect("questions:question", asked.pk)
    which = request.GET.get("which", "open")
    rows = selectors.questions_of(project, user=user, which=which if which in selectors.KINDS else "open")
    context |= {
        "project": project,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "which": which,
        "kinds": KIND_NAMES.items(),
        "answers": selectors.published_answers(project),
        "subject": subject,
        "labels": sorted(schema_of(current_schema(project)).labels),
        "rules": headings(project),
    }
    return render(request, "questions/questions.html", context, status=422 if "problem" in context else 200)


@login_required
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show a thread; a POST comments, resolves, opens again, publishes the answer or takes it back."""
    user = user_of(request)
    shown = selectors.get_question(question_id, user=user)
    leads = selectors.is_lead(shown.project, user)
    if request.method == "POST":
        try:
            _change(request, shown, user, leads=leads)
        except Problem as problem:
            messages.error(request, problem.detail)
        return redirect("questions:question", shown.pk)
    services.mark_read(shown, user)
    context = {
        "project": shown.project,
        "question": shown,
        "comments": selectors.comments_of(shown),
        "is_lead": leads,
        "may_resolve": leads or shown.asked_by_id == user.pk,
        "labels": sorted(schema_of(current_schema(shown.project)).labels),
        "rules": headings(shown.project),
        "stands_under": reverse("questions:questions", args=[shown.project.slug]),
    }
    return render(request, "questions/question.html", context)


@login_required
@require_GET
def ask_about(request: HttpRequest, set_id: int) -> HttpResponse:
    """Lead from the editor to the form of a question about the document of a set."""
    annotation_set = get_set(set_id, user=user_of(request))
    address = reverse("questions:questions", args=[annotation_set.document.project.slug])
    return redirect(f"{address}?annotation_set={set_id}")


def _change(request: HttpRequest, shown: Question, user: User, *, leads: bool) -> None:
    action, now, values = request.POST.get("action"), timezone.now(), request.POST
    if action == "comment":
        services.comment(shown, by=user, text=values.get("text", ""), now=now)
    elif action in ("resolve", "reopen") and (leads or shown.asked_by_id == user.pk):
        services.set_resolved(shown, resolved=action == "resolve", by=user, now=now)
    elif action == "publish" and leads:
        answer, label, rule = (values.get(name, "") for name in ("answer", "label", "rule"))
        services.publish(shown, answer=answer, label=label, rule=rule, now=now)
        messages.success(request, _("The answer is published for everyone in the project."))
    elif action == "withdraw" and leads:
        services.withdraw_answer(shown)
    else:
        raise NotFound(_("You may not do this with the question."))


def subject_of(project: Project, values: dict[str, str], *, user: User) -> Subject:
    """Return what a question is about from the values of an address, a form or the API.

    Raises `NotFound` for a document or a set that the user may not see, or that is part of another project.
    """
    numbers = {
        name: int(values[name]) for name in ("annotation_set", "document", "start", "end") if _number(values, name)
    }
    annotation_set = document = None
    if "annotation_set" in numbers:
        annotation_set = get_set(numbers["annotation_set"], user=user)
        document = annotation_set.document
    elif "document" in numbers:
        document = get_document(numbers["document"], user=user)
    if document is not None and document.project_id != project.pk:
        raise NotFound(_("This document belongs to another project."))
    passage = (numbers["start"], numbers["end"]) if {"start", "end"} <= numbers.keys() else None
    return Subject(document, annotation_set, passage, values.get("label", ""), values.get("rule", ""))


def _number(values: dict[str, str], name: str) -> bool:
    value = values.get(name, "")
    return value.isascii() and value.isdecimal() and len(value) < 19


def headings(project: Project) -> list[str]:
    """Return the headings of the guidelines, to which an answer can be pinned."""
    lines = current_guideline(project).text.splitlines()
    return [
        line.lstrip("#").strip()[: services.LONGEST_RULE] for line in lines if line.startswith("#") and line.strip("# ")
    ]
