"""The page of patterns, and its draft as a file."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotator.agreement import disagreement_selectors, selectors, services
from annotator.agreement.filters import Filters
from annotator.agreement.models import AgreementReport
from annotator.agreement.pattern_page import PatternsShown, PlaceShown, patterns_shown
from annotator.agreement.presentation import Names
from annotator.platform.accounts.requests import user_of
from projects.selectors import current_schema, schema_of


@login_required
@require_GET
def patterns(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Show what people differ about again and again."""
    report = selectors.get_report_of(slug, report_id, user=user_of(request))
    context = {"project": report.project, "report": report, "patterns": _shown(report)}
    return render(request, "agreement/patterns.html", context)


@login_required
@require_GET
def draft(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Download the draft for the guideline meeting."""
    report = selectors.get_report_of(slug, report_id, user=user_of(request))
    response = HttpResponse(_shown(report).draft, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="disagreements-{report.project.slug}-{report.pk}.md"'
    return response


def _shown(report: AgreementReport) -> PatternsShown:
    names = Names(schema_of(current_schema(report.project)))
    places = [
        PlaceShown(
            str(place.document),
            place.document.text[place.start : place.end].strip(),
            place.count,
            Filters(document=str(place.document.pk), place=f"{place.start}-{place.end}").query(),
        )
        for place in disagreement_selectors.worst_places(report)
    ]
    return patterns_shown(services.result_of(report), disagreement_selectors.repeated_strings(report), places, names)
