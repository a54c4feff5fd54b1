"""Parts of a report beyond labels and pairs: confusions, people against the rest, tokens, coverage. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from annotator.agreement.findings import BoundaryKey
from annotator.agreement.records import Record, counts_record, figure_record
from annotator.agreement.tallies import Counts, Tally
from annotator.measures.cohen import Contingency
from annotator.measures.figures import Figure, Undefined
from annotator.measures.fleiss import kappa_of
from annotator.measures.gwet import ac1_of
from annotator.measures.krippendorff import Coincidences

COVERING = 0.5
"""Who puts one label on so much of what they read is named beside its figures."""
BINS = 10


def confusion(aligned: Mapping[tuple[str, str], int]) -> list[list[Any]]:
    """Aligned spans by their two labels, in either order: rows of (label, other label or "", count)."""
    found: Counter[tuple[str, str]] = Counter()
    for labels, count in aligned.items():
        one, other = sorted(labels, key=lambda label: (not label, label))
        found[one, other] += count
    return [[*labels, count] for labels, count in sorted(found.items())]


def boundaries(counts: Mapping[BoundaryKey, int]) -> list[Record]:
    """By what boundaries differ, for each label, at how many starts or ends; the most frequent first."""
    return [
        {"class": by, "label": label, "side": side, "count": count}
        for (by, label, side), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def against_others(total: Tally, labels: Sequence[str]) -> list[Record]:
    """Each annotator against all others together: the pairs that they are one of, theirs first."""
    records = []
    for name in sorted(total.sets):
        counts: dict[str, Counts] = {}
        for pair, tally in total.pairs.items():
            if name in pair:
                for label, each in tally.spans.items():
                    own = each if pair[0] == name else Counts(each.second, each.first, each.exact, each.overlap)
                    counts[label] = counts.get(label, Counts()) + own
        by_label = [{"label": label, **counts_record(counts[label])} for label in labels if label in counts]
        overall = counts_record(sum(counts.values(), Counts()))
        records.append({"name": name, "documents": total.sets[name], "overall": overall, "labels": by_label})
    return records


def token_coefficients(total: Tally, labels: Sequence[str]) -> Record:
    """What reviewers ask for, over tokens: Cohen's kappa, Fleiss' kappa and AC1, per label and for sets of labels.

    Cohen's is the mean over pairs, weighted by the tokens both read; the other two pool all judgements.
    """
    by_label = []
    for label in labels:
        marked = bool(total.spans.get(label))
        found = total.tokens.coincidences(label) if marked else None
        tables = [(pair, _table(total, pair, label)) for pair in sorted(total.pairs)] if marked else []
        by_label.append({"label": label, **_coefficients(found, [table for _, table in tables])})
    overall = _coefficients(
        total.label_sets if total.spans else None,
        [pair.tokens for pair in total.pairs.values()] if total.spans else [],
    )
    return {"items": total.tokens.items, "labels": by_label, "overall": overall}


def _table(total: Tally, pair: tuple[str, str], label: str) -> Contingency:
    tally = total.pairs[pair]
    marks = tally.marked.get(label)
    return marks.contingency(tally.tokens.total) if marks else Contingency({(False, False): tally.tokens.total})


def _coefficients(found: Coincidences | None, tables: Sequence[Contingency]) -> Record:
    def figure(measure: Callable[[Coincidences], Figure]) -> Record:
        return figure_record(measure(found) if found else Figure.without_value(Undefined.NO_SPANS))

    return {"cohen": figure_record(mean_kappa(tables)), "fleiss": figure(kappa_of), "ac1": figure(ac1_of)}


def mean_kappa(tables: Sequence[Contingency]) -> Figure:
    """Kappa of each pair of annotators, averaged with the number of items as weight; those without value apart.

    Tables of different pairs are not added up: kappa takes chance from each annotator's own shares.
    """
    defined = [(table.kappa.value, table.total) for table in tables if table.kappa.is_defined]
    if not defined:
        return tables[0].kappa if tables else Figure.without_value(Undefined.NO_SPANS)
    return Figure(sum(kappa * weight for kappa, weight in defined) / sum(weight for _, weight in defined))


def covering(total: Tally, labels: Sequence[str]) -> list[Record]:
    """Annotators who put a label on `COVERING` or more of what they read: share of code points."""
    return [
        {"name": name, "label": label, "share": counts[label] / total.read[name]}
        for name, counts in sorted(total.covered.items())
        for label in labels
        if total.read.get(name) and counts.get(label, 0) >= COVERING * total.read[name]
    ]


def distribution(values: Iterable[float | None]) -> Record:
    """Documents by same-place F1: `bins` from 0 to 1, those with exactly 1 in the last; and those without a figure."""
    bins, undefined = [0] * BINS, 0
    for value in values:
        if value is None:
            undefined += 1
        else:
            bins[min(int(value * BINS), BINS - 1)] += 1
    return {"bins": bins, "undefined": undefined}


def batch_record(total: Tally, *, at: str, labels: Sequence[str]) -> Record:
    """The figures of one import."""
    pooled = total.all_pairs
    by_label = [{"label": label, **counts_record(pooled.spans[label])} for label in labels if label in pooled.spans]
    return {"at": at, "documents": total.documents, "overall": counts_record(pooled.all_spans), "labels": by_label}
