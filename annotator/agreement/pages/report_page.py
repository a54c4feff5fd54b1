"""The context of the page of a report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse

from annotator.agreement.filters import DisagreementFilters
from annotator.agreement.models import AgreementReport, DocumentAgreement
from annotator.agreement.pages.charts import (
    TrendRow,
    distribution_bars,
    forest_plot,
    trend_points,
    trend_row,
    week_name,
)
from annotator.agreement.pages.document_attributes import document_attribute_views
from annotator.agreement.pages.forms import ScopeForm
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.pages.next_steps import more_data, next_steps
from annotator.agreement.pages.report_tables import annotator_views, confusion_view, report_view, token_rows
from annotator.agreement.reports.gamma_plan import about_seconds
from annotator.agreement.reports.label_figures import enough_for
from annotator.agreement.reports.report import PairFigures, Report
from annotator.agreement.reports.sentences import gamma_sentences, scope_sentence, stale_sentence, value_text
from annotator.agreement.scope import Scope
from annotator.agreement.selectors import reports, sets
from annotator.corpus.documents.selectors import deleted_documents_of
from annotator.corpus.spans.exclusions import excluded_counts
from annotator.corpus.spans.selectors import tested_counts
from annotator.platform.accounts.models import User
from annotator.platform.http.display import format_moment
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import current_schema, role_in, schema_of

DOCUMENTS_PER_PAGE = 50
EARLIER_REPORTS = 20
MOST_PAIRS = 12
"""So many pairs of annotators are shown one by one at first; the matrix and the download have all."""


def project_context(
    project: Project, user: User, scope: Scope | None = None, *, form: ScopeForm | None = None
) -> dict[str, Any]:
    """Return what a page shows about measuring: who may, what can be compared, and the reports so far."""
    role = role_in(project, user)
    stored = list(reports.reports_of(project).defer("result")[:EARLIER_REPORTS])
    may_measure = role is not None and can(role, Capability.MEASURE)
    counts = sets.count_documents(project)
    form = form or (ScopeForm(None, project=project, scope=scope) if may_measure else None)
    return {
        "project": project,
        "may_measure": may_measure,
        "form": form,
        "comparable": counts.compared,
        "counts": counts,
        "asks_about_documents": bool(schema_of(current_schema(project)).document_attributes),
        "excluded": excluded_counts(project),
        "reports": stored,
        "running": next((row for row in stored if row.job is not None and not row.job.is_finished), None),
    }


def report_context(report: AgreementReport, user: User, query: QueryDict) -> dict[str, Any]:
    """Return everything that the page of a report shows."""
    figures, project = reports.figures_of(report), report.project
    schema = schema_of(current_schema(project))
    names = SchemaNames(schema)
    stale = (since := reports.ChangesSince(report)).count()
    scope = Scope.of_record(report.scope)
    labels = [row.label for row in figures.labels]
    return (
        project_context(project, user, scope)
        | {
            "report": report,
            "view": report_view(
                figures, schema, figures.pairs if query.get("pairs") == "all" else lowest_pairs(figures.pairs)
            ),
            "scope": scope_sentence(scope, label_name=names.label),
            "official": reports.latest_report(project) if report.is_limited else None,
            "gone": deleted_documents_of(project, used_by="reports", key=report.pk, since=report.created_at),
            "gamma": gamma_sentences(figures.gamma),
            "tested": tested_counts(project),
            "steps": next_steps(figures, names, _titles(report, figures)),
            "more_data": more_data(figures, names),
            "enough": [each.sentence for each in enough_for(figures.labels, label_name=names.label)],
            "gamma_job": report.gamma_job,
            "gamma_seconds": None if figures.gamma else _gamma_seconds(report),
            "stale": stale_sentence(**stale.counts),
            "most_compared": stale.most_compared,
            "changes": since.first() if stale.is_stale else [],
            "confusion": confusion_view(figures, names),
            "annotators": annotator_views(figures.against_others or (), names, labels),
            "plot": forest_plot(figures, names),
            "pairs_picture": "agreement:pairs" if len(figures.annotators) > 2 else "",
            "bars": distribution_bars(figures.distribution),
            "without_figure": figures.distribution.undefined if figures.distribution else 0,
            "document_attributes": document_attribute_views(figures.document_attributes or (), project),
            "tokens": token_rows(figures, names),
            "token_count": figures.tokens.items if figures.tokens else 0,
            "has_disagreements": figures.disagreements is not None,
        }
        | _trends(report, figures, names, labels)
        | _documents(report, query)
    )


def lowest_pairs(pairs: Sequence[PairFigures]) -> Sequence[PairFigures]:
    """Return all pairs when they are few, else those with the lowest overlap F1; pairs without one come last."""
    figures = [2.0 if pair.overall.overlap_f1.value is None else pair.overall.overlap_f1.value for pair in pairs]
    order = sorted(range(len(pairs)), key=figures.__getitem__)
    return pairs if len(pairs) <= MOST_PAIRS else [pairs[place] for place in order[:MOST_PAIRS]]


def _titles(report: AgreementReport, figures: Report) -> dict[int, str]:
    """Return the titles of the documents without which agreement rises, by id."""
    ids = [int(part.name) for part in figures.without or () if part.kind == "document"]
    return reports.titles_of_documents(report.project, ids)


def _gamma_seconds(report: AgreementReport) -> int:
    """About how long gamma will take, in whole seconds."""
    return max(1, round(about_seconds(report.pk)))


def trend_rows(report: AgreementReport, labels: list[str]) -> list[TrendRow]:
    """Return the reports of the same scope so far, oldest first."""
    slug = report.project.slug
    return [
        trend_row(
            summary,
            name=format_moment(summary.created_at),
            labels=labels,
            list_url=reverse("agreement:disagreements", args=[slug, summary.id]),
            url=reverse("agreement:report", args=[slug, summary.id]),
        )
        for summary in reports.report_summaries(report)
    ]


def batch_rows(report: AgreementReport, figures: Report, labels: list[str]) -> list[TrendRow]:
    """Return the imports of a report, oldest first."""
    list_url = reverse("agreement:disagreements", args=[report.project.slug, report.pk])
    return [
        trend_row(
            batch,
            name=format_moment(datetime.fromisoformat(batch.at)),
            labels=labels,
            list_url=list_url,
            filters=DisagreementFilters(batch=batch.at),
        )
        for batch in figures.batches or ()
    ]


def week_rows(report: AgreementReport, figures: Report, labels: list[str]) -> list[TrendRow]:
    """Return the weeks of a report, oldest first."""
    list_url = reverse("agreement:disagreements", args=[report.project.slug, report.pk])
    return [
        trend_row(
            week,
            name=week_name(week.at),
            labels=labels,
            list_url=list_url,
            filters=DisagreementFilters(week=week.at),
        )
        for week in figures.weeks or ()
    ]


def _trends(report: AgreementReport, figures: Report, names: SchemaNames, labels: list[str]) -> dict[str, Any]:
    """Return earlier reports and imports with the headings of their columns."""
    trend, batches = trend_rows(report, labels), batch_rows(report, figures, labels)
    weeks = week_rows(report, figures, labels)
    return {
        "trend": trend,
        "trend_points": trend_points(trend),
        "batches": batches,
        "batch_points": trend_points(batches),
        "weeks": weeks,
        "week_points": trend_points(weeks),
        "trend_labels": [(names.label(label), names.style(label)) for label in labels],
    }


def _documents(report: AgreementReport, query: QueryDict) -> dict[str, Any]:
    order = query.get("order", "")
    order = order if order in reports.ORDERS else "overlap"
    documents = reports.documents_of(report, order=order).defer("document__text")
    page = Paginator(documents, DOCUMENTS_PER_PAGE).get_page(query.get("page"))
    return {"order": order, "page": page, "rows": [_document_row(measured) for measured in page.object_list]}


def _document_row(measured: DocumentAgreement) -> dict[str, Any]:
    """Return a document of the list with its figures as text, and the query of its disagreements."""
    figures = {"overlap": measured.overlap_f1, "exact": measured.exact_f1, "alpha": measured.alpha}
    query = DisagreementFilters(document=str(measured.document_id)).query()
    texts = {name: value_text(value) for name, value in figures.items()}
    return {"document": measured.document, "query": query, **texts}
