"""Results and differences as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotator.adjudication.models import Decision, Reason
from annotator.agreement.pages.disagreement_kinds import KINDS, KindView
from annotator.agreement.pages.disagreement_list import drawn, window
from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import state_of_rows
from annotator.corpus.spans.values import SpanValue
from annotator.measures.alignment import AlignedUnit, DisagreementKind, SetContent, SpanContent, align
from annotator.quality.selectors import LabelResult, Results
from annotator.quality.verdicts import Judged, Measured, Verdict
from projects.schema import Schema

OWN, GOLD = "1", "2"
VERDICTS: Mapping[Verdict, Promise] = {
    Verdict.PASSES: gettext_lazy("Passes"),
    Verdict.FAILS: gettext_lazy("Fails"),
    Verdict.UNKNOWN: gettext_lazy("Not known yet"),
}
STYLES = {Verdict.PASSES: "badge--success", Verdict.FAILS: "badge--warning", Verdict.UNKNOWN: ""}


@dataclass(frozen=True)
class VerdictView:
    """A verdict with its style, and what is missing for one."""

    title: str
    style: str
    missing: str


def verdict_of_results(results: Results, names: SchemaNames) -> VerdictView:
    """Return the verdict on a person with the labels that decide against it, or leave it open."""
    view = verdict_view(results.verdict, results.more, has_documents=bool(results.documents))
    failing, undecided = (", ".join(map(names.label, labels)) for labels in (results.failing, results.undecided))
    reasons = [view.missing] if view.missing else []
    if failing:
        reasons.append(_("fails for %(labels)s") % {"labels": failing})
    if undecided:
        reasons.append(_("not known yet for %(labels)s") % {"labels": undecided})
    return replace(view, missing=", ".join(reasons))


def verdict_view(verdict: Verdict, more: int | None, *, has_documents: bool = True) -> VerdictView:
    """Return a verdict as pages show it."""
    missing = ""
    if verdict is Verdict.UNKNOWN:
        missing = (
            ngettext("at least %(count)s more document", "at least %(count)s more documents", more) % {"count": more}
            if more is not None
            else _("too close to the threshold to say how many more documents")
        )
    return VerdictView(str(VERDICTS[verdict]) if has_documents else _("Not started"), STYLES[verdict], missing)


@dataclass(frozen=True)
class FigureView:
    """A figure with its interval as text, and its verdict where there is a threshold."""

    text: str
    interval: str
    verdict: VerdictView | None


def figure_view(judged: Judged) -> FigureView:
    """Return a figure as pages show it."""
    return FigureView(
        _value(judged.measured),
        _interval(judged.measured),
        None if judged.threshold is None else verdict_view(judged.verdict, judged.more),
    )


def _value(figure: Measured) -> str:
    return _("Not available: no spans") if figure.value is None else f"{figure.value:.2f}"


def _interval(figure: Measured) -> str:
    if figure.low is None or figure.high is None:
        return _("Not available: too few documents") if figure.value is not None else ""
    return f"{figure.low:.2f}–{figure.high:.2f}"


@dataclass(frozen=True)
class ResultRow:
    """A label with its figures; all labels together have no style."""

    name: str
    style: str
    spans: int
    overlap: FigureView
    exact: FigureView

    @property
    def figures(self) -> tuple[FigureView, FigureView]:
        """The figures in the order of their columns."""
        return self.overlap, self.exact


def result_rows(results: Results, names: SchemaNames) -> list[ResultRow]:
    """Return the rows of the table of results, all labels first."""
    rows = [(_("All labels"), "", results.overall)]
    rows += [(names.label(row.label), names.style(row.label), row) for row in results.labels]
    return [_result_row(name, style, row) for name, style, row in rows]


def _result_row(name: str, style: str, row: LabelResult) -> ResultRow:
    views = {measure: figure_view(judged) for measure, judged in row.figures.items()}
    return ResultRow(name, style, row.figures["overlap"].measured.spans, views["overlap"], views["exact"])


def drift_sentence(results: Results) -> str:
    """Return how the later documents compare with the earlier ones."""
    if results.drift is None:
        return _("Not available: drift needs 20 documents.")
    change = results.drift
    values = {"change": f"{change.change:+.2f}", "low": f"{change.low:+.2f}", "high": f"{change.high:+.2f}"}
    if change.high < 0:
        return (
            _("Overlap F1 has fallen: %(change)s (%(low)s to %(high)s) from the earlier half to the later half.")
            % values
        )
    if change.low > 0:
        return (
            _("Overlap F1 has risen: %(change)s (%(low)s to %(high)s) from the earlier half to the later half.")
            % values
        )
    return _("No drift is shown: overlap F1 changed by %(change)s (%(low)s to %(high)s) between the halves.") % values


@dataclass(frozen=True)
class DifferenceView:
    """A location where a set differs from the adjudicated one, with the rule behind the decision."""

    kinds: list[KindView]
    own_labels: list[tuple[str, str]]
    own: SafeString
    gold_labels: list[tuple[str, str]]
    gold: SafeString
    section: str
    reason: str
    note: str


@dataclass(frozen=True)
class Comparison:
    """A set against the adjudicated one, span by span."""

    same: int
    differences: list[DifferenceView]


def compare_with_gold(annotation_set: AnnotationSet, schema: Schema) -> Comparison | None:
    """Return how a set differs from the adjudicated one; None when there is none any more."""
    document = annotation_set.document
    golds = AnnotationSet.objects.filter(lifecycle.gold_sets(), document=document).order_by("id")
    gold = golds.first()
    if gold is None:
        return None
    sides = {OWN: _spans(annotation_set), GOLD: _spans(gold)}
    contents = {name: SetContent([_content(span) for span in spans], []) for name, spans in sides.items()}
    units = align(contents).units
    rules = _Rules(gold, document)
    names = SchemaNames(schema)
    return Comparison(
        sum(not unit.kinds for unit in units),
        [_difference(unit, sides, document.text, names, rules) for unit in units if unit.kinds],
    )


def _spans(annotation_set: AnnotationSet) -> list[SpanValue]:
    spans = state_of_rows(annotation_set).spans.values()
    return sorted(spans, key=lambda span: (span.fragments, span.label, span.id))


def _content(span: SpanValue) -> SpanContent:
    return SpanContent(span.label, span.fragments, span.attributes)


class _Rules:
    """The guideline sections, reasons and notes of the decisions behind an adjudicated set."""

    def __init__(self, gold: AnnotationSet, document: Document) -> None:
        decisions = Decision.objects.filter(adjudication__document=document, is_current=True, unit__kind="span")
        rows = decisions.order_by("id").values_list("unit__start", "unit__end", "outcome", "section", "reason", "note")
        self._decisions = list(rows)

    def of(self, unit: AlignedUnit, gold: Sequence[SpanValue]) -> tuple[str, str, str]:
        """Return section, reason and note of the decision about these spans, or about the location."""
        ids = {span.id for span in gold}
        for start, end, outcome, section, reason, note in self._decisions:
            outcomes = {span["id"] for span in outcome}
            if (ids & outcomes) or (not ids and not outcomes and start < unit.end and end > unit.start):
                return section, str(Reason(reason).label) if reason else "", note
        return "", "", ""


def _difference(
    unit: AlignedUnit, sides: Mapping[str, Sequence[SpanValue]], text: str, names: SchemaNames, rules: _Rules
) -> DifferenceView:
    own, gold = ([sides[name][row] for row in unit.rows.get(name, ())] for name in (OWN, GOLD))
    shown = window(text, unit.start, unit.end)
    kinds = [KINDS[kind] for kind in DisagreementKind if kind in unit.kinds]
    section, reason, note = rules.of(unit, gold)

    def view(spans: Sequence[SpanValue]) -> tuple[list[tuple[str, str]], SafeString]:
        labels = [(_label(span, names), names.style(span.label)) for span in spans]
        marks = [(span.fragments, f"{names.style(span.label)} {kinds[0].style}") for span in spans]
        return labels, drawn(shown, marks)

    return DifferenceView(kinds, *view(own), *view(gold), section=section, reason=reason, note=note)


def _label(span: SpanValue, names: SchemaNames) -> str:
    values = ", ".join(
        f"{names.attribute(span.label, name)}: {value}" for name, value in sorted(span.attributes.items())
    )
    return f"{names.label(span.label)} ({values})" if values else names.label(span.label)


def person_context(results: Results, names: SchemaNames) -> dict[str, Any]:
    """Return what a page shows of results."""
    return {
        "results": results,
        "verdict": verdict_of_results(results, names),
        "rows": result_rows(results, names) if results.documents else [],
        "drift": drift_sentence(results),
        "documents": [
            {
                "set": document.annotation_set,
                "overlap": _score(document.f1("overlap")),
                "exact": _score(document.f1("exact")),
            }
            for document in results.documents
        ],
    }


def _score(value: float | None) -> str:
    return _("Not available: no spans") if value is None else f"{value:.2f}"
