"""Pages of the speaker registry: entries, one entry, mentions to decide, names from annotations, files, history."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.corpus.speakers import files, selectors, services
from annotator.corpus.speakers.agreement import agreement_on_who
from annotator.corpus.speakers.forms import EntryForm, FileForm, SplitForm
from annotator.corpus.speakers.mentions.resolution import Reason, Resolution
from annotator.corpus.speakers.models import EntryKind, SpeakerEntry
from annotator.corpus.speakers.services import Scope
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.platform.http.uploads import accepts_uploads
from annotator.problems import InvalidInput, NotFound, Problem
from annotator.text.sentences import sentence_boundaries
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import get_project, role_in

PAGE_SIZE = 50
LONGEST = 300
REASONS = {
    Reason.PLACE: gettext_lazy("decided here"),
    Reason.DOCUMENT: gettext_lazy("decided for this document"),
    Reason.NAME: gettext_lazy("name or alias"),
    Reason.TITLE: gettext_lazy("name with a title or role"),
    Reason.SPELLING: gettext_lazy("same letters"),
    Reason.PART: gettext_lazy("part of the name"),
    Reason.ROLE: gettext_lazy("role"),
    Reason.RECENT: gettext_lazy("spoke before"),
}
SCOPES = (
    ("", gettext_lazy("As recommended")),
    (Scope.PLACE.value, gettext_lazy("This place")),
    (Scope.DOCUMENT.value, gettext_lazy("These words in this document")),
    (Scope.EVERYWHERE.value, gettext_lazy("These words in all documents")),
)


@dataclass(frozen=True)
class Choice:
    """A button that decides a mention with one click or key."""

    value: str
    name: str
    reason: str
    key: str


@dataclass(frozen=True)
class OpenMention:
    """A mention as the page shows it."""

    resolution: Resolution
    document: Any
    count: int
    before: str
    words: str
    after: str
    choices: Sequence[Choice]
    may_be_everywhere: bool


def _context(request: HttpRequest, slug: str, here: str) -> tuple[Project, dict[str, Any]]:
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    role = role_in(project, user)
    return project, {
        "project": project,
        "stands_under": reverse("ledger:ledger", args=[slug]),
        "here": here,
        "may_decide": role is not None and can(role, Capability.ADJUDICATE),
    }


@login_required
@require_http_methods(["GET", "POST"])
def entries(request: HttpRequest, slug: str) -> HttpResponse:
    """List the entries; a POST adds one."""
    project, context = _context(request, slug, "entries")
    form = EntryForm(request.POST or None)
    if request.method == "POST":
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
        if form.is_valid():
            try:
                made = services.add_entry(project, form.values(), by=user, now=timezone.now())
            except Problem as problem:
                show_problem(form, problem, field="name")
            else:
                messages.success(request, _("Added: %(name)s.") % {"name": made.name})
                return redirect("speakers:entries", slug)
    words = request.GET.get("words", "")[:LONGEST].replace("\x00", "").strip()
    kind = request.GET.get("kind", "")
    found = selectors.entries_of(project, words=words, kind=kind if kind in EntryKind.values else "")
    context |= {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "kind": kind,
        "kinds": EntryKind.choices,
        "form": form,
        "formats": list(files.WRITERS),
    }
    return render(request, "speakers/entries.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def entry(request: HttpRequest, slug: str, entry_id: int) -> HttpResponse:
    """Show an entry with the forms that change it."""
    project, context = _context(request, slug, "entry")
    shown = selectors.get_entry(project, entry_id)
    return render(request, "speakers/entry.html", context | _entry_forms(shown))


def _entry_forms(shown: SpeakerEntry) -> dict[str, Any]:
    values = {name: getattr(shown, name) for name in ("name", "kind", "role", "affiliation", "outside_id")}
    return {
        "entry": shown,
        "form": EntryForm(initial=values | {"aliases": "\n".join(shown.aliases)}),
        "split": SplitForm(entry=shown),
        "decisions": shown.decisions.filter(is_removed=False).select_related("document").defer("document__text")
        .order_by("document__position", "id")[:PAGE_SIZE],
    }  # fmt: skip


@login_required
@require_POST
def change(request: HttpRequest, slug: str, entry_id: int) -> HttpResponse:
    """Change, merge, split or remove an entry."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
    shown = selectors.get_entry(project, entry_id)
    _project, context = _context(request, slug, "entry")
    forms_of_page = _entry_forms(shown)
    action = request.POST.get("action", "")
    form: Form | None = None
    try:
        if action == "merge":
            into = _entry_named(project, request.POST.get("into", ""))
            services.merge_entries(shown, into, by=user, now=timezone.now())
            messages.success(request, _("Merged into %(name)s.") % {"name": into.name})
            return redirect("speakers:entry", slug, into.pk)
        if action == "remove":
            services.remove_entry(shown, by=user, now=timezone.now())
            messages.success(request, _("Removed. “History” can undo this."))
            return redirect("speakers:entries", slug)
        if action == "split":
            form = forms_of_page["split"] = SplitForm(request.POST, entry=shown)
            if form.is_valid():
                made = services.split_entry(shown, **form.cleaned_data, by=user, now=timezone.now())
                messages.success(request, _("Split off: %(name)s.") % {"name": made.name})
                return redirect("speakers:entry", slug, made.pk)
        else:
            edited = forms_of_page["form"] = EntryForm(request.POST)
            form = edited
            if edited.is_valid():
                services.edit_entry(shown, edited.values(), by=user, now=timezone.now())
                messages.success(request, _("Saved."))
                return redirect("speakers:entry", slug, shown.pk)
    except Problem as problem:
        if form is None:
            messages.error(request, problem.detail)
            return redirect("speakers:entry", slug, shown.pk)
        show_problem(form, problem)
    return render(request, "speakers/entry.html", context | forms_of_page, status=422)


def _entry_named(project: Project, name: str) -> SpeakerEntry:
    """Return the entry that a name certainly names, or raise `NotFound`."""
    resolution = selectors.resolve_mention(project, " ".join(name.replace("\x00", "").split())[:LONGEST])
    if resolution.entry is None:
        raise NotFound(_("No entry, or more than one, has the name “%(name)s”.") % {"name": name[:LONGEST]})
    return selectors.get_entry(project, resolution.entry.pk)


@login_required
@require_http_methods(["GET", "POST"])
def mentions(request: HttpRequest, slug: str) -> HttpResponse:
    """List mentions that wait for a decision; a POST decides one."""
    project, context = _context(request, slug, "mentions")
    since, document = _whole(request.GET.get("since", "")), _whole(request.GET.get("document", "")) or None
    if request.method == "POST":
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
        try:
            _decide(request, project)
        except Problem as problem:
            messages.error(request, problem.detail)
        query = {name: value for name, value in (("since", since), ("document", document)) if value}
        return redirect(f"{reverse('speakers:mentions', args=[slug])}{'?' if query else ''}{urlencode(query)}")
    found = selectors.open_mentions(project, since=since, document=document)
    context |= {
        "mentions": [_open_mention(group) for group in found.groups],
        "next": found.next_position,
        "since": since,
        "document": document,
        "scopes": SCOPES,
    }
    return render(request, "speakers/mentions.html", context)


def _decide(request: HttpRequest, project: Project) -> None:
    """Carry out the choice of the form of one mention."""
    fields = {name: _whole(request.POST.get(name, "")) for name in ("mention_document", "start", "end")}
    place = selectors.mention_place(project, fields["mention_document"], fields["start"], fields["end"])
    choice = request.POST.get("choice", "")
    other, new_name = request.POST.get("other", "").strip(), request.POST.get("new_name", "").strip()[:LONGEST]
    scope = request.POST.get("scope", "")
    chosen: SpeakerEntry | None = None
    if choice == "other":
        chosen = _entry_named(project, other)
    elif choice.startswith("entry:"):
        chosen = selectors.get_entry(project, _whole(choice.removeprefix("entry:")))
    elif choice not in ("new", "none") or (choice == "new" and not new_name):
        raise InvalidInput(_("Choose an entry, or give the name of a new one."))
    services.resolve(
        project,
        place,
        entry=chosen,
        scope=Scope(scope) if scope in list(Scope) else None,
        new_name=new_name if choice == "new" else "",
        kind=kind if (kind := request.POST.get("kind", "")) in EntryKind.values else "",
        by=user_of(request),
        now=timezone.now(),
    )


def _open_mention(group: selectors.MentionGroup) -> OpenMention:
    resolution, text = group.resolution, group.document.text
    mention = resolution.mention
    sentences = sentence_boundaries(text)
    number = max(0, bisect_right([start for start, _end in sentences], mention.start) - 1)
    low = min(mention.start, sentences[max(0, number - 1)][0]) if sentences else mention.start
    high = max(mention.end, sentences[number][1]) if sentences else mention.end
    new = [("new", resolution.new_name, _("new entry"))] if resolution.new_name else []
    known = [
        (f"entry:{candidate.entry.pk}", candidate.entry.name, str(REASONS[candidate.reason]))
        for candidate in resolution.candidates
    ]
    ordered = [*new, *known] if resolution.proposes_new else [*known, *new]
    choices = [Choice(*values, str(key) if key < 10 else "") for key, values in enumerate(ordered, 1)]
    return OpenMention(
        resolution, group.document, group.count, text[low : mention.start], text[mention.start : mention.end],
        text[mention.end : high], choices, may_be_everywhere=bool(resolution.new_name),
    )  # fmt: skip


def _whole(value: str) -> int:
    """Return a number from a form or an address; 0 for anything else."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 9 else 0


@login_required
@require_http_methods(["GET", "POST"])
def annotations(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the entries that the names given by annotators would make; a POST makes the chosen ones."""
    project, context = _context(request, slug, "annotations")
    if request.method == "POST":
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
        added = services.add_from_annotations(project, request.POST.getlist("name"), by=user, now=timezone.now())
        text = ngettext("%(count)s entry added.", "%(count)s entries added.", added) % {"count": f"{added:,}"}
        messages.success(request, text)
        return redirect("speakers:entries", slug)
    return render(
        request, "speakers/annotations.html", context | {"entries": services.entries_from_annotations(project)}
    )


@accepts_uploads
@login_required
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Read entries from a file, or count what it would change."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
    _project, context = _context(request, slug, "import")
    form = FileForm(request.POST or None, request.FILES or None)
    plan = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            plan = files.plan_file(project, upload.name or "", upload.read(files.LONGEST_FILE + 1))
            if not form.cleaned_data["preview"]:
                files.apply_import(project, plan, by=user, now=timezone.now())
                counts = {"added": f"{plan.added:,}", "changed": f"{plan.changed:,}"}
                messages.success(request, _("Imported: %(added)s added, %(changed)s changed.") % counts)
                return redirect("speakers:entries", slug)
        except Problem as problem:
            show_problem(form, problem, field="file")
    return render(
        request, "speakers/import.html", context | {"form": form, "plan": plan}, status=422 if form.errors else 200
    )


@login_required
@require_GET
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """List the steps, newest first."""
    project, context = _context(request, slug, "history")
    page = Paginator(selectors.changes_of(project), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "speakers/history.html", context | {"page": page})


@login_required
@require_POST
def undo(request: HttpRequest, slug: str, change_id: int) -> HttpResponse:
    """Undo a step."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ADJUDICATE)
    try:
        services.undo(selectors.get_change(project, change_id), by=user, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("Undone."))
    return redirect("speakers:history", slug)


@login_required
@require_GET
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the agreement on who speaks."""
    project, context = _context(request, slug, "agreement")
    return render(request, "speakers/agreement.html", context | {"agreement": agreement_on_who(project)})


@login_required
@require_GET
def download(request: HttpRequest, slug: str, file_format: str) -> HttpResponseBase:
    """Send the registry as a file."""
    project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
    if file_format not in files.WRITERS:
        raise NotFound(_("The registry cannot be downloaded in this format."))
    write, media_type = files.WRITERS[file_format]
    response = StreamingHttpResponse(write(project), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-speakers.{file_format}"'
    return response
