"""Gamma-cat and gamma-k: do annotators choose the same label for what they align?

Mathet (2017), The Agreement Measure Gamma-cat, Computational Linguistics 43(3), 661. Over pairs of units within a tuple
of n units of the best alignment, each counted by how well the two coincide, and so that no tuple counts more than its
units::

    weight = max(0, 1 - alpha ((|start difference| + |end difference|) / (sum of lengths))^2) / (n - 1)
    disorder = (weight of pairs whose labels differ) / (weight of all pairs)

Units that stand alone take no part. Gamma-k looks only at pairs in which a unit has the label k. Both are 1 - observed
disorder / disorder of random continua. Weights are added up over documents and over random continua before they are
divided.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotator.measures.continua import Continua
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.figures import Figure, Undefined
from annotator.measures.gamma_alignment import Alignments
from annotator.measures.packing import ABSENT
from annotator.measures.units import FloatArray


@dataclass(frozen=True)
class LabelWeights:
    """Weights of pairs: all and those whose labels differ; a row a continuum, a column a label, the last for all."""

    weight: FloatArray
    differing: FloatArray

    def __add__(self, other: "LabelWeights") -> "LabelWeights":
        return LabelWeights(self.weight + other.weight, self.differing + other.differing)

    @property
    def disorder(self) -> FloatArray:
        """Over all continua together, per label and for all; NaN without pairs."""
        weight = self.weight.sum(axis=0)
        result = np.full(len(weight), np.nan)
        np.divide(self.differing.sum(axis=0), weight, out=result, where=weight > 0)
        return result


def label_weights(
    continua: Continua, alignments: Alignments, dissimilarity: Dissimilarity, *, labels: int
) -> LabelWeights:
    """Return weights of the aligned pairs of every continuum; labels are below `labels`.

    >>> from annotator.measures.units import Annotation, Document, Units, indexes
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> from annotator.measures.gamma_alignment import best_alignments
    >>> from annotator.measures.continua import continua_of
    >>> found = continua_of([document])
    >>> weights = label_weights(found, best_alignments(found), Dissimilarity(), labels=2)
    >>> weights.weight.round(3).tolist(), weights.differing.tolist()
    ([[0.975, 1.0, 1.975]], [[0.0, 0.0, 0.0]])
    """
    weight, differing = np.zeros((2, continua.count * (labels + 1)))
    sizes = np.count_nonzero(alignments.tuples != ABSENT, axis=1)
    for left, right in combinations(range(alignments.tuples.shape[1]), 2):
        one, other = alignments.tuples[:, left], alignments.tuples[:, right]
        present = other != ABSENT
        one, other, partners = one[present], other[present], sizes[present] - 1
        each = np.maximum(1 - dissimilarity.place(continua.starts, continua.ends, one, other), 0) / partners
        row = continua.continuum[one] * (labels + 1)
        differs = continua.labels[one] != continua.labels[other]
        for column, counted in (
            (continua.labels[one], np.ones(len(one), dtype=np.bool_)),
            (continua.labels[other], differs),
            (np.full(len(one), labels), np.ones(len(one), dtype=np.bool_)),
        ):
            places = (row + column)[counted]
            weight += np.bincount(places, weights=each[counted], minlength=len(weight))
            differing += np.bincount(places, weights=(each * differs)[counted], minlength=len(weight))
    shape = (continua.count, labels + 1)
    return LabelWeights(weight.reshape(shape), differing.reshape(shape))


def label_figure(observed: float, expected: float) -> Figure:
    """Return 1 - observed / expected disorder, or why there is none.

    >>> label_figure(0.1, 0.5).value, label_figure(np.nan, 0.5).undefined
    (0.8, <Undefined.NO_PAIRS: 'no_pairs'>)
    """
    if np.isnan(observed) or np.isnan(expected):
        return Figure.without_value(Undefined.NO_PAIRS)
    if expected == 0:
        return Figure.without_value(Undefined.NO_VARIATION)
    return Figure(1 - observed / expected)
