"""Costs of best alignments, observed and of random continua, for many documents in few passes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.measures.continua import Continua, continua_of, joined
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.gamma_alignment import best_alignments
from annotator.measures.gamma_labels import LabelWeights, label_weights
from annotator.measures.gamma_samplers import Sampler
from annotator.measures.units import Document, FloatArray, IntArray, indexes

UNITS_AT_ONCE = {2: 60_000, 3: 60_000, 4: 15_000, 5: 4_000}
MANY_ANNOTATORS = 1_500
"""How many units are aligned in one pass: enough that numpy pays, few enough for the memory, which the tuples of many
annotators fill sooner."""


def units_at_once(annotators: int) -> int:
    """Return how many units of so many annotators are aligned in one pass."""
    return UNITS_AT_ONCE.get(annotators, MANY_ANNOTATORS)


@dataclass(frozen=True)
class Batch:
    """Documents with equally many annotators: their rows among all, and their annotations."""

    rows: IntArray
    continua: Continua


@dataclass(frozen=True)
class Chance:
    """What random continua cost: per document sum and sum of squares over samples; weights of labels, summed too."""

    samples: int
    sums: FloatArray
    squares: FloatArray
    labels: LabelWeights

    @classmethod
    def none(cls, documents: int, labels: int) -> "Chance":
        """Return the costs without any sample."""
        weights = np.zeros((documents, labels + 1))
        return cls(0, np.zeros(documents), np.zeros(documents), LabelWeights(weights, weights))

    def __add__(self, other: "Chance") -> "Chance":
        return Chance(
            self.samples + other.samples,
            self.sums + other.sums,
            self.squares + other.squares,
            self.labels + other.labels,
        )

    @property
    def costs(self) -> FloatArray:
        """Mean cost of each document."""
        return self.sums / max(self.samples, 1)

    @property
    def variances(self) -> FloatArray:
        """Variance of the mean cost of each document; 0 with fewer than two samples."""
        if self.samples < 2:
            return np.zeros(len(self.sums))
        spread: FloatArray = (self.squares - self.sums**2 / self.samples) / (self.samples - 1)
        return np.maximum(spread, 0) / self.samples

    @property
    def mean_labels(self) -> LabelWeights:
        """Weights of labels of one sample, on average."""
        samples = max(self.samples, 1)
        return LabelWeights(self.labels.weight / samples, self.labels.differing / samples)


def batches_of(documents: Sequence[Document]) -> list[Batch]:
    """Yield documents with two or more annotators, by number of annotators, in portions.

    >>> from annotator.measures.units import Annotation, Units
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> [(batch.rows.tolist(), len(batch.continua)) for batch in batches_of([document, document])]
    [([0, 1], 8)]
    """
    by_annotators: dict[int, list[int]] = defaultdict(list)
    for row, document in enumerate(documents):
        if len(document.annotations) > 1:
            by_annotators[len(document.annotations)].append(row)
    batches: list[Batch] = []
    for _, rows in sorted(by_annotators.items()):
        batches.extend(
            Batch(indexes(portion), continua_of([documents[row] for row in portion]))
            for portion in _portions(documents, rows)
        )
    return batches


def _portions(documents: Sequence[Document], rows: Sequence[int]) -> Iterator[list[int]]:
    portion: list[int] = []
    units, most = 0, units_at_once(len(documents[rows[0]].annotations))
    for row in rows:
        size = sum(len(annotation.units) for annotation in documents[row].annotations.values())
        if portion and units + size > most:
            yield portion
            portion, units = [], 0
        portion.append(row)
        units += size
    yield portion


def observed_costs(
    batches: Sequence[Batch], documents: int, dissimilarity: Dissimilarity, labels: int
) -> tuple[FloatArray, LabelWeights]:
    """Return the cost of the best alignment of every document, and the weights of its labels.

    >>> from annotator.measures.units import Annotation, Units
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> costs, _ = observed_costs(batches_of([document]), 1, Dissimilarity(), 2)
    >>> costs.round(4).tolist()
    [0.0248]
    """
    costs = np.zeros(documents)
    weight, differing = np.zeros((2, documents, labels + 1))
    for batch in batches:
        alignments = best_alignments(batch.continua, dissimilarity)
        costs[batch.rows] = alignments.costs
        of_batch = label_weights(batch.continua, alignments, dissimilarity, labels=labels)
        weight[batch.rows], differing[batch.rows] = of_batch.weight, of_batch.differing
    return costs, LabelWeights(weight, differing)


def sampled(
    batches: Sequence[Batch],
    samplers: Sequence[Sampler],
    samples: int,
    *,
    generator: np.random.Generator,
    dissimilarity: Dissimilarity,
    like: Chance,
) -> Chance:
    """Return the costs of that many random continua for every document, in the shape of `like`.

    The cost of one is its disorder times the mean number of units that the annotators of the document really marked.

    >>> from annotator.measures.units import Annotation, Units
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> from annotator.measures.gamma_samplers import Moments, normal_sampler
    >>> batches = batches_of([document])
    >>> samplers = [normal_sampler(each.continua, Moments.of([each.continua])) for each in batches]
    >>> generator, nothing = np.random.default_rng(1), Chance.none(1, 2)
    >>> found = sampled(batches, samplers, 5, generator=generator, dissimilarity=Dissimilarity(), like=nothing)
    >>> found.samples, bool(found.costs[0] > 0)
    (5, True)
    """
    sums, squares = np.zeros((2, *like.sums.shape))
    weight, differing = np.zeros((2, *like.labels.weight.shape))
    for batch, sampler in zip(batches, samplers, strict=True):
        units = batch.continua.sizes / batch.continua.annotators
        labels = weight.shape[1] - 1
        for count in _at_once(samples, len(batch.continua), units_at_once(batch.continua.annotators)):
            drawn = joined([sampler(generator) for _ in range(count)])
            alignments = best_alignments(drawn, dissimilarity)
            costs = np.nan_to_num(alignments.disorders).reshape(count, -1) * units
            of_labels = label_weights(drawn, alignments, dissimilarity, labels=labels)
            sums[batch.rows] += costs.sum(axis=0)
            squares[batch.rows] += (costs**2).sum(axis=0)
            weight[batch.rows] += of_labels.weight.reshape(count, -1, labels + 1).sum(axis=0)
            differing[batch.rows] += of_labels.differing.reshape(count, -1, labels + 1).sum(axis=0)
    return Chance(samples, sums, squares, LabelWeights(weight, differing))


def _at_once(samples: int, units: int, together: int) -> Iterator[int]:
    """Yield samples in portions of about that many units together."""
    most = max(1, together // max(units, 1))
    for first in range(0, samples, most):
        yield min(most, samples - first)
