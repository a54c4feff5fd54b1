"""The released packages on the same data. Runs in their environment, which has none of our code except this file.

`agreement_others.py gamma FILE` reads rows (annotator, start, end, label); with `krippendorff` or `nltk` the file is an
array of annotators by tokens. It prints CPU seconds and values.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np

SAMPLES = 30


def prepare_gamma(path: str) -> Callable[[], dict[str, float]]:
    """Prepare pygamma-agreement, exact."""
    package, segments = import_module("pygamma_agreement"), import_module("pyannote.core")
    continuum, small = package.Continuum(), package.Continuum()
    for annotator, start, end, label in json.loads(Path(path).read_text()):
        continuum.add(str(annotator), segments.Segment(start, end), str(label))
    for name in "ab":
        small.add(name, segments.Segment(0, 1), name)
    dissimilarity = package.CombinedCategoricalDissimilarity(alpha=3, beta=1, delta_empty=1)

    def measure(continuum: object, samples: int) -> dict[str, float]:
        np.random.seed(1)  # noqa: NPY002 - the package draws from the global generator
        result = continuum.compute_gamma(  # type: ignore[attr-defined]
            dissimilarity, n_samples=samples, sampler=package.StatisticalContinuumSampler(), fast=False
        )
        return {"gamma": float(result.gamma), "disorder": float(result.observed_disorder)}

    measure(small, 2)  # the package compiles code at its first use
    return lambda: measure(continuum, SAMPLES)


def prepare_krippendorff(path: str) -> Callable[[], dict[str, float]]:
    """Prepare krippendorff, nominal."""
    package, values = import_module("krippendorff"), np.load(path).astype(np.float64)
    return lambda: {"alpha": float(package.alpha(reliability_data=values, level_of_measurement="nominal"))}


def prepare_nltk(path: str) -> Callable[[], dict[str, float]]:
    """Prepare nltk, alpha with its binary distance."""
    package, values = import_module("nltk.metrics.agreement"), np.load(path)
    triples = [
        (annotator, item, value) for annotator, row in enumerate(values.tolist()) for item, value in enumerate(row)
    ]
    return lambda: {"alpha": float(package.AnnotationTask(data=triples).alpha())}


MEASURES = {"gamma": prepare_gamma, "krippendorff": prepare_krippendorff, "nltk": prepare_nltk}


def main() -> None:
    """Measure once, because these packages take long."""
    measure = MEASURES[sys.argv[1]](sys.argv[2])
    began = time.process_time()
    values = measure()
    print(json.dumps({"seconds": [time.process_time() - began], **values}))


if __name__ == "__main__":
    main()
