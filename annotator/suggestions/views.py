"""Pages of suggestions: the bar with what was offered and accepted, and how good a source is."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput
from annotator.suggestions import selectors, services
from annotator.suggestions.language_model.selectors import LANGUAGE_MODEL, allowed_servers, choice_of
from annotator.suggestions.sources.registry import SOURCES
from annotator.suggestions.sources.rules.assembly import RULES
from annotator.suggestions.trained.selectors import MODEL
from projects.models import Project
from projects.roles import Capability, can
from projects.schema import Schema
from projects.selectors import current_schema, get_project, role_in, schema_of


class SettingsForm(forms.Form):
    """The bar, and the built-in sources that are on."""

    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Suggest spans by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    bar = forms.IntegerField(
        label=gettext_lazy("Bar (%)"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy(
            "A suggestion is offered only when at least this share of its kind is expected to be right. Weaker ones "
            "are only underlined faintly."
        ),
    )
    blind_share = forms.IntegerField(
        label=gettext_lazy("Blind sets (%)"),
        min_value=0,
        max_value=90,
        required=False,
        help_text=gettext_lazy(
            "This share of annotation sets is made without suggestions, drawn when a document is first opened, so that "
            "the effect of suggestions can be measured."
        ),
    )
    trains_itself = forms.BooleanField(
        label=gettext_lazy("Train the model by itself"),
        required=False,
        help_text=gettext_lazy("From 10 finished documents on, and then whenever there are 25 % more."),
    )

    def __init__(self, *args: Any, has_language_model: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast("forms.MultipleChoiceField", self.fields["sources"])
        field.choices = [
            *((source.name, source.title) for source in SOURCES.values()),
            (MODEL, _("Model trained in this project")),
            *([(LANGUAGE_MODEL, _("Language model"))] if has_language_model else []),
        ]


@login_required
@require_http_methods(["GET", "POST"])
def suggestions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the bar, and each source with how its suggestions were received; a lead changes them."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    settings = selectors.settings_of(project)
    role = role_in(project, user)
    may_manage = role is not None and can(role, Capability.MANAGE)
    initial = {"bar": round(100 * settings.bar), "sources": settings.sources,
               "trains_itself": settings.trains_itself, "blind_share": round(100 * settings.blind_share)}  # fmt: skip
    choice = choice_of(project)
    has_language_model = choice is not None or LANGUAGE_MODEL in settings.sources
    form = SettingsForm(
        request.POST if request.method == "POST" else None, initial=initial, has_language_model=has_language_model
    )
    if request.method == "POST":
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        if form.is_valid():
            values = form.cleaned_data
            services.save_settings(
                project,
                bar=values["bar"] / 100,
                sources=values["sources"],
                trains_itself=values["trains_itself"],
                blind_share=(values["blind_share"] or 0) / 100,
            )
            messages.success(request, _("Saved. The next document that is opened uses these settings."))
            return redirect("sources:suggestions", slug)
    schema = schema_of(current_schema(project))
    rows = [_row(row, schema, settings.bar) for row in selectors.source_rows(project)]
    context = {
        "project": project,
        "form": form,
        "rows": rows,
        "settings": settings,
        "language_model": LANGUAGE_MODEL,
        "offers_language_model": choice is not None or bool(allowed_servers()),
        "may_manage": may_manage,
        "stands_under": reverse("projects:settings", args=[slug]),
    }
    return render(request, "suggestions/suggestions.html", context)


def _row(row: selectors.SourceRow, schema: Schema, bar: float) -> dict[str, Any]:
    figures = row.evaluation.figures if row.evaluation else None
    measured = figures["labels"] if figures else {}
    names = [name for name in schema.labels if name in row.labels or name in measured]
    return {
        "source": row,
        "labels": [
            {
                "name": schema.labels[name].name,
                "reception": row.labels.get(name, selectors.Reception()),
                "precision": _offered_precision(measured.get(name), bar),
            }
            for name in names
        ],
    }


def _offered_precision(figures: Mapping[str, Any] | None, bar: float) -> dict[str, Any] | None:
    """Return of the measured suggestions of a label those at or above the bar, and the share that was right."""
    if figures is None:
        return None
    above = [row for row in figures["calibration"] if row["precision"] >= bar]
    count, right = sum(row["suggested"] for row in above), sum(row["right"] for row in above)
    return {"suggested": count, "share": right / count if count else None}


@login_required
@require_GET
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how good a source is against the finished work of the project."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    row = selectors.get_source(project, request.GET.get("source") or RULES.name)
    role = role_in(project, user)
    settings = selectors.settings_of(project)
    context = {
        "project": project,
        "source": row,
        "bar": settings.bar,
        "figures": row.evaluation.figures if row.evaluation else None,
        "may_manage": role is not None and can(role, Capability.MANAGE),
        "stands_under": reverse("projects:settings", args=[slug]),
    }
    return render(request, "suggestions/figures.html", context)


def _managed(request: HttpRequest, slug: str) -> tuple[Project, str]:
    return get_project(slug, user=user_of(request), capability=Capability.MANAGE), request.POST.get("source", "")


@login_required
@require_POST
def suggest(request: HttpRequest, slug: str) -> HttpResponse:
    """Start making the suggestions of a source for all documents; a language model may be asked about fewer."""
    project, source = _managed(request, slug)
    most = forms.IntegerField(min_value=1, required=False)
    try:
        documents = most.clean(request.POST.get("documents"))
    except forms.ValidationError as error:
        detail = _("The number of documents must be a whole number from 1.")
        raise InvalidInput(detail, errors=[{"pointer": "/documents", "detail": detail}]) from error
    job = services.start_suggesting(
        project, source, started_by=user_of(request), now=timezone.now(), documents=documents
    )
    return redirect("jobs:job", slug, job.pk)


@login_required
@require_POST
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """Start measuring a source."""
    project, source = _managed(request, slug)
    job = services.start_measuring(project, source, started_by=user_of(request), now=timezone.now())
    return redirect("jobs:job", slug, job.pk)
