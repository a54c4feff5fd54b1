"""The page to correct a document before work on it began."""

import json

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.selectors import get_document
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from annotator.workload.assignments.services.corrections import LONGEST_TITLE, correct_document, has_begun
from projects.roles import Capability
from projects.selectors import get_project


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
