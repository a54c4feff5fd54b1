"""A report in plain sentences, for pages, API and console.

Undefined values are explained, never shown as 0 or 1. Shares are percentages; coefficients have two decimals.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.agreement.reports.label_figures import RELIABLE, TENTATIVE, LabelFigures, ReportFigure
from annotator.agreement.reports.report import CoveringLabel, GammaFigure, LeftOut, MappedSets, MixedVersions, Report
from annotator.agreement.scope import Scope
from annotator.measures.figures import Undefined
from annotator.platform.http.display import format_moment

REASONS: Mapping[Undefined, Promise] = {
    Undefined.NO_SPANS: gettext_lazy("there are no spans to compare"),
    Undefined.ONE_ANNOTATOR: gettext_lazy("only one annotator marked it"),
    Undefined.EMPTY_DOCUMENT: gettext_lazy("the document is empty"),
    Undefined.NO_VARIATION: gettext_lazy("all values are the same, so agreement by chance cannot be separated"),
    Undefined.NO_PAIRS: gettext_lazy("no two annotators judged the same items"),
    Undefined.NO_ITEMS: gettext_lazy("there are no items that both annotators judged"),
    Undefined.TOO_DENSE: gettext_lazy("too many spans overlap to compare all of them"),
}

HIGH_F1, LOW_ALPHA = 0.667, 0.4
FIGURES_APART = 0.3
# Below this share of the text, spans of two annotators rarely overlap by chance: the lengths of spans differ instead.
DENSE = 0.2
HEAT_STEPS = (0.4, 0.6, 0.8)


@dataclass(frozen=True)
class FigureText:
    """A figure in a table: its text, the interval or the reason below it, and the shade of its cell (0 worst to 3)."""

    text: str
    note: str = ""
    heat: int | None = None
    is_defined: bool = True


def figure_text(figure: ReportFigure | None) -> FigureText:
    """Return a figure with two decimals and its interval, or the reason why it is not available.

    None is a figure that a stored report of an earlier version lacks.
    """
    if figure is None:
        return FigureText(_("Not available"), _("update the report"), is_defined=False)
    if figure.value is None:
        reason = str(REASONS[figure.undefined]) if figure.undefined else ""
        return FigureText(_("Not available"), reason, is_defined=False)
    # The shade follows the lower end of the interval, as the words do; without an interval there is none.
    heat = None if figure.low is None else sum(figure.low >= step for step in HEAT_STEPS)
    return FigureText(decimals(figure.value), interval_text(figure), heat=heat)


def value_text(value: float | None) -> FigureText:
    """Return a figure of which only the value is known."""
    if value is None:
        return FigureText(_("Not available"), is_defined=False)
    return figure_text(ReportFigure(value, None, None, None))


def not_available(reason: Undefined | None) -> str:
    """Return the sentence about a figure that is not defined."""
    return _("Not available: %(reason)s.") % {"reason": REASONS[reason or Undefined.NO_ITEMS]}


def interval_text(figure: ReportFigure | GammaFigure) -> str:
    """Return an interval with two decimals; "" where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    return f"{decimals(figure.low)}–{decimals(figure.high)}"


def decimals(value: float) -> str:
    """Return two decimals; a value that is not exactly 1 or 0 is not rounded to it."""
    rounded = round(value, 2)
    if rounded == 1 and value < 1:
        rounded = 0.99
    if rounded == 0 and value:
        rounded = 0.01 if value > 0 else -0.01
    return f"{rounded:.2f}".replace("-", "\N{MINUS SIGN}")


def signed(value: float) -> str:
    """Return a difference with its sign and two decimals.

    >>> signed(0.121), signed(-0.3), signed(0.001)
    ('+0.12', '−0.30', '±0.00')
    """
    rounded = round(value, 2)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    return f"{sign}{abs(rounded):.2f}"


def percent(value: float) -> int:
    """Return a share in percent; 100 and 0 only when it is exactly that."""
    rounded = round(value * 100)
    if value < 1 and rounded >= 100:
        return 99
    return 1 if value > 0 and rounded == 0 else rounded


def percentage(value: float) -> str:
    """Return a share with its sign, which a line break never parts."""
    return f"{percent(value)}\N{NO-BREAK SPACE}%"


def documents_text(count: int) -> str:
    """Return a number of documents: "1 document", "1,200 documents"."""
    return ngettext("%(count)s document", "%(count)s documents", count) % {"count": f"{count:,}"}


def spans_text(count: int) -> str:
    """Return a number of spans."""
    return ngettext("%(count)s span", "%(count)s spans", count) % {"count": f"{count:,}"}


def annotators_text(count: int) -> str:
    """Return a number of annotators."""
    return ngettext("%(count)s annotator", "%(count)s annotators", count) % {"count": f"{count:,}"}


def _share(figure: ReportFigure, cases: int) -> str:
    """Return a share with its interval, or with the number of cases where there is no interval."""
    value, text = figure.value or 0.0, percentage(figure.value or 0.0)
    if figure.low is not None and figure.high is not None:
        return f"{text} ({percent(figure.low)}–{percentage(figure.high)})"
    if not cases:
        return text
    matched = {"matched": f"{round(value * cases):,}", "cases": f"{cases:,}"}
    return _("%(share)s (%(counts)s)") % {"share": text, "counts": _("%(matched)s of %(cases)s") % matched}


def label_sentence(row: LabelFigures, report: Report, *, name: str) -> str:
    """Return how often annotators agree on a label: the first thing a lead reads about it.

    A case is a span in a document that another annotator read too.
    """
    if row.overlap_f1.value is None:
        return not_available(row.overlap_f1.undefined)
    pairs = [counts for pair in report.pairs for counts in pair.labels if counts.label == row.label]
    cases = sum(counts.first_count + counts.second_count for counts in pairs)
    annotators = len(report.annotators)
    values = {"label": name, "overlap": _share(row.overlap_f1, cases), "exact": _share(row.exact_f1, cases)}
    if annotators == 2:
        agreement = _(
            "When one annotator marks “%(label)s”, the other marks an overlapping “%(label)s” %(overlap)s of the time. "
            "Same boundaries: %(exact)s."
        )
    else:
        agreement = _(
            "When one annotator marks “%(label)s”, another marks an overlapping “%(label)s” %(overlap)s of the time. "
            "Same boundaries: %(exact)s."
        )
    basis = ", ".join([spans_text(row.spans), documents_text(report.documents), annotators_text(annotators)])
    return f"{agreement % values} {basis}."


def alpha_sentence(row: LabelFigures) -> str:
    """Return alpha of a label with its interval and the rule by which it is high, moderate or low."""
    figure = row.alpha_tokens
    if figure.value is None:
        return _("Alpha over tokens: %(sentence)s") % {"sentence": not_available(figure.undefined)}
    interval = interval_text(figure)
    value = f"{decimals(figure.value)} ({interval})" if interval else decimals(figure.value)
    if figure.low is None:
        # The lower end of an interval is below the value, so that a low value is low without one.
        rating = _("without a confidence interval it cannot be rated")
        rating = rating if figure.value >= TENTATIVE else _rating(figure.value)
    elif figure.low < TENTATIVE <= (figure.high or 0.0):
        rating = _("not known yet, because the interval contains 0.67 (below it is low by Krippendorff’s rule)")
    else:
        rating = _("%(rating)s; the lower end of the interval decides") % {"rating": _rating(figure.low)}
    return _("Alpha over tokens: %(value)s, %(rating)s.") % {"value": value, "rating": rating}


def _rating(alpha: float) -> str:
    if alpha >= RELIABLE:
        return _("high (at least 0.80 by Krippendorff’s rule)")
    if alpha >= TENTATIVE:
        return _("moderate (0.67–0.80 by Krippendorff’s rule, for tentative conclusions)")
    return _("low (below 0.67 by Krippendorff’s rule)") if alpha > 0 else _("no better than chance")


def cautions(row: LabelFigures, *, documents: int) -> list[str]:
    """Return what to keep in mind about the figures of a label."""
    sentences = []
    overlap, alpha = row.overlap_f1.value, row.alpha_tokens.value
    is_mostly_chance = overlap is not None and alpha is not None and overlap >= HIGH_F1 and alpha < LOW_ALPHA
    if is_mostly_chance and row.share_of_text >= DENSE:
        sentences.append(
            _("Much of this agreement is to be expected by chance: the label covers %(share)s of the text.")
            % {"share": percentage(row.share_of_text)}
        )
    elif overlap is not None and alpha is not None and overlap - alpha >= FIGURES_APART:
        sentences.append(
            _("Overlap is much higher than alpha: annotators mark the same passages, but spans of different lengths.")
        )
    if overlap is None or row.overlap_f1.low is not None:
        return sentences
    if row.spans < MINIMUM_SPANS:
        sentences.append(
            _("Only %(spans)s: too few for a confidence interval, which needs %(minimum)s.")
            % {"spans": spans_text(row.spans), "minimum": MINIMUM_SPANS}
        )
    elif documents < MINIMUM_DOCUMENTS:
        sentences.append(_("No confidence interval: it needs %(minimum)s documents.") % {"minimum": MINIMUM_DOCUMENTS})
    return sentences


def covering_sentences(rows: Sequence[CoveringLabel], label: str, *, name: str) -> list[str]:
    """Return which annotators put a label on most of what they read: overlap says little about them."""
    return [
        _(
            "%(annotator)s puts “%(label)s” on %(share)s of the text they read, so any span overlaps with theirs. "
            "Look at alpha instead."
        )
        % {"annotator": row.name, "label": name, "share": percentage(row.share)}
        for row in rows
        if row.label == label
    ]


def basis_sentence(report: Report) -> str:
    """Return what a report is based on."""
    counts = [
        documents_text(report.documents),
        annotators_text(len(report.annotators)),
        spans_text(report.overall.spans),
    ]
    names = ", ".join(f"{annotator.name}: {annotator.documents:,}" for annotator in report.annotators)
    return _("%(counts)s. Documents by annotator: %(names)s.") % {"counts": ", ".join(counts), "names": names}


def left_out_sentence(left_out: LeftOut) -> str:
    """Return how many documents the report leaves out and why; "" when it includes all."""
    reasons = []
    if left_out.one_set:
        reasons.append(
            _("%(documents)s with one finished annotation set") % {"documents": documents_text(left_out.one_set)}
        )
    if left_out.no_set:
        reasons.append(
            _("%(documents)s without a finished annotation set") % {"documents": documents_text(left_out.no_set)}
        )
    sentences = [_("Not compared: %(reasons)s.") % {"reasons": ", ".join(reasons)}] if reasons else []
    if left_out.open_sets:
        sentences.append(
            ngettext(
                "%(count)s annotation set in progress is not counted.",
                "%(count)s annotation sets in progress are not counted.",
                left_out.open_sets,
            )
            % {"count": f"{left_out.open_sets:,}"}
        )
    return " ".join(sentences)


def mixed_sentence(mixed: MixedVersions | None, *, label_name: Callable[[str], str]) -> str:
    """Return what was not compared because the sets of a document have several schema versions; "" if nothing."""
    if mixed is None or not mixed.documents:
        return ""
    sentence = ngettext(
        "%(count)s document has annotation sets with different schema versions. Only what these have in common is "
        "compared",
        "%(count)s documents have annotation sets with different schema versions. Only what these have in common is "
        "compared",
        mixed.documents,
    ) % {"count": f"{mixed.documents:,}"}
    names = [f"{label_name(label)} ({spans_text(count)})" for label, count in mixed.left_out.items()]
    return (
        _("%(sentence)s, without %(labels)s.") % {"sentence": sentence, "labels": ", ".join(names)}
        if names
        else (f"{sentence}.")
    )


def mapped_sentence(mapped: Sequence[MappedSets] | None) -> str:
    """Return how many sets were read through a mapping between schema versions; "" if none."""
    return " ".join(
        ngettext(
            "%(count)s annotation set of schema version %(old)s was read through the mapping to version %(new)s.",
            "%(count)s annotation sets of schema version %(old)s were read through the mapping to version %(new)s.",
            row.sets,
        )
        % {"count": f"{row.sets:,}", "old": row.from_version, "new": row.to_version}
        for row in mapped or ()
    )


def stale_sentence(*, changed: int, withdrawn: int, added: int) -> str:
    """Return how many sets have changed since a report was made; "" when none has."""
    parts = [
        ngettext("%(count)s annotation set changed", "%(count)s annotation sets changed", changed),
        ngettext("%(count)s annotation set added", "%(count)s annotation sets added", added),
        ngettext("%(count)s annotation set withdrawn", "%(count)s annotation sets withdrawn", withdrawn),
    ]
    counts = (changed, added, withdrawn)
    changes = [part % {"count": f"{count:,}"} for part, count in zip(parts, counts, strict=True) if count]
    return f"{', '.join(changes)}." if changes else ""


def gamma_sentences(gamma: GammaFigure | None) -> list[str]:
    """Return gamma, how to read it, and its settings; nothing for a report without it."""
    if gamma is None:
        return []
    if gamma.value is None:
        return [_("Gamma: %(sentence)s") % {"sentence": not_available(gamma.undefined)}]
    interval = interval_text(gamma)
    value = f"{decimals(gamma.value)} ({interval})" if interval else decimals(gamma.value)
    sentences = [_("Gamma: %(value)s.") % {"value": value}]
    if gamma.documents < gamma.documents_of_report:
        sentences.append(_sample_of_gamma(gamma))
    sentences.append(
        _(
            "It measures boundaries and labels together and allows overlapping spans. 1 is perfect agreement, "
            "0 is chance. There is no agreed scale: compare it with your own earlier reports only."
        )
    )
    if gamma.is_exact is False:
        sentences.append(
            _(
                "So many spans overlap that only the nearest were compared: alignments may cost a little more than "
                "the best ones, and gamma is approximate."
            )
        )
    return [*sentences, _gamma_settings(gamma)]


def _sample_of_gamma(gamma: GammaFigure) -> str:
    values = {"documents": documents_text(gamma.documents), "all": documents_text(gamma.documents_of_report)}
    if gamma.low_of_report is None or gamma.high_of_report is None:
        text = _(
            "Measured on a random sample of %(documents)s. Other documents might give another value: the standard "
            "error below covers only the estimate of chance."
        )
        return text % values
    text = _(
        "Measured on a random sample of %(documents)s. Gamma of all %(all)s of the report is between %(low)s and "
        "%(high)s (95 %% confidence interval, which covers the choice of the sample)."
    )
    return text % {**values, "low": decimals(gamma.low_of_report), "high": decimals(gamma.high_of_report)}


def _gamma_settings(gamma: GammaFigure) -> str:
    settings = gamma.settings
    values: dict[str, object] = {name: f"{settings[name]:g}" for name in ("alpha", "beta", "delta_empty")}
    error = "" if gamma.standard_error is None else f"{gamma.standard_error:.4f}"
    values |= {"sampler": settings["sampler"], "seed": settings["seed"], "samples": gamma.samples, "error": error}
    if gamma.draws:
        text = _(
            "Settings: alpha %(alpha)s, beta %(beta)s, delta %(delta_empty)s, sampler %(sampler)s, seed %(seed)s. "
            "Chance was estimated from random continua of %(draws)s documents, drawn in proportion to their spans, "
            "because aligning so many annotators takes long: standard error %(error)s."
        )
        return text % {**values, "draws": gamma.draws}
    text = _(
        "Settings: alpha %(alpha)s, beta %(beta)s, delta %(delta_empty)s, sampler %(sampler)s, seed %(seed)s, "
        "%(samples)s random continua per document, standard error %(error)s."
    )
    return text % values


def scope_sentence(scope: Scope, *, label_name: Callable[[str], str]) -> str:
    """Return the filters of a report; "" without any. A blind report does not name its annotators."""
    parts = [*_span_filters(scope, label_name), *_document_filters(scope)]
    if scope.tokens == "white_space":
        parts.append(_("tokens: everything between white space"))
    if scope.blind:
        parts.append(_("names hidden"))
    return _("Filters: %(filters)s.") % {"filters": "; ".join(parts)} if parts else ""


def _span_filters(scope: Scope, label_name: Callable[[str], str]) -> Iterator[str]:
    if scope.labels:
        yield _("labels: %(labels)s") % {"labels": ", ".join(map(label_name, scope.labels))}
    if scope.annotators:
        names = annotators_text(len(scope.annotators)) if scope.blind else ", ".join(scope.annotators)
        yield _("annotators: %(names)s") % {"names": names}
    if not scope.suggestions:
        yield _("without suggested spans")


def _document_filters(scope: Scope) -> Iterator[str]:
    if scope.documents:
        count = len(scope.documents)
        yield ngettext("%(count)s selected document", "%(count)s selected documents", count) % {"count": f"{count:,}"}
    if scope.batch:
        yield _("imported on %(moment)s") % {"moment": format_moment(scope.batch)}
    if scope.since:
        yield _("finished on or after %(day)s") % {"day": scope.since.isoformat()}
    if scope.until:
        yield _("finished on or before %(day)s") % {"day": scope.until.isoformat()}
