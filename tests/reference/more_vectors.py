"""Gamma, aggregation and segmentation of reference vectors; see `vectors`."""

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import numpy as np

from annotator.measures.continua import Continua
from annotator.measures.dawid_skene import TIE, dawid_skene, majority
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.figures import Figure
from annotator.measures.gamma import GammaResult, GammaSettings, gamma
from annotator.measures.gamma_alignment import Alignments, best_alignments
from annotator.measures.gamma_labels import label_weights
from annotator.measures.segmentation import boundary_edits, boundary_kappas, pk, window_diff
from annotator.measures.units import indexes
from tests.reference.corpus import plain_document

Vector = dict[str, Any]
Figures = dict[str, Figure]
Spans = Mapping[str, list[Any]]


def continuum_of(annotators: Spans) -> Continua:
    """Return one continuum of spans (start, end, label), whose offsets may be decimals."""
    labels = label_numbers(chain.from_iterable(annotators.values()))
    rows = [
        (who, start, end, labels[label])
        for who, name in enumerate(sorted(annotators))
        for start, end, label in annotators[name]
    ]
    whose, starts, ends, label = np.asarray(rows, dtype=np.float64).reshape(-1, 4).T
    documents = np.zeros(len(rows), dtype=np.int64)
    return Continua(1, len(annotators), documents, whose.astype(np.int64), starts, ends, label.astype(np.int64))


def label_numbers(spans: Any) -> dict[str, int]:
    return {label: number for number, label in enumerate(sorted({label for _, _, label in spans}))}


def weights_of(vector: Vector) -> Dissimilarity:
    return Dissimilarity(*(vector["params"][name] for name in ("alpha", "beta", "delta_empty")))


def disorder(annotators: Spans, vector: Vector) -> float:
    return float(best_alignments(continuum_of(annotators), weights_of(vector)).disorders[0])


def gamma_observed_disorder(vector: Vector) -> Figures:
    return {"observed_disorder": Figure(disorder(vector["input"]["annotators"], vector))}


def gamma_replay(vector: Vector) -> Figures:
    observed = disorder(vector["input"]["annotators"], vector)
    disorders = [disorder(continuum, vector) for continuum in vector["input"]["random_continua"]]
    expected = float(np.mean(disorders))
    return {
        "observed_disorder": Figure(observed),
        "expected_disorder": Figure(expected),
        "gamma": Figure(1 - observed / expected),
        **{f"disorders.{number}": Figure(value) for number, value in enumerate(disorders)},
    }


def gamma_of(vector: Vector, **settings: Any) -> GammaResult:
    annotators = vector["input"]["annotators"]
    labels = label_numbers(chain.from_iterable(annotators.values()))
    document = plain_document(vector["input"]["doc_length"], annotators, labels)
    weights = {name: vector["params"][name] for name in ("alpha", "beta", "delta_empty")}
    return gamma([document], labels=len(labels), settings=GammaSettings(**weights, **settings))


def gamma_sampled(vector: Vector) -> Figures:
    """Return gamma, and check that the expected disorder is within the error of sampling."""
    result = gamma_of(vector, least_samples=1_000, most_samples=1_000)
    annotators = vector["input"]["annotators"]
    units = sum(len(spans) for spans in annotators.values()) / len(annotators)
    expected = float(result.rows[0, 1]) / units
    # Two samplers may differ by four standard errors of their difference; ours draws four times as many samples.
    error = vector["expected"]["expected_disorder_standard_error"] * np.sqrt(1 + 0.25)
    assert abs(expected - vector["expected"]["expected_disorder"]) < 4 * error
    return {"gamma": result.gamma}


def gamma_cat_disorder(vector: Vector) -> Figures:
    given = vector["input"]["alignment"]
    labels = label_numbers(unit for unitary in given for unit in unitary if unit)
    units = [(who, *unit) for unitary in given for who, unit in enumerate(unitary) if unit]
    starts, ends = (np.asarray([unit[at] for unit in units], dtype=np.float64) for at in (1, 2))
    numbers = iter(range(len(units)))
    tuples = [[next(numbers) if unit else -1 for unit in unitary] for unitary in given]
    # Unitary alignments of two units or more, the units first; those that stand alone have no pair.
    present = [[unit for unit in row if unit >= 0] for row in tuples]
    width = len(given[0])
    joined = [row + [-1] * (width - len(row)) for row in present if len(row) > 1]
    paired = indexes([unit for row in joined for unit in row]).reshape(-1, width)
    whose, label = indexes([unit[0] for unit in units]), indexes([labels[unit[3]] for unit in units])
    continuum = Continua(1, len(given[0]), np.zeros(len(units), dtype=np.int64), whose, starts, ends, label)
    alignment = Alignments(paired, np.zeros(1), np.zeros(1))
    weights = label_weights(continuum, alignment, weights_of(vector), labels=len(labels))
    return {"disorder": Figure(float(weights.disorder[-1]))}


def aggregation(vector: Vector) -> Figures:
    votes = vector["input"]["votes"]
    items, workers, classes = (sorted({row[column] for row in votes}) for column in range(3))
    numbered = indexes(
        [
            number
            for item, worker, value in votes
            for number in (items.index(item), workers.index(worker), classes.index(value))
        ]
    ).reshape(-1, 3)
    result, most = dawid_skene(numbered), majority(numbered)
    assert result.converged
    figures = {
        f"class_marginals.{name}": Figure(float(share)) for name, share in zip(classes, result.marginals, strict=True)
    }
    for row, item in enumerate(items):
        figures |= {
            f"posterior.{item}.{name}": Figure(float(result.posterior[row, at])) for at, name in enumerate(classes)
        }
        winner = vector["expected"]["majority"][item]
        # A majority is a name, so it is compared here and not as a number.
        assert most[row] == (TIE if winner is None else classes.index(winner))
    for number, worker in enumerate(workers):
        for true, name in enumerate(classes):
            figures |= {
                f"confusion.{worker}.{name}.{given}": Figure(float(result.confusion[number, true, at]))
                for at, given in enumerate(classes)
            }
    return figures


def boundary(vector: Vector) -> Figures:
    reference, other = vector["input"]["reference"], vector["input"]["other"]
    edits = boundary_edits(reference, other)
    return {
        "pk": pk(reference, other),
        "window_diff": window_diff(reference, other),
        "boundary_similarity": edits.boundary_similarity,
        "segmentation_similarity": edits.segmentation_similarity,
    }


def boundary_kappa(vector: Vector) -> Figures:
    result = boundary_kappas(list(vector["input"]["annotators"].values()))
    return {"fleiss_kappa_boundary_similarity": result.kappa, "fleiss_pi_boundary_similarity": result.pi}


OTHER_FAMILIES: dict[str, Callable[[Vector], Figures]] = {
    "gamma_observed_disorder": gamma_observed_disorder,
    "gamma_replay": gamma_replay,
    "gamma_sampled": gamma_sampled,
    "gamma_cat_disorder": gamma_cat_disorder,
    "dawid_skene": aggregation,
    "boundary": boundary,
    "boundary_kappa": boundary_kappa,
}
