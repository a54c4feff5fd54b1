"""From the sum of all documents to the figures of a report, as JSON. Pure.

Everything is pooled: over documents, and over pairs of annotators where a figure is not given for each pair. A figure
is `{"value", "undefined", "low", "high"}`: a number or null with the reason, and a 95 % interval if the data suffice.
"""

from collections.abc import Mapping, Sequence

from annotator.agreement import report_parts
from annotator.agreement.records import Record, counts_record, figure_record
from annotator.agreement.statistics import CODE_POINTS, TOKENS, UNITS_AND_EXACT, UNITS_AND_OVERLAP, WIDTH
from annotator.agreement.tallies import Counts, PairTally, Positions, SharedEnds, Tally
from annotator.measures import bootstrap
from annotator.measures.cohen import Contingency
from annotator.measures.figures import Figure, Undefined
from annotator.measures.units import FloatArray

MINIMUM_DOCUMENTS = 8
MINIMUM_SPANS = 30
"""Fewer than these, and an interval would promise more than the data hold."""


def report_of(total: Tally, rows: FloatArray, *, labels: Sequence[str], relation_labels: Sequence[str]) -> Record:
    """The whole report, labels in the order given; `rows` are the `statistics_rows` for `labels`."""
    resampled = None
    if total.documents >= MINIMUM_DOCUMENTS:
        sums = bootstrap.resampled_sums(rows.reshape(len(rows), -1), bootstrap.plans(len(rows)))
        resampled = sums.reshape(len(sums), -1, WIDTH)
    pooled = total.all_pairs
    return {
        "documents": total.documents,
        "annotators": [{"name": name, "documents": count} for name, count in sorted(total.sets.items())],
        "labels": [
            _label_record(total, pooled, label, None if resampled is None else resampled[:, at])
            for at, label in enumerate(labels)
        ],
        "overall": _overall_record(total, pooled, None if resampled is None else resampled[:, -1]),
        "pairs": [_pair_record(names, pair, labels) for names, pair in sorted(total.pairs.items())],
        "against_others": report_parts.against_others(total, labels),
        "confusion": report_parts.confusion(pooled.aligned),
        "tokens": report_parts.token_coefficients(total, labels),
        "disagreements": [[*key, count] for key, count in sorted(total.disagreements.items())],
        "boundaries": report_parts.boundaries(total.boundaries),
        "covering": report_parts.covering(total, labels),
        "mixed_versions": {"documents": total.mixed, "left_out": dict(sorted(total.left_out.items()))},
        "attributes": _attribute_records(total, labels),
        "relations": [_relation_record(pooled, label) for label in relation_labels if label in pooled.relations],
    }


def document_record(document: Tally, *, labels: Sequence[str]) -> Record:
    """The figures of one document: overall and for each label that somebody marked, all pairs pooled."""
    pooled = document.all_pairs
    return {
        "overall": {
            "spans": sum(document.spans.values()),
            "exact_f1": figure_record(pooled.all_spans.exact_f1),
            "overlap_f1": figure_record(pooled.all_spans.overlap_f1),
            "alpha_tokens": figure_record(document.overall_alpha),
        },
        "labels": [
            {
                "label": label,
                "spans": document.spans[label],
                "exact_f1": figure_record(pooled.spans[label].exact_f1),
                "overlap_f1": figure_record(pooled.spans[label].overlap_f1),
                "alpha_tokens": figure_record(_alpha(document.tokens, label, document.spans[label])),
            }
            for label in labels
            if document.spans.get(label)
        ],
    }


def _alpha(positions: Positions, label: str, spans: int) -> Figure:
    return positions.coincidences(label).alpha if spans else Figure.without_value(Undefined.NO_SPANS)


def _label_record(total: Tally, pooled: PairTally, label: str, resampled: FloatArray | None) -> Record:
    spans, counts = total.spans.get(label, 0), pooled.spans.get(label, Counts())
    sums = resampled if spans >= MINIMUM_SPANS else None
    points = total.code_points.coincidences(label)
    return {
        "label": label,
        "spans": spans,
        "share_of_text": points.margins.get(True, 0) / points.values if points.values else 0.0,
        "exact_f1": figure_record(counts.exact_f1, _f1_interval(sums, UNITS_AND_EXACT)),
        "overlap_f1": figure_record(counts.overlap_f1, _f1_interval(sums, UNITS_AND_OVERLAP)),
        "alpha_tokens": figure_record(_alpha(total.tokens, label, spans), _alpha_interval(sums, TOKENS)),
        "alpha_code_points": figure_record(_alpha(total.code_points, label, spans), _alpha_interval(sums, CODE_POINTS)),
    }


def _overall_record(total: Tally, pooled: PairTally, resampled: FloatArray | None) -> Record:
    spans, counts = sum(total.spans.values()), pooled.all_spans
    sums = resampled if spans >= MINIMUM_SPANS else None
    return {
        "spans": spans,
        "exact_f1": figure_record(counts.exact_f1, _f1_interval(sums, UNITS_AND_EXACT)),
        "overlap_f1": figure_record(counts.overlap_f1, _f1_interval(sums, UNITS_AND_OVERLAP)),
        "unlabelled_f1": figure_record(pooled.unlabelled.f1),
        "alpha_tokens": figure_record(total.overall_alpha),
    }


def _f1_interval(sums: FloatArray | None, columns: list[int]) -> bootstrap.Interval | None:
    return None if sums is None else bootstrap.interval(bootstrap.f1(sums[:, columns]))


def _alpha_interval(sums: FloatArray | None, columns: list[int]) -> bootstrap.Interval | None:
    return None if sums is None else bootstrap.interval(bootstrap.alpha(sums[:, columns]))


def _pair_record(names: tuple[str, str], pair: PairTally, labels: Sequence[str]) -> Record:
    return {
        "first": names[0],
        "second": names[1],
        "documents": pair.documents,
        "overall": counts_record(pair.all_spans),
        "unlabelled_f1": figure_record(pair.unlabelled.f1),
        "labels": [{"label": label, **counts_record(pair.spans[label])} for label in labels if label in pair.spans],
        "confusion": report_parts.confusion(pair.aligned),
    }


def _relation_record(pooled: PairTally, label: str) -> Record:
    """F1 of all that was drawn, and of what was drawn between spans that both marked."""
    drawn, shared = pooled.relations[label], pooled.shared_relations.get(label, SharedEnds())
    return {
        "label": label,
        **counts_record(drawn),
        "shared_exact_f1": figure_record(shared.exact_f1(drawn)),
        "shared_overlap_f1": figure_record(shared.overlap_f1(drawn)),
    }


def _attribute_records(total: Tally, labels: Sequence[str]) -> list[Record]:
    """Attributes on exactly matched spans: observed agreement pooled, kappa averaged over pairs by matched spans."""
    tables: dict[tuple[str, str], list[Contingency]] = {}
    for pair in total.pairs.values():
        for key, table in pair.attributes.items():
            tables.setdefault(key, []).append(table)
    place: Mapping[str, int] = {label: at for at, label in enumerate(labels)}
    return [
        {
            "label": label,
            "attribute": name,
            "matched": sum(table.total for table in tables[label, name]),
            "observed": figure_record(sum(tables[label, name], Contingency()).observed),
            "kappa": figure_record(report_parts.mean_kappa(tables[label, name])),
        }
        for label, name in sorted(tables, key=lambda key: (place.get(key[0], len(place)), key))
    ]
