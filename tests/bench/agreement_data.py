"""Annotations to measure agreement on: noisy copies of one hidden set."""

import numpy as np
from numpy.typing import NDArray

Row = tuple[int, int, int, int]
LABELS = 4


def noisy_annotations(annotators: int, units: int, *, seed: int = 1) -> list[Row]:
    """Return rows (annotator, start, end, label).

    Each annotator misses a tenth, adds a tenth, mislabels some and moves boundaries a little.
    """
    random = np.random.default_rng(seed)
    gaps = np.abs(random.normal(45, 40, units)) - 5
    lengths = 3 + random.gamma(2, 18, units)
    ends = np.cumsum(gaps + lengths)
    labels = random.integers(0, LABELS, units)
    rows: list[Row] = []
    for annotator in range(annotators):
        kept = random.random(units) > 0.1
        own_starts = np.maximum(np.round(ends - lengths + random.normal(0, 3, units)), 0)[kept]
        own_ends = np.maximum(np.round(ends + random.normal(0, 3, units))[kept], own_starts + 1)
        own_labels = np.where(random.random(units) < 0.1, random.integers(0, LABELS, units), labels)[kept]
        added = np.round(random.random(max(units // 10, 1)) * ends[-1])
        starts = np.concatenate([own_starts, added])
        stops = np.concatenate([own_ends, added + random.integers(3, 40, len(added))])
        chosen = np.concatenate([own_labels, random.integers(0, LABELS, len(added))])
        rows += [
            (annotator, int(start), int(end), int(label))
            for start, end, label in zip(starts, stops, chosen, strict=True)
        ]
    return rows


def noisy_tokens(annotators: int, tokens: int, *, seed: int = 1) -> NDArray[np.int8]:
    """Return labels of tokens, annotators by tokens: four in five are the hidden one."""
    random = np.random.default_rng(seed)
    hidden = random.integers(0, LABELS, tokens)
    shape = (annotators, tokens)
    return np.where(random.random(shape) < 0.8, hidden, random.integers(0, LABELS, shape)).astype(np.int8)
