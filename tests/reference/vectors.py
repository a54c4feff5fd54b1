"""Computation of each family of reference vectors with our measures.

A family maps to a function from a vector to the values it expects: a flat mapping from the path within `expected` to a
figure. A measure without a family is an error.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from annotator.measures import bootstrap, cohen, fleiss, gwet, relations, span_f1, unitizing, unitizing_2004
from annotator.measures.coverage import coverage
from annotator.measures.figures import Figure, Undefined, mean
from annotator.measures.krippendorff import MISSING, alpha_nominal, coincidences_of_items
from annotator.measures.matching import exact_matching
from annotator.measures.semeval import semeval_counts
from annotator.measures.unitizing_2004 import Disagreement, label_disagreement
from annotator.measures.units import Document, IntArray, indexes
from tests.reference.corpus import plain_document, units_of
from tests.reference.more_vectors import OTHER_FAMILIES, gamma_observed_disorder, gamma_of

Vector = dict[str, Any]
Figures = dict[str, Figure]

FOLDER = Path(os.environ.get("AGREEMENT_VECTORS") or Path(__file__).parents[1] / "data" / "agreement-vectors")

ITEM_MEASURES: dict[str, Callable[[IntArray], Figure]] = {
    "alpha_nominal": alpha_nominal,
    "cohen_kappa": lambda values: cohen.cohen_kappa(values[:, 0], values[:, 1]),
    "fleiss_kappa": fleiss.fleiss_kappa,
    "gwet_ac1": gwet.gwet_ac1,
    "percent_agreement": fleiss.percent_agreement,
}


def matrix(rows: list[list[Any]]) -> IntArray:
    """Return values of any kind as indexes, with null as missing."""
    index = {
        value: position for position, value in enumerate(sorted({v for row in rows for v in row if v is not None}))
    }
    return indexes([index.get(value, MISSING) for row in rows for value in row]).reshape(
        len(rows), len(rows[0]) if rows else 0
    )


def label_index(annotators: Mapping[str, list[Any]]) -> dict[str, int]:
    return {label: i for i, label in enumerate(sorted({span[2] for spans in annotators.values() for span in spans}))}


def document_of(vector: Vector) -> tuple[Document, dict[str, int]]:
    annotators = vector["input"]["annotators"]
    labels = label_index(annotators)
    return plain_document(vector["input"]["doc_length"], annotators, labels), labels


def item_measure(vector: Vector) -> Figures:
    return {"": ITEM_MEASURES[vector["measure"]](matrix(vector["input"]["values"]))}


def item_agreement(vector: Vector) -> Figures:
    values = matrix(vector["input"]["values"])
    return {measure: ITEM_MEASURES[measure](values) for measure in vector["expected"]}


def token_agreement(vector: Vector) -> Figures:
    document, labels = document_of(vector)
    starts, ends = indexes(vector["input"]["tokens"]).T
    intervals = [annotation.units.intervals().over_tokens(starts, ends) for annotation in document.annotations.values()]
    covered = coverage(intervals, length=len(starts), labels=len(labels))
    figures: Figures = {}
    for label, measures in vector["expected"]["labels"].items():
        values = np.repeat(covered.marked[:, :, labels[label]].T.astype(np.int64), covered.lengths, axis=0)
        figures |= {f"labels.{label}.{measure}": ITEM_MEASURES[measure](values) for measure in measures}
    return figures


def span_f1_of(vector: Vector) -> Figures:
    document, labels = document_of(vector)
    kinds = {
        "exact": span_f1.exact,
        "boundary": span_f1.boundary,
        "overlap": span_f1.largest_overlap,
        "weighted_overlap": span_f1.weighted_overlap,
        "code_point": lambda a, b: span_f1.code_point(a, b, length=document.length, labels=len(labels)),
    }
    pairs = list(combinations(document.annotations, 2))
    by_kind: dict[str, list[Figure]] = {
        kind: [measure(*(document.annotations[name].units for name in pair)).f1 for pair in pairs]
        for kind, measure in kinds.items()
    }
    if vector["expected"]["mean"] is None:
        return {f"pairs.{'|'.join(pair)}": by_kind["exact"][at] for at, pair in enumerate(pairs)} | {
            "mean": mean(by_kind["exact"])
        }
    figures = {f"mean.{kind}": mean(values) for kind, values in by_kind.items()}
    for at, pair in enumerate(pairs):
        figures |= {f"pairs.{'|'.join(pair)}.{kind}": by_kind[kind][at] for kind in kinds}
    return figures


def relation_agreement(vector: Vector) -> Figures:
    sides = [vector["input"][side] for side in ("a", "b")]
    labels = label_index({side: vector["input"][side]["spans"] for side in ("a", "b")})
    types = {r["type"] for side in sides for r in side["relations"]}
    of_type = {kind: index for index, kind in enumerate(sorted(types))}
    units = [units_of(side["spans"], labels) for side in sides]
    arrows = []
    for side in sides:
        rows = [
            (of_type[r["type"]], side["spans"].index(r["head"]), side["spans"].index(r["tail"]))
            for r in side["relations"]
        ]
        arrows.append(indexes([index for row in rows for index in row]).reshape(-1, 3))
    (first, second), pairs = arrows, exact_matching(*units)
    return {
        "f1": relations.total(first, second, pairs).f1,
        "f1_untyped": relations.total(first, second, pairs, typed=False).f1,
        "f1_on_shared_spans": relations.on_shared_spans(first, second, pairs).f1,
        "alpha_on_shared_span_pairs": relations.coincidences_on_shared_span_pairs(first, second, pairs).alpha,
    }


def bootstrap_alpha(vector: Vector) -> Figures:
    documents = [
        coincidences_of_items(values, names=names) for values, names in map(named_matrix, vector["input"]["documents"])
    ]
    plan = indexes([count for row in vector["input"]["plan"] for count in row]).reshape(-1, len(documents))
    alphas = bootstrap.alpha(bootstrap.resampled_sums(bootstrap.alpha_rows(documents), [plan]))
    low, high = bootstrap.interval(alphas) or (np.nan, np.nan)
    figures = {f"alphas.{row}": Figure(float(value)) for row, value in enumerate(alphas)}
    return figures | {"low": Figure(low), "high": Figure(high)}


def named_matrix(rows: list[list[Any]]) -> tuple[IntArray, list[Any]]:
    return matrix(rows), sorted({value for row in rows for value in row if value is not None})


def alpha_u_2016(vector: Vector) -> Figures:
    document, labels = document_of(vector)
    units = [annotation.units for annotation in document.annotations.values()]
    result = unitizing.unitizing(units, length=document.length, labels=len(labels))
    figures = {"u": result.alpha, "bar": result.alpha_bar}
    if len(units) > 2:
        return figures | {"cu_reading_1": result.label_alpha(), "cu_reading_2": result.label_alpha(any_other=True)}
    figures["cu"] = result.label_alpha()
    for label, index in labels.items():
        coverage_of_label = result.label_coverage(index)
        ku = result.one_label_alpha(index)
        if ku.is_defined:
            figures |= {f"labels.{label}.ku": ku, f"labels.{label}.coverage": Figure(coverage_of_label)}
        elif coverage_of_label:
            figures[f"labels.{label}"] = ku
    return figures


def alpha_u_2004(vector: Vector) -> Figures:
    document, labels = document_of(vector)
    units = [annotation.units for annotation in document.annotations.values()]
    total = Disagreement(0.0, 0.0)
    figures: Figures = {}
    for label, index in labels.items():
        result = label_disagreement(units, index, length=document.length)
        total += result
        figures |= {
            f"labels.{label}": result.alpha,
            f"observed_disagreement.{label}": Figure(result.observed),
            f"expected_disagreement.{label}": Figure(result.expected),
        }
    return figures | {"all": total.alpha}


def semeval2013(vector: Vector) -> Figures:
    document, _ = document_of(vector)
    counts = semeval_counts(*(annotation.units for annotation in document.annotations.values()))
    figures: Figures = {}
    for scheme in ("strict", "exact", "partial", "ent_type"):
        of_scheme = getattr(counts, scheme)
        figures |= {f"{scheme}.{name}": Figure(float(value)) for name, value in asdict(of_scheme).items()}
        figures |= {f"{scheme}.{name}": getattr(of_scheme, name) for name in ("precision", "recall", "f1")}
    return figures


def edge_case(vector: Vector) -> Figures:
    document, labels = document_of(vector)
    units = [annotation.units for annotation in document.annotations.values()]
    of_measure: dict[str, Callable[[], Figure]] = {
        "span_f1": lambda: span_f1.corpus_f1([document], span_f1.exact),
        "alpha_u_2016": lambda: unitizing.unitizing_alpha(units, length=document.length, labels=len(labels)),
        "alpha_u_2004": lambda: unitizing_2004.alpha(units, length=document.length, labels=len(labels)),
        "gamma": lambda: gamma_of(vector).gamma,
        "gamma_observed_disorder": lambda: gamma_observed_disorder(vector)["observed_disorder"],
    }
    return {key: of_measure[key.split(".")[0]]() for key in vector["expected"]}


FAMILIES: dict[str, Callable[[Vector], Figures]] = {
    **dict.fromkeys(ITEM_MEASURES, item_measure),
    "item_agreement": item_agreement,
    "token_agreement": token_agreement,
    "span_f1": span_f1_of,
    "relation_agreement": relation_agreement,
    "bootstrap_alpha": bootstrap_alpha,
    "alpha_u_2004": alpha_u_2004,
    "alpha_u_2016": alpha_u_2016,
    "semeval2013": semeval2013,
    "edge_case": edge_case,
    **OTHER_FAMILIES,
}


def has_empty_span(vector: Vector) -> bool:
    """Return whether an annotator has a span without length: the library refuses these, and gives no figure."""
    annotators = vector["input"].get("annotators", {}) if isinstance(vector["input"], dict) else {}
    layers = annotators.values() if isinstance(annotators, dict) else []
    return any(not isinstance(span, int) and span[0] == span[1] for spans in layers for span in spans)


def figures_of(vector: Vector) -> Figures:
    """Return the figures of a vector; none is defined where the library refuses a span without length."""
    try:
        return FAMILIES[vector["measure"]](vector)
    except ValueError as error:
        if not has_empty_span(vector) or "after its start" not in str(error):
            raise
        reason = Undefined(vector["reason"]) if vector.get("reason") in list(Undefined) else Undefined.NO_SPANS
        return {path: Figure.without_value(reason) for path, _ in flat(vector["expected"])}


def flat(expected: Any, path: str = "") -> Iterator[tuple[str, float | None]]:
    """Yield every number (or null) of `expected` with its path; keys are joined by dots."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            yield from flat(value, f"{path}.{key}" if path else key)
    elif isinstance(expected, list):
        for position, value in enumerate(expected):
            yield from flat(value, f"{path}.{position}")
    else:
        yield path, expected
