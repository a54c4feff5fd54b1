"""What a report would be without one annotator, one document or one label, and how sure its other figures are. Pure.

Everything follows from the tallies of single documents. Alpha over the sets of labels on tokens is added up from the
tables of pairs of annotators, so that it is known without any of them.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.agreement.counting.tallies import Counts, Tally
from annotator.agreement.reports.label_figures import ReportFigure
from annotator.agreement.reports.report import WithoutPart
from annotator.measures.alignment import DisagreementKind
from annotator.measures.cohen import Contingency
from annotator.measures.figures import Figure
from annotator.measures.jackknife import Interval, interval_of
from annotator.measures.krippendorff import Coincidences

MOST_DOCUMENTS = 600
"""Beyond it the tallies of all documents are not read again; intervals of labels do not depend on this."""
MOST_PARTS = 5
RELATION = DisagreementKind.RELATION.value


@dataclass(frozen=True)
class Diagnosis:
    """The interval of alpha over all labels, figures of pairs, and the parts without which agreement rises most."""

    alpha: Interval | None
    alpha_code_points: Interval | None
    pairs: Mapping[tuple[str, str], "PairDiagnosis"]
    without: tuple[WithoutPart, ...]


@dataclass(frozen=True)
class PairDiagnosis:
    """Kappa over sets of labels on tokens of a pair, and the interval of its overlap F1."""

    kappa: ReportFigure
    overlap: Interval | None


def diagnose(documents: Sequence[tuple[int, Tally]]) -> Diagnosis:
    """Return the diagnosis of documents with their tallies, by key."""
    tallies = [tally for _, tally in documents]
    total, without_documents = _without_each([tally.label_sets for tally in tallies])
    alpha = _alpha(total)
    names = sorted({name for tally in tallies for name in tally.sets})
    by_label = _counts_by_label(tallies)
    disagreements = _disagreements(tallies)
    parts = [
        *(_without_annotator(name, tallies, disagreements) for name in (names if len(names) > 2 else [])),
        *(
            WithoutPart("document", str(key), _or_none(value), None, sum(tally.locations.values()))
            for (key, tally), value in zip(documents, without_documents, strict=True)
            if len(documents) > 2
        ),
        *(_without_label(label, by_label, disagreements) for label in (by_label if len(by_label) > 1 else [])),
    ]
    of_points, without_points = _without_each([tally.code_point_sets for tally in tallies])
    has_interval = len(tallies) >= MINIMUM_DOCUMENTS
    return Diagnosis(
        interval_of(alpha, np.array(without_documents)) if has_interval else None,
        interval_of(_alpha(of_points), np.array(without_points)) if has_interval else None,
        _pairs(tallies),
        tuple(_most_effective(parts, alpha, _f1(by_label.values()))),
    )


def _without_each(documents: Sequence[Coincidences]) -> tuple[Coincidences, list[float]]:
    """Return the coincidences of all documents, and alpha without each of them."""
    total = sum(documents, Coincidences())
    return total, [_alpha(_minus(total, own)) for own in documents]


def _alpha(coincidences: Coincidences) -> float:
    figure = coincidences.alpha
    return figure.value if figure.is_defined else float("nan")


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _minus(total: Coincidences, part: Coincidences) -> Coincidences:
    margins = Counter(total.margins)
    margins.subtract(part.margins)
    left = {value: count for value, count in margins.items() if count}
    return Coincidences(total.items - part.items, total.values - part.values, total.agreeing - part.agreeing, left)


def _without_annotator(name: str, tallies: Sequence[Tally], disagreements: Mapping[str, int]) -> WithoutPart:
    """Alpha and overlap F1 of the other annotators, over documents that two of them have."""
    total, counts = Coincidences(), Counts()
    for tally in tallies:
        pairs = {pair: own for pair, own in tally.pairs.items() if name not in pair}
        if pairs:
            total += _coincidences([own.tokens for own in pairs.values()], len({who for pair in pairs for who in pair}))
            counts = sum((own.all_spans for own in pairs.values()), counts)
    figure = counts.overlap_f1
    value = figure.value if figure.is_defined else None
    return WithoutPart("annotator", name, _or_none(_alpha(total)), value, disagreements.get(f"annotator {name}", 0))


def _coincidences(tables: Sequence[Contingency], annotators: int) -> Coincidences:
    """The coincidences of annotators who all judged the same items, from the tables of all pairs of them."""
    margins: Counter[Hashable] = Counter()
    agreeing = 0
    for table in tables:
        agreeing += 2 * table.agreeing
        for (first, second), count in table.cells.items():
            margins[first] += count
            margins[second] += count
    others = annotators - 1
    items = tables[0].total
    whole = {value: count // others for value, count in margins.items()}
    return Coincidences(items, items * annotators, agreeing / others, whole)


def _counts_by_label(tallies: Iterable[Tally]) -> dict[str, Counts]:
    counts: dict[str, Counts] = {}
    for tally in tallies:
        for pair in tally.pairs.values():
            for label, own in pair.spans.items():
                counts[label] = counts.get(label, Counts()) + own
    return counts


def _disagreements(tallies: Iterable[Tally]) -> Counter[str]:
    """Locations at which an annotator differs from most others, and locations by label."""
    counts: Counter[str] = Counter()
    for tally in tallies:
        for (name, kind, _label), number in tally.apart.items():
            counts[f"annotator {name}"] += 0 if kind else number
        for types, number in tally.locations.items():
            for label in {name for kind, *names, _ in types for name in names if kind != RELATION} - {""}:
                counts[f"label {label}"] += number
    return counts


def _f1(counts: Iterable[Counts]) -> float:
    figure = sum(counts, Counts()).overlap_f1
    return figure.value if figure.is_defined else float("nan")


def _without_label(label: str, by_label: Mapping[str, Counts], disagreements: Mapping[str, int]) -> WithoutPart:
    value = _f1(counts for other, counts in by_label.items() if other != label)
    return WithoutPart("label", label, None, _or_none(value), disagreements.get(f"label {label}", 0))


def _most_effective(parts: Sequence[WithoutPart], alpha: float, overlap: float) -> list[WithoutPart]:
    """The parts of each kind without which agreement rises most, in order of effect."""

    def effect(part: WithoutPart) -> float:
        if part.alpha is not None and np.isfinite(alpha):
            return part.alpha - alpha
        return part.overlap_f1 - overlap if part.overlap_f1 is not None and np.isfinite(overlap) else 0.0

    ordered = sorted(parts, key=lambda part: (-effect(part), part.kind, part.name))
    kept: list[WithoutPart] = []
    for kind in ("annotator", "document", "label"):
        kept += [part for part in ordered if part.kind == kind and effect(part) > 0][:MOST_PARTS]
    return sorted(kept, key=lambda part: (-effect(part), part.kind, part.name))


def _pairs(tallies: Sequence[Tally]) -> dict[tuple[str, str], PairDiagnosis]:
    tables: dict[tuple[str, str], list[tuple[Contingency, Counts]]] = {}
    for tally in tallies:
        for pair, own in tally.pairs.items():
            tables.setdefault(pair, []).append((own.tokens, own.all_spans))
    return {pair: _pair(own) for pair, own in sorted(tables.items())}


def _pair(documents: Sequence[tuple[Contingency, Counts]]) -> PairDiagnosis:
    cells: Counter[tuple[Hashable, Hashable]] = Counter()
    for table, _ in documents:
        cells.update(table.cells)
    kappa = Contingency(dict(cells)).kappa
    counts = sum((own for _, own in documents), Counts())
    enough = len(documents) >= MINIMUM_DOCUMENTS and counts.first + counts.second >= MINIMUM_SPANS
    if not enough:
        return PairDiagnosis(ReportFigure.of(kappa), None)
    kappas = np.array([_value(_without_cells(cells, table).kappa) for table, _ in documents])
    overlaps = np.array([_value(_counts_minus(counts, own).overlap_f1) for _, own in documents])
    interval = interval_of(_value(kappa), kappas)
    return PairDiagnosis(ReportFigure.of(kappa, interval), interval_of(_value(counts.overlap_f1), overlaps, least=0.0))


def _value(figure: Figure) -> float:
    return figure.value if figure.is_defined else float("nan")


def _without_cells(cells: Counter[tuple[Hashable, Hashable]], table: Contingency) -> Contingency:
    left = Counter(cells)
    left.subtract(table.cells)
    return Contingency({values: count for values, count in left.items() if count})


def _counts_minus(total: Counts, part: Counts) -> Counts:
    return Counts(
        total.first - part.first, total.second - part.second, total.exact - part.exact, total.overlap - part.overlap
    )
