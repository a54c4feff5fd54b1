"""The effect report: a page and an answer of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from annotator.suggestions.blind.selectors import effect_of
from annotator.suggestions.selectors import settings_of
from projects.roles import Capability
from projects.selectors import current_schema, get_project, schema_of


@dataclass(frozen=True)
class EffectRow:
    """A figure of both arms on the page: whether an effect is shown, and why the figure is not available."""

    name: str
    figure: Mapping[str, Any]
    missing: str = ""

    @property
    def effect(self) -> str:
        """What suggestions do to the figure, as far as its interval shows it."""
        if self.figure["interval"] is None:
            return _("Not available")
        low, high = self.figure["interval"]
        return _("More") if low > 0 else _("Less") if high < 0 else _("Not shown")

    @property
    def reason(self) -> str:
        """Why a value or the interval is not available; "" when both are there."""
        if self.figure["with"] is None or self.figure["blind"] is None:
            return self.missing
        return _("fewer than five documents of one kind") if self.figure["interval"] is None else ""


@login_required
@require_GET
def effect_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what suggestions change, compared with blind sets."""
    project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
    figures = effect_of(project)
    names = {
        "agreement_exact": _("Agreement of two annotators, exact F1"),
        "agreement_overlap": _("Agreement of two annotators, overlap F1"),
        "f1_to_suggestions": _("Nearness to the suggestions, exact F1"),
        "spans": _("Spans per 1,000 words"),
        "boundary_edits": _("Boundary edits per 100 spans"),
        "minutes": _("Minutes per 1,000 words"),
    }
    schema = schema_of(current_schema(project))
    no_pair = _("no document has two submitted sets of one kind")
    missing = {
        "agreement_exact": no_pair,
        "agreement_overlap": no_pair,
        "f1_to_suggestions": _("nothing was suggested in the sets of one kind"),
        "boundary_edits": _("the sets of one kind have no spans"),
        "minutes": _("no active time was recorded"),
    }
    rows = [EffectRow(names[key], row, missing.get(key, "")) for key, row in figures["figures"].items()]
    rows += [
        EffectRow(_("%(label)s per 1,000 words") % {"label": schema.labels[key].name}, row)
        for key, row in figures["labels"].items()
        if row["with"] or row["blind"]  # labels without spans would be rows of zeros
    ]
    context: dict[str, Any] = {
        "project": project,
        "figures": figures,
        "rows": rows,
        "settings": settings_of(project),
        "stands_under": reverse("projects:settings", args=[slug]),
    }
    return render(request, "suggestions/effect.html", context)


class SuggestionEffect(APIView):
    """What suggestions change, compared with blind sets."""

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, slug: str) -> Response:
        """Return the figures of both arms with intervals, and the documents that a difference needs."""
        project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
        return Response(effect_of(project))
