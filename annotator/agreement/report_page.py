"""Everything that the page of a report shows, put together."""

from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse

from annotator.agreement import selectors, services, set_selectors, wording
from annotator.agreement.filters import Filters
from annotator.agreement.forms import ScopeForm
from annotator.agreement.models import AgreementReport, DocumentAgreement
from annotator.agreement.presentation import Names, Record, report_shown
from annotator.agreement.presentation_parts import (
    TrendRow,
    confusion_shown,
    distribution_shown,
    people_shown,
    tokens_shown,
    trend_points,
    trend_row,
)
from annotator.agreement.scope import Scope
from annotator.agreement.scope_words import scope_sentence
from annotator.agreement.wording import gamma_sentence, moment, shown_or_not
from annotator.platform.accounts.models import User
from annotator.platform.http.display import format_moment
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import current_schema, role_in, schema_of

DOCUMENTS_A_PAGE = 50
OLDER_REPORTS = 20


def project_context(project: Project, user: User, scope: Scope | None = None) -> dict[str, Any]:
    """What a page says about measuring: whether the person may, whether it would give anything, what there is."""
    role = role_in(project, user)
    reports = list(selectors.reports_of(project).defer("result")[:OLDER_REPORTS])
    may_measure = role is not None and can(role, Capability.MEASURE)
    absent = set_selectors.left_out(project)
    return {
        "project": project,
        "may_measure": may_measure,
        "form": ScopeForm(None, project=project, scope=scope) if may_measure else None,
        "comparable": absent.compared,
        "absent": absent,
        "authors": set_selectors.authors_in(project),
        "reports": reports,
        "running": next((each for each in reports if each.job is not None and not each.job.is_finished), None),
    }


def report_context(report: AgreementReport, user: User, query: QueryDict) -> dict[str, Any]:
    """All of a report."""
    result, project = services.result_of(report), report.project
    schema = schema_of(current_schema(project))
    names = Names(schema)
    stale = selectors.staleness(report)
    labels = [row["label"] for row in result["labels"]]
    scope = Scope.of_record(report.scope)
    return (
        project_context(project, user, scope)
        | {
            "report": report,
            "shown": report_shown(result, schema),
            "scope": scope_sentence(scope, label_name=names.label),
            "gamma": gamma_sentence(result.get("gamma")),
            "stale": wording.stale_sentence(changed=stale.changed, withdrawn=stale.withdrawn, added=stale.added),
            "moved": selectors.moved_since(report) if stale.is_stale else [],
            "confusion": confusion_shown(result.get("confusion", []), names, labels, result.get("disagreements", [])),
            "people": people_shown(result.get("against_others", []), names, labels),
            "bars": distribution_shown(result.get("distribution")),
            "without_figure": result.get("distribution", {}).get("undefined", 0),
            "tokens": tokens_shown(result.get("tokens"), names),
            "token_count": result.get("tokens", {}).get("items", 0),
            "has_disagreements": "disagreements" in result,
        }
        | _trends(report, result, names, labels)
        | _documents(report, query)
    )


def _trends(report: AgreementReport, result: Record, names: Names, labels: list[str]) -> dict[str, Any]:
    """Earlier reports and imports, the oldest first, with what their columns are called."""
    heads, slug = selectors.finished_heads(report.project)[::-1], report.project.slug
    reports = [
        trend_row(
            head,
            name=_named(head),
            labels=labels,
            listed=reverse("agreement:disagreements", args=[slug, head["id"]]),
            address=reverse("agreement:report", args=[slug, head["id"]]),
        )
        for head in heads
        if head["overall"]
    ]
    listed = reverse("agreement:disagreements", args=[slug, report.pk])
    batches: list[TrendRow] = [
        trend_row(row, name=moment(row["at"]), labels=labels, listed=listed, limits=Filters(batch=row["at"]))
        for row in result.get("batches", [])
    ]
    return {
        "trend": reports,
        "trend_points": trend_points(reports),
        "batches": batches,
        "batch_points": trend_points(batches),
        "trend_labels": [(names.label(label), names.style(label)) for label in labels],
    }


def _named(head: Record) -> str:
    return format_moment(head["created_at"]) + (", limited" if set(head["scope"]) - {"blind"} else "")


def _documents(report: AgreementReport, query: QueryDict) -> dict[str, Any]:
    order = query.get("order", "")
    order = order if order in selectors.ORDERS else "overlap"
    documents = selectors.documents_of(report, order=order).defer("document__text")
    page = Paginator(documents, DOCUMENTS_A_PAGE).get_page(query.get("page"))
    return {"order": order, "page": page, "rows": [_document_row(each) for each in page.object_list]}


def _document_row(measured: DocumentAgreement) -> dict[str, Any]:
    """A document of the list with its figures as text, and what leads to its disagreements."""
    figures = {"overlap": measured.overlap_f1, "exact": measured.exact_f1, "alpha": measured.alpha}
    query = Filters(document=str(measured.document_id)).query()
    shown = {name: shown_or_not(value) for name, value in figures.items()}
    return {"document": measured.document, "query": query, **shown}
