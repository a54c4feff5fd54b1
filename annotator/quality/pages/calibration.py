"""Calibration rounds: the same documents for all annotators, compared before and after a guideline meeting."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.agreement.models import AgreementReport
from annotator.agreement.pages.comparison import paired_rows
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.selectors import reports
from annotator.platform.accounts.requests import user_of
from annotator.quality import selectors
from projects.roles import Capability
from projects.selectors import current_schema, get_project, schema_of

MOST_REPORTS = 50


@login_required
@require_GET
def calibration(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the steps of a calibration round, and the change from the report `before` to the report `after`."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    before, after = _chosen(request, slug, "before"), _chosen(request, slug, "after")
    compared = selectors.calibration(before, after) if before and after else None
    finished = reports.reports_of(project).filter(measured_at__isnull=False).defer("result")[:MOST_REPORTS]
    context = {
        "project": project,
        "stands_under": reverse("assignments:waiting", args=[slug]),
        "reports": list(finished),
        "before": before,
        "after": after,
        "compared": compared,
        "rows": paired_rows(compared, SchemaNames(schema_of(current_schema(project)))) if compared else [],
        "minimum_documents": MINIMUM_DOCUMENTS,
        "minimum_spans": MINIMUM_SPANS,
    }
    return render(request, "quality/calibration.html", context)


def _chosen(request: HttpRequest, slug: str, name: str) -> AgreementReport | None:
    """Return the report of a field of the form; None while nothing is chosen."""
    given = request.GET.get(name, "")
    if not given:
        return None
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    return reports.get_project_report(slug, number, user=user_of(request))
