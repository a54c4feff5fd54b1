"""The table of documents: filters, columns, order, saved views, actions on many documents, downloads."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import exclusions
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import NotFound, Problem
from annotator.site.removal import documents as removal
from annotator.site.work_table import selectors, services
from annotator.site.work_table.choice import ANSWER, COLUMNS, LABEL, META, SORTS, STAGES, Choice, read_choice
from annotator.site.work_table.output import WRITERS
from annotator.workload.assignments.models import Round
from annotator.workload.assignments.selectors import annotating_names
from annotator.workload.assignments.selectors.board import NO_ROUND
from annotator.workload.assignments.services.bulk import BulkContext
from annotator.workload.assignments.services.queue import MOST_AT_ONCE
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import current_schema, get_project, role_in, schema_of

MOST_COUNTED = 10_000
"""Up to so many documents are counted; of more it is only said that they are more."""
MOST_COUNTED_IN_TEXTS = 1_000
"""The same where texts are searched, which takes longer for each document."""
MOST_LABELS_SORTED = 30
"""So many labels are offered as orders; an address may name any."""
MOST_NAMED = 20
"""So many documents are listed before they are deleted."""
STATE_NAMES = {
    "unassigned": gettext_lazy("not assigned"),
    "begun": gettext_lazy("in progress"),
    "submitted": gettext_lazy("submitted"),
    "adjudicated": gettext_lazy("adjudicated"),
    "disputed": gettext_lazy("with disagreements"),
    "excluded": gettext_lazy("excluded"),
    "skipped": gettext_lazy("skipped"),
    "archived": gettext_lazy("archived"),
}


@login_required
@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page of the table; a POST changes the chosen documents, or all that the filters let through."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    choice = read_choice(dict(request.GET.lists()))
    waits_for = services.prepare(project, choice, by=user, now=timezone.now())
    if request.method == "POST":
        return _change(request, project, choice, user)
    context = _frame(project, choice, user) | {"indexing": waits_for}
    try:
        context["table"] = selectors.table_page(
            project, choice, user=user, after=_after(request), count_to=context["most_counted"]
        )
    except Problem as problem:
        context |= {"problem": problem.detail, "table": selectors.TablePage([], None)}
    return render(request, "work_table/documents.html", context, status=422 if "problem" in context else 200)


def _frame(project: Project, choice: Choice, user: User) -> dict[str, Any]:
    """Return what the page shows around the rows."""
    role = role_in(project, user)
    may = {capability.value: role is not None and can(role, capability) for capability in Capability}
    people = annotating_names(project)
    offered = selectors.choices_of(project, people)
    labels = sorted(schema_of(current_schema(project)).labels)
    names = {name: _(title) for name, title in COLUMNS.items() if name != "minutes" or may[Capability.MANAGE]}
    names |= {META + name: name for name in offered.meta}
    answers = schema_of(current_schema(project)).document_attributes
    names |= {ANSWER + name: attribute.name for name, attribute in answers.items()}
    return {
        "project": project,
        "choice": choice,
        "may": may,
        "columns": [(name, names.get(name, name.removeprefix(META).removeprefix(ANSWER))) for name in choice.columns],
        "all_columns": [(name, title, name in choice.columns) for name, title in names.items()],
        "sorts": [(sign + name, title, sign) for name, title in _orders(offered, labels) for sign in ("", "-")],
        "stages": [(name, STATE_NAMES[name]) for name in STAGES],
        "states": [(name, STATE_NAMES[name]) for name in offered.states],
        "offered": offered,
        "people": people,
        "labels": labels,
        "rounds": Round.objects.filter(project=project).order_by("-priority", "id"),
        "no_round": NO_ROUND,
        "views": [
            (view, read_choice(view.choice).query(), may[Capability.MANAGE] or view.owner_id == user.pk)
            for view in selectors.views_of(project, user)
        ],
        "query": choice.query(),
        "most": MOST_AT_ONCE,
        "most_counted": MOST_COUNTED_IN_TEXTS if choice.q else MOST_COUNTED,
    }


def _orders(offered: selectors.Choices, labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the title of each order: those of the table, of metadata fields and of a few labels."""
    for name, title in SORTS.items():
        yield name, _(title)
    for name in offered.meta:
        yield META + name, name
    for name in labels[:MOST_LABELS_SORTED]:
        yield LABEL + name, _("Spans of %(label)s") % {"label": name}


def _after(request: HttpRequest) -> int | None:
    value = request.GET.get("after", "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _change(request: HttpRequest, project: Project, choice: Choice, user: User) -> HttpResponseRedirect:
    back = f"{reverse('dashboard:documents', args=[project.slug])}?{choice.query()}"
    name = request.POST.get("action", "")
    if name in services.ACTIONS:
        get_project(project.slug, user=user, capability=services.ACTIONS[name][0])
    try:
        chosen = _chosen(project, choice, request.POST, user)
        if name == "delete_with_work" and chosen.exists():
            listed = {"all": ["yes"]} if request.POST.get("all") == "yes" else {"document": _keys(request.POST)}
            shown = urlencode(choice.parameters() | listed, doseq=True)
            return HttpResponseRedirect(f"{reverse('work_table:delete', args=[project.slug])}?{shown}")
        values = {field: str(value) for field, value in request.POST.items()}
        outcome = services.run_action(name, BulkContext(project, chosen, values, user, timezone.now()))
    except Problem as problem:
        messages.error(request, problem.detail)
        return HttpResponseRedirect(back)
    messages.success(request, outcome.message)
    if outcome.problem:
        messages.warning(request, outcome.problem)
    return HttpResponseRedirect(outcome.url or back)


def _keys(values: QueryDict) -> list[int]:
    return [int(key) for key in values.getlist("document") if key.isdecimal() and len(key) < 19]


def _chosen(project: Project, choice: Choice, values: QueryDict, user: User) -> QuerySet[Document]:
    """Return the chosen documents, or all that the filters let through."""
    documents = selectors.documents_of(project, choice, user=user).select_related("project")
    return documents if values.get("all") == "yes" else documents.filter(pk__in=_keys(values))


class DeleteForm(forms.Form):
    """The reason, the number of documents typed to confirm, and a confirmation for releases."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=exclusions.LONGEST_REASON)
    confirmed = forms.IntegerField(label=gettext_lazy("Number of documents"), min_value=1)
    with_releases = forms.BooleanField(required=False, label=gettext_lazy("These releases cannot be built again"))


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what belongs to the documents of the address; delete them with it once their number was typed."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    choice = read_choice(dict(request.GET.lists()))
    services.prepare(project, choice, by=user, now=timezone.now())
    if request.GET.get("all") != "yes":
        choice = replace(choice, archive="all")
    chosen = _chosen(project, choice, request.GET, user)
    keys = list(chosen.values_list("pk", flat=True)[: removal.MOST_DELETED + 1])
    form = DeleteForm(request.POST or None)
    if not keys:
        messages.error(request, _("Choose documents first."))
        return redirect("dashboard:documents", slug)
    if form.is_valid():
        try:
            job = removal.start_deletion(project, keys, **form.cleaned_data, by=user, now=timezone.now())
        except Problem as problem:
            show_problem(form, problem)
        else:
            if job is not None:
                return redirect("jobs:job", slug, job.pk)
            message = ngettext("Deleted %(count)s document.", "Deleted %(count)s documents.", len(keys))
            messages.success(request, message % {"count": f"{len(keys):,}"})
            return redirect("dashboard:documents", slug)
    context = {
        "project": project,
        "form": form,
        "query": request.GET.urlencode(),
        "stakes": removal.stakes_of(project, keys),
        "named": Document.objects.filter(pk__in=keys[:MOST_NAMED]).defer("text", "meta").order_by("position", "id"),
        "too_many": len(keys) > removal.MOST_DELETED,
        "most": removal.MOST_DELETED,
        "stands_under": reverse("dashboard:documents", args=[slug]),
    }
    return render(request, "work_table/delete.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def download(request: HttpRequest, slug: str, file_format: str) -> StreamingHttpResponse:
    """Send all rows that the filters let through, as CSV or JSONL."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    return table_response(project, read_choice(dict(request.GET.lists())), file_format, user=user)


def table_response(project: Project, choice: Choice, file_format: str, *, user: User) -> StreamingHttpResponse:
    """Return all rows as a download; raise `NotFound` for an unknown format, and `InvalidInput` for a wrong filter."""
    if file_format not in WRITERS:
        raise NotFound(_("There is no such download. Choose csv or jsonl."))
    services.prepare(project, choice, by=user, now=timezone.now())
    selectors.documents_of(project, choice, user=user)
    write, media_type = WRITERS[file_format]
    columns = [name for name in choice.columns if name != "minutes" or selectors.may_see_times(project, user)]
    labels = sorted(schema_of(current_schema(project)).labels)
    lines = write(selectors.all_rows(project, choice, user=user), columns, labels)
    response = StreamingHttpResponse(lines, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{project.slug}-documents.{file_format}"'
    return response


@login_required
@require_POST
def save_view(request: HttpRequest, slug: str) -> HttpResponseRedirect:
    """Save the filters, columns and order of the address under a name; only leads share a view."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    choice = read_choice(dict(request.GET.lists()))
    shared = request.POST.get("shared") == "yes" and selectors.may_see_times(project, user)
    try:
        view = services.save_view(project, owner=user, name=request.POST.get("name", ""), choice=choice, shared=shared)
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("Saved the view “%(name)s”.") % {"name": view.name})
    return HttpResponseRedirect(f"{reverse('dashboard:documents', args=[slug])}?{choice.query()}")


@login_required
@require_POST
def delete_view(request: HttpRequest, slug: str, view_id: int) -> HttpResponseRedirect:
    """Delete a saved view."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    view = selectors.get_view(view_id, project, user)
    view.delete()
    messages.success(request, _("Deleted the view “%(name)s”.") % {"name": view.name})
    return HttpResponseRedirect(reverse("dashboard:documents", args=[slug]))
