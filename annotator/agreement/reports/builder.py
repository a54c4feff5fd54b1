"""From the sum of all documents to a report. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from annotator.agreement.counting.disagreement_rows import BoundaryKey
from annotator.agreement.counting.statistics import F1_COLUMNS, INTERVAL_SETTINGS, Intervals
from annotator.agreement.counting.tallies import Counts, PairTally, SharedEnds, Tally
from annotator.agreement.reports.diagnosis import Diagnosis
from annotator.agreement.reports.label_figures import LABEL_FIGURES, LabelFigures, LabelSums, ReportFigure
from annotator.agreement.reports.report import (
    AlignedLabels,
    AnnotatorDocuments,
    AnnotatorFigures,
    ApartCount,
    AttributeFigures,
    BatchFigures,
    BoundaryCount,
    Coefficients,
    CountFigures,
    CoveringLabel,
    DisagreementCount,
    DisagreementType,
    Distribution,
    DocumentAttributeFigures,
    GammaFigure,
    LabelCoefficients,
    LabelCounts,
    LeftOut,
    LocationCount,
    MappedSets,
    MixedVersions,
    OverallFigures,
    PairFigures,
    RelationFigures,
    Report,
    TokenFigures,
)
from annotator.measures import bootstrap
from annotator.measures.cohen import Contingency
from annotator.measures.figures import Figure, Undefined, add_in_order
from annotator.measures.fleiss import kappa_of
from annotator.measures.gwet import ac1_of
from annotator.measures.jackknife import Interval
from annotator.measures.krippendorff import Coincidences
from annotator.measures.units import FloatArray

COVERING_SHARE = 0.5
"""An annotator who puts one label on this share of what they read is named beside its figures."""
BINS = 10


@dataclass(frozen=True)
class Circumstances:
    """What a report says that is not counted from its documents: what it leaves out, its batches, gamma, the method."""

    left_out: LeftOut
    distribution: Distribution
    batches: tuple[BatchFigures, ...]
    gamma: GammaFigure | None
    method: int
    diagnosis: Diagnosis | None = None
    read_through_mapping: tuple[MappedSets, ...] | None = None
    weeks: tuple[BatchFigures, ...] | None = None
    document_attributes: tuple[DocumentAttributeFigures, ...] | None = None


def build_report(
    total: Tally,
    rows: FloatArray,
    *,
    labels: Sequence[str],
    relation_labels: Sequence[str],
    circumstances: Circumstances | None = None,
) -> Report:
    """Return a report with labels in the order given; `rows` are the `statistics_rows` for `labels`."""
    intervals, pooled = Intervals(rows), total.all_pairs
    around = circumstances or Circumstances(LeftOut(0, 0), distribution([]), (), None, 0)
    return Report(
        documents=total.documents,
        annotators=tuple(AnnotatorDocuments(name, count) for name, count in sorted(total.sets.items())),
        labels=tuple(_label(total, pooled, label, row, intervals) for row, label in enumerate(labels)),
        overall=_overall(total, pooled, len(labels), intervals, around.diagnosis),
        pairs=tuple(_pair(names, pair, labels, around.diagnosis) for names, pair in sorted(total.pairs.items())),
        against_others=_against_others(total, labels),
        confusion=_confusion(pooled.aligned),
        tokens=_tokens(total, labels),
        disagreements=tuple(DisagreementCount(*key, count) for key, count in sorted(total.disagreements.items())),
        locations=tuple(
            LocationCount(tuple(DisagreementType(*each) for each in types), count)
            for types, count in sorted(total.locations.items())
        ),
        apart=tuple(ApartCount(*key, count) for key, count in sorted(total.apart.items())),
        boundaries=_boundaries(total.boundaries),
        boundary_locations=_boundaries(total.boundary_locations),
        covering=_covering(total, labels),
        read_through_mapping=around.read_through_mapping,
        mixed_versions=MixedVersions(total.mixed, dict(sorted(total.left_out.items()))),
        attributes=_attributes(total, labels),
        document_attributes=around.document_attributes,
        relations=tuple(_relation(pooled, label) for label in relation_labels if label in pooled.relations),
        left_out=around.left_out,
        distribution=around.distribution,
        batches=around.batches,
        weeks=around.weeks,
        gamma=around.gamma,
        without=around.diagnosis.without if around.diagnosis else None,
        method=around.method,
        interval=INTERVAL_SETTINGS,
    )


def label_sums(tally: Tally, pooled: PairTally, label: str) -> LabelSums:
    """Return what the figures of a label are computed from."""
    tokens, code_points = tally.tokens.coincidences(label), tally.code_points.coincidences(label)
    return LabelSums(tally.spans.get(label, 0), pooled.spans.get(label, Counts()), tokens, code_points)


def _label(total: Tally, pooled: PairTally, label: str, row: int, intervals: Intervals) -> LabelFigures:
    sums = label_sums(total, pooled, label)
    points = sums.code_points
    figures = {
        name: ReportFigure.of(
            declared.value(sums),
            intervals.interval(
                declared.resampled,
                row,
                declared.columns,
                spans=sums.spans,
                least=0.0 if declared.resampled is bootstrap.f1 else -np.inf,
            ),
        )
        for name, declared in LABEL_FIGURES.items()
    }
    share_of_text = points.margins.get(True, 0) / points.values if points.values else 0.0
    return LabelFigures(label=label, spans=sums.spans, share_of_text=share_of_text, **figures)


def _overall(
    total: Tally, pooled: PairTally, row: int, intervals: Intervals, diagnosis: Diagnosis | None
) -> OverallFigures:
    spans, counts = sum(total.spans.values()), pooled.all_spans

    def interval(matching: str) -> Interval | None:
        return intervals.interval(bootstrap.f1, row, F1_COLUMNS[matching], spans=spans, least=0.0)

    return OverallFigures(
        spans=spans,
        exact_f1=ReportFigure.of(counts.exact_f1, interval("exact")),
        overlap_f1=ReportFigure.of(counts.overlap_f1, interval("overlap")),
        unlabelled_f1=ReportFigure.of(pooled.unlabelled.f1),
        alpha_tokens=ReportFigure.of(total.overall_alpha, diagnosis.alpha if diagnosis else None),
        alpha_code_points=ReportFigure.of(
            total.overall_code_point_alpha, diagnosis.alpha_code_points if diagnosis else None
        ),
    )


def _pair(names: tuple[str, str], pair: PairTally, labels: Sequence[str], diagnosis: Diagnosis | None) -> PairFigures:
    of_pair = diagnosis.pairs.get(names) if diagnosis else None
    overall = CountFigures.of(pair.all_spans)
    if of_pair and of_pair.overlap:
        overall = replace(overall, overlap_f1=ReportFigure.of(pair.all_spans.overlap_f1, of_pair.overlap))
    return PairFigures(
        first=names[0],
        second=names[1],
        documents=pair.documents,
        overall=overall,
        kappa=of_pair.kappa if of_pair else None,
        unlabelled_f1=ReportFigure.of(pair.unlabelled.f1),
        labels=_label_counts(pair.spans, labels),
        confusion=_confusion(pair.aligned),
    )


def _label_counts(counts: Mapping[str, Counts], labels: Sequence[str]) -> tuple[LabelCounts, ...]:
    return tuple(LabelCounts.of(label, counts[label]) for label in labels if label in counts)


def _confusion(aligned: Mapping[tuple[str, str], int]) -> tuple[AlignedLabels, ...]:
    """Return aligned spans by their two labels, in either order; "" is last."""
    counts: Counter[tuple[str, str]] = Counter()
    for labels, count in aligned.items():
        one, other = sorted(labels, key=lambda label: (not label, label))
        counts[one, other] += count
    return tuple(AlignedLabels(*labels, count) for labels, count in sorted(counts.items()))


def _boundaries(counts: Mapping[BoundaryKey, int]) -> tuple[BoundaryCount, ...]:
    """Return what boundaries differ by, for each label, at how many starts or ends; the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(BoundaryCount(boundary_class, label, side, count) for (boundary_class, label, side), count in ordered)


def _against_others(total: Tally, labels: Sequence[str]) -> tuple[AnnotatorFigures, ...]:
    """Return each annotator against all others together: the pairs that they are part of, their own counts first."""
    figures = []
    for name in sorted(total.sets):
        counts: dict[str, Counts] = {}
        for pair, tally in total.pairs.items():
            if name in pair:
                for label, both in tally.spans.items():
                    own = both if pair[0] == name else Counts(both.second, both.first, both.exact, both.overlap)
                    counts[label] = counts.get(label, Counts()) + own
        overall = CountFigures.of(sum(counts.values(), Counts()))
        figures.append(AnnotatorFigures(name, total.sets[name], overall, _label_counts(counts, labels)))
    return tuple(figures)


def _tokens(total: Tally, labels: Sequence[str]) -> TokenFigures:
    """Return the coefficients for each label and for sets of labels.

    Cohen's kappa is the mean over pairs, weighted by the tokens both read; the other two pool all judgements.
    """
    by_label = []
    for label in labels:
        occurs = bool(total.spans.get(label))
        coincidences = total.tokens.coincidences(label) if occurs else None
        tables = [_table(total, pair, label) for pair in sorted(total.pairs)] if occurs else []
        by_label.append(LabelCoefficients(label, **vars(_coefficients(coincidences, tables))))
    overall = _coefficients(
        total.label_sets if total.spans else None,
        [pair.tokens for pair in total.pairs.values()] if total.spans else [],
    )
    return TokenFigures(total.tokens.items, tuple(by_label), overall)


def _table(total: Tally, pair: tuple[str, str], label: str) -> Contingency:
    tally = total.pairs[pair]
    marks = tally.marked.get(label)
    return marks.contingency(tally.tokens.total) if marks else Contingency({(False, False): tally.tokens.total})


def _coefficients(coincidences: Coincidences | None, tables: Sequence[Contingency]) -> Coefficients:
    def figure(measure: Callable[[Coincidences], Figure]) -> ReportFigure:
        return ReportFigure.of(measure(coincidences) if coincidences else Figure.without_value(Undefined.NO_SPANS))

    return Coefficients(ReportFigure.of(mean_kappa(tables)), figure(kappa_of), figure(ac1_of))


def mean_kappa(tables: Sequence[Contingency]) -> Figure:
    """Return kappa averaged over pairs of annotators, weighted by items; pairs without a value are left out.

    Tables of different pairs are not added up: kappa takes chance from each annotator's own shares.
    """
    defined = [(table.kappa.value, table.total) for table in tables if table.kappa.is_defined]
    if not defined:
        return tables[0].kappa if tables else Figure.without_value(Undefined.NO_SPANS)
    return Figure(add_in_order(kappa * weight for kappa, weight in defined) / sum(weight for _, weight in defined))


def _covering(total: Tally, labels: Sequence[str]) -> tuple[CoveringLabel, ...]:
    """Return annotators who put a label on `COVERING_SHARE` or more of the code points they read."""
    return tuple(
        CoveringLabel(name, label, counts[label] / total.read[name])
        for name, counts in sorted(total.covered.items())
        for label in labels
        if total.read.get(name) and counts.get(label, 0) >= COVERING_SHARE * total.read[name]
    )


def _attributes(total: Tally, labels: Sequence[str]) -> tuple[AttributeFigures, ...]:
    """Return attributes on exactly matched spans: observed agreement pooled, kappa averaged over pairs by spans."""
    tables: dict[tuple[str, str], list[Contingency]] = {}
    for pair in total.pairs.values():
        for key, table in pair.attributes.items():
            tables.setdefault(key, []).append(table)
    position: Mapping[str, int] = {label: index for index, label in enumerate(labels)}
    return tuple(
        AttributeFigures(
            label=label,
            attribute=name,
            matched=sum(table.total for table in tables[label, name]),
            observed=ReportFigure.of(sum(tables[label, name], Contingency()).observed),
            kappa=ReportFigure.of(mean_kappa(tables[label, name])),
        )
        for label, name in sorted(tables, key=lambda key: (position.get(key[0], len(position)), key))
    )


def _relation(pooled: PairTally, label: str) -> RelationFigures:
    """Return F1 over all relations, and over those between spans that both annotators have."""
    drawn, shared = pooled.relations[label], pooled.shared_relations.get(label, SharedEnds())
    return RelationFigures(
        label,
        **vars(CountFigures.of(drawn)),
        shared_exact_f1=ReportFigure.of(shared.exact_f1(drawn)),
        shared_overlap_f1=ReportFigure.of(shared.overlap_f1(drawn)),
    )


def distribution(values: Iterable[float | None]) -> Distribution:
    """Return documents by overlap F1: bins from 0 to 1 (1 itself in the last), and those without a figure."""
    bins, undefined = [0] * BINS, 0
    for value in values:
        if value is None:
            undefined += 1
        else:
            bins[min(int(value * BINS), BINS - 1)] += 1
    return Distribution(tuple(bins), undefined)


def batch_figures(total: Tally, *, at: str, labels: Sequence[str]) -> BatchFigures:
    """Return the figures of the documents of one import."""
    pooled = total.all_pairs
    overall = CountFigures.of(pooled.all_spans)
    return BatchFigures(at, total.documents, overall, _label_counts(pooled.spans, labels))


def week_figures(
    documents: Sequence[tuple[int, Tally]], weeks: Mapping[int, str], *, labels: Sequence[str]
) -> tuple[BatchFigures, ...]:
    """Return the figures of the documents of each week, oldest first; `weeks` by document, none for some."""
    by_week: dict[str, list[Tally]] = {}
    for document, tally in documents:
        if document in weeks:
            by_week.setdefault(weeks[document], []).append(tally)
    return tuple(_week(start, tallies, labels) for start, tallies in sorted(by_week.items()))


def _week(start: str, tallies: Sequence[Tally], labels: Sequence[str]) -> BatchFigures:
    counts: dict[str, Counts] = {}
    for tally in tallies:
        for label, own in tally.all_pairs.spans.items():
            counts[label] = counts.get(label, Counts()) + own
    overall = CountFigures.of(sum(counts.values(), Counts()))
    return BatchFigures(start, len(tallies), overall, _label_counts(counts, labels))
