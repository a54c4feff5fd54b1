"""The pages to correct documents before work on them began, one or many, and who corrected what."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.selectors import corrections_in, get_document
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import InvalidInput, Problem
from annotator.workload.assignments.correction_files import (
    LARGEST_FILE,
    MOST_AT_ONCE,
    CorrectionRecord,
    read_corrections,
    records_of,
)
from annotator.workload.assignments.services.corrections import (
    LONGEST_TITLE,
    PlannedCorrection,
    correct_document,
    correct_documents,
    has_begun,
    plan_corrections,
)
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project

PAGE_SIZE = 50
MOST_LISTED = 200
CONTEXT, LONGEST_PASSAGE = 40, 300


class CorrectionForm(forms.Form):
    """Title, metadata and text of a document. Browsers send line breaks in their own way: those of the text stay."""

    title = forms.CharField(required=False, max_length=LONGEST_TITLE, label=gettext_lazy("Title"))
    meta = forms.JSONField(
        label=gettext_lazy("Metadata (JSON)"),
        required=False,
        empty_value={},
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    text = forms.CharField(
        strip=False, label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 20, "dir": "auto"})
    )

    def __init__(self, *args: object, document: Document, **options: object) -> None:
        self._document = document
        super().__init__(*args, **options)  # type: ignore[arg-type]

    def clean_text(self) -> str:
        """Return the text with the line breaks of the stored one."""
        stored, sent = self._document.text, str(self.cleaned_data["text"]).replace("\r\n", "\n")
        if sent == stored.replace("\r\n", "\n").replace("\r", "\n"):
            return stored
        return sent.replace("\n", "\r\n") if "\r\n" in stored else sent


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show title, metadata and text of a document, and store what a lead changed."""
    user = user_of(request)
    document = get_document(document_id, user=user)
    project = get_project(document.project.slug, user=user, capability=Capability.MANAGE)
    initial = {
        "title": document.title,
        "meta": json.dumps(document.meta, ensure_ascii=False, indent=1),
        "text": document.text,
    }
    form = CorrectionForm(request.POST or None, document=document, initial=initial)
    if form.is_valid():
        try:
            changed = correct_document(document, **form.cleaned_data, by=user, now=timezone.now())
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Corrected the document.") if changed else _("Nothing was changed."))
            return redirect("dashboard:document", document.pk)
    context = {
        "project": project,
        "document": document,
        "form": form,
        "has_begun": has_begun(document),
        "stands_under": reverse("dashboard:documents", args=[project.slug]),
    }
    return render(request, "assignments/correct.html", context, status=422 if form.errors else 200)


class CorrectionsForm(forms.Form):
    """A file of corrections."""

    file = forms.FileField(
        label=gettext_lazy("File with corrections"),
        help_text=gettext_lazy(
            "JSONL with an object on each line, or CSV with these columns: id, and title, text, meta (a JSON object) "
            "or single fields of it such as meta.source. What is left out stays as it is."
        ),
        widget=forms.FileInput(attrs={"accept": ".jsonl,.ndjson,.json,.csv,.txt"}),
    )

    def clean_file(self) -> list[CorrectionRecord]:
        """Return the records of the file."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            detail = _("The file has %(size)s; at most %(most)s are read here. Send several files, or use the command.")
            raise forms.ValidationError(
                detail % {"size": filesizeformat(file.size), "most": filesizeformat(LARGEST_FILE)}
            )
        return _few(lambda: read_corrections(file.read(), is_csv=file.name.lower().endswith(".csv")))


class CarryOutForm(forms.Form):
    """The records of a preview, sent again."""

    records = forms.JSONField(widget=forms.HiddenInput)

    def clean_records(self) -> list[CorrectionRecord]:
        """Return the records."""
        given = self.cleaned_data["records"]
        return _few(lambda: records_of(given if isinstance(given, list) else [given]))


def _few(read: Callable[[], list[CorrectionRecord]]) -> list[CorrectionRecord]:
    try:
        records = read()
    except InvalidInput as problem:
        raise forms.ValidationError(problem.detail) from problem
    if not records:
        raise forms.ValidationError(_("The file names no document."))
    if len(records) > MOST_AT_ONCE:
        detail = _("The file names %(count)s documents; at most %(most)s are read here. Send several files.")
        raise forms.ValidationError(detail % {"count": f"{len(records):,}", "most": f"{MOST_AT_ONCE:,}"})
    return records


@dataclass(frozen=True)
class Difference:
    """A value before and after, around where they differ."""

    name: str
    before: str
    removed: str
    added: str
    after: str


def difference(name: str, old: str, new: str) -> Difference:
    """Return where a value changes, with some characters around; long passages are cut."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    passages = [old[start : len(old) - end], new[start : len(new) - end]]
    removed, added = (text if len(text) <= LONGEST_PASSAGE else f"{text[:LONGEST_PASSAGE]}…" for text in passages)
    rest = old[len(old) - end :] if end else ""
    before = ("…" if start > CONTEXT else "") + old[max(0, start - CONTEXT) : start]
    return Difference(name, before, removed, added, rest[:CONTEXT] + ("…" if len(rest) > CONTEXT else ""))


def _common(first: str, second: str) -> int:
    """Return how many characters two texts have in common at their start."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))


def _differences(planned: PlannedCorrection) -> list[Difference]:
    names = {"title": _("Title"), "text": _("Text"), "meta": _("Metadata")}
    changed = [(name, getattr(planned.document, name), planned.values[name]) for name in planned.changed]
    return [difference(names[name], _as_text(old), _as_text(new)) for name, old, new in changed]


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


@login_required
@require_http_methods(["GET", "POST"])
def correct_many(request: HttpRequest, slug: str) -> HttpResponse:
    """List who corrected what; a file shows first what it changes, and is carried out when it is sent again."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    is_preview, is_carried_out = "preview" in request.POST, "records" in request.POST
    form = CorrectionsForm(request.POST if is_preview else None, request.FILES if is_preview else None)
    sent = CarryOutForm(request.POST if is_carried_out else None)
    context: dict[str, Any] = {
        "project": project,
        "stands_under": reverse("dashboard:documents", args=[slug]),
        "page": Paginator(corrections_in(project), PAGE_SIZE).get_page(request.GET.get("page")),
    }
    if is_carried_out and sent.is_valid():
        done = correct_documents(project, sent.cleaned_data["records"], by=user, now=timezone.now())
        changed, refused = sum(bool(each.changed) for each in done), [each for each in done if each.refusal]
        text = ngettext("Corrected %(count)s document.", "Corrected %(count)s documents.", changed)
        messages.success(request, text % {"count": f"{changed:,}"})
        for each in refused[:MOST_LISTED]:
            messages.error(request, f"{each.record.id}: {each.refusal}")
        return redirect("assignments:corrections", slug)
    if is_preview and form.is_valid():
        context |= _preview(project, form.cleaned_data["file"])
    errors = [*form.errors.get("file", ()), *sent.errors.get("records", ())]
    context |= {"form": form, "sent_errors": sent.errors.get("records", ())}
    return render(request, "assignments/corrections.html", context, status=422 if errors else 200)


def _preview(project: Project, records: list[CorrectionRecord]) -> dict[str, Any]:
    plans = plan_corrections(project, records)
    changing = [plan for plan in plans if plan.changed]
    sent = CarryOutForm(initial={"records": [plan.record.as_json() for plan in changing]})
    return {
        "is_preview": True,
        "changing": len(changing),
        "rows": [(plan, _differences(plan)) for plan in changing[:MOST_LISTED]],
        "refused": [plan for plan in plans if plan.refusal],
        "unchanged": sum(not plan.changed and not plan.refusal for plan in plans),
        "sent": sent,
    }
