"""One measure in its own process: `agreement_ours.py gamma 2 1000 7` prints CPU seconds of 7 runs and values."""

import json
import sys
import time
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from annotator.measures import bootstrap
from annotator.measures.columns import ColumnTable
from annotator.measures.gamma import GammaSettings, gamma
from annotator.measures.units import Annotation, Document, Units, indexes
from tests.bench.agreement_data import LABELS, noisy_annotations, noisy_tokens

SAMPLES = 30
TOKENS_A_DOCUMENT = 100


def prepare_gamma(annotators: int, units: int) -> Callable[[], dict[str, float]]:
    """Prepare gamma, gamma-cat and gamma-k with 30 random continua."""
    rows = noisy_annotations(annotators, units)
    length = max(end for _, _, end, _ in rows)
    annotations = {
        f"annotator {name}": Annotation(
            Units.from_spans([(label, [(start, end)]) for annotator, start, end, label in rows if annotator == name])
        )
        for name in range(annotators)
    }
    document = Document(length, indexes([]), indexes([]), annotations)
    settings = GammaSettings(least_samples=SAMPLES, most_samples=SAMPLES)

    def measure() -> dict[str, float]:
        result = gamma([document], labels=LABELS, settings=settings)
        return {"gamma": result.gamma.value, "disorder": float(result.rows[0, 0]) * annotators / len(rows)}

    return measure


def prepare_tokens(annotators: int, tokens: int) -> Callable[[], dict[str, float]]:
    """Prepare alpha, Fleiss' kappa, AC1 and Cohen's kappa of every pair."""
    values = noisy_tokens(annotators, tokens).T

    def measure() -> dict[str, float]:
        table = ColumnTable.of_items(values)
        pairs = [table.contingency(first, second).kappa.value for first, second in combinations(range(annotators), 2)]
        mean = float(np.mean(pairs))
        return {"alpha": table.alpha.value, "fleiss": table.fleiss_kappa.value, "ac1": table.ac1.value, "cohen": mean}

    return measure


def prepare_interval(annotators: int, documents: int) -> Callable[[], dict[str, float]]:
    """Prepare a 95 % interval of alpha from 2,000 resamples of the documents' coincidences."""
    values = noisy_tokens(annotators, documents * TOKENS_A_DOCUMENT).T
    parts = np.split(values, documents)
    rows = bootstrap.alpha_rows([ColumnTable.of_items(part).coincidences for part in parts])

    def measure() -> dict[str, float]:
        resamples = bootstrap.plans(documents, resamples=2_000)
        low, high = bootstrap.interval(bootstrap.alpha(bootstrap.resampled_sums(rows, resamples))) or (np.nan, np.nan)
        return {"low": low, "high": high}

    return measure


MEASURES = {"gamma": prepare_gamma, "tokens": prepare_tokens, "interval": prepare_interval}


def main() -> None:
    """Run once to warm up, then the number of times in the arguments, and print seconds and values."""
    name, annotators, size, runs = sys.argv[1], *(int(argument) for argument in sys.argv[2:5])
    measure = MEASURES[name](annotators, size)
    values: dict[str, Any] = measure()
    seconds = []
    for _ in range(runs):
        began = time.process_time()
        measure()
        seconds.append(time.process_time() - began)
    print(json.dumps({"seconds": seconds, **values}))


if __name__ == "__main__":
    main()
