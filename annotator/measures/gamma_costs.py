"""Costs of best alignments, observed and of random continua, for many documents in few passes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from annotator.measures.candidates import TooDense
from annotator.measures.continua import Continua, continua_of, joined
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.gamma_alignment import Alignments, best_alignments
from annotator.measures.gamma_labels import LabelWeights, label_weights
from annotator.measures.gamma_samplers import Sampler
from annotator.measures.units import Document, FloatArray, IntArray, indexes

UNITS_AT_ONCE = {2: 60_000, 3: 60_000, 4: 15_000, 5: 4_000}
MANY_ANNOTATORS = 800
"""How many units are aligned in one pass: enough that numpy pays, few enough for the memory, which the tuples of many
annotators fill sooner."""


def units_at_once(annotators: int) -> int:
    """Return how many units of so many annotators are aligned in one pass.

    >>> units_at_once(2), units_at_once(6)
    (60000, 800)
    """
    return UNITS_AT_ONCE.get(annotators, MANY_ANNOTATORS)


@dataclass(frozen=True)
class Batch:
    """Documents with equally many annotators: their rows among all, and their annotations."""

    rows: IntArray
    continua: Continua


@dataclass(frozen=True)
class Observed:
    """What the best alignment of each document costs, the weights of its labels, and whether all are exact."""

    costs: FloatArray
    labels: LabelWeights
    is_exact: bool = True


@dataclass(frozen=True)
class Chance:
    """What random continua cost: per document sum and sum of squares over samples; weights of labels, summed too."""

    samples: int
    sums: FloatArray
    squares: FloatArray
    labels: LabelWeights
    is_exact: bool = True

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
            self.is_exact and other.is_exact,
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


def observed_costs(batches: Sequence[Batch], documents: int, dissimilarity: Dissimilarity, labels: int) -> Observed:
    """Return the cost of the best alignment of every document, and the weights of its labels; 0 for other documents.

    >>> from annotator.measures.units import Annotation, Units
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> observed_costs(batches_of([document]), 1, Dissimilarity(), 2).costs.round(4).tolist()
    [0.0248]
    """
    costs, is_exact = np.zeros(documents), True
    weight, differing = np.zeros((2, documents, labels + 1))
    waiting = list(reversed(batches))
    while waiting:
        batch = waiting.pop()
        alignments = _alignments_of(batch, dissimilarity)
        if alignments is None:
            waiting += reversed(by_document([batch]))
            continue
        costs[batch.rows] = alignments.costs
        is_exact &= alignments.is_exact
        of_batch = label_weights(batch.continua, alignments, dissimilarity, labels=labels)
        weight[batch.rows], differing[batch.rows] = of_batch.weight, of_batch.differing
    return Observed(costs, LabelWeights(weight, differing), is_exact)


def _alignments_of(batch: Batch, dissimilarity: Dissimilarity) -> Alignments | None:
    """The best alignments of a batch; None when its documents are too dense together and are aligned one by one."""
    is_single = len(batch.rows) == 1
    try:
        alignments = best_alignments(batch.continua, dissimilarity)
    except TooDense:
        if is_single:
            raise
        return None
    return alignments if alignments.is_exact or is_single else None


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
    total = Chance(samples, sums, squares, LabelWeights(weight, differing))
    for batch, sampler in zip(batches, samplers, strict=True):
        for count in _at_once(samples, len(batch.continua), units_at_once(batch.continua.annotators)):
            drawn = [sampler(generator) for _ in range(count)]
            total = _with_drawn(total, batch, drawn, dissimilarity)
    return total


def _with_drawn(total: Chance, batch: Batch, drawn: Sequence[Continua], dissimilarity: Dissimilarity) -> Chance:
    """Add the costs of random continua of a batch; where they are too dense together, they are aligned in parts."""
    together = joined(drawn)
    try:
        alignments = best_alignments(together, dissimilarity)
    except TooDense:
        if len(drawn) == 1:
            raise
        alignments = None
    if len(drawn) > 1 and (alignments is None or not alignments.is_exact):
        half = len(drawn) // 2
        return _with_drawn(_with_drawn(total, batch, drawn[:half], dissimilarity), batch, drawn[half:], dissimilarity)
    if alignments is None:
        raise TooDense("Gamma: a random continuum is too dense.")
    units = batch.continua.sizes / batch.continua.annotators
    columns = total.labels.weight.shape[1]
    costs = np.nan_to_num(alignments.disorders).reshape(len(drawn), -1) * units
    of_labels = label_weights(together, alignments, dissimilarity, labels=columns - 1)
    total.sums[batch.rows] += costs.sum(axis=0)
    total.squares[batch.rows] += (costs**2).sum(axis=0)
    total.labels.weight[batch.rows] += of_labels.weight.reshape(len(drawn), -1, columns).sum(axis=0)
    total.labels.differing[batch.rows] += of_labels.differing.reshape(len(drawn), -1, columns).sum(axis=0)
    return replace(total, is_exact=total.is_exact and alignments.is_exact)


def _at_once(samples: int, units: int, together: int) -> Iterator[int]:
    """Yield samples in portions of about that many units together."""
    most = max(1, together // max(units, 1))
    for first in range(0, samples, most):
        yield min(most, samples - first)


def by_document(batches: Sequence[Batch]) -> list[Batch]:
    """Return a batch for each document that has units.

    >>> from annotator.measures.units import Annotation, Units
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ada})
    >>> [batch.rows.tolist() for batch in by_document(batches_of([document, document]))]
    [[0], [1]]
    """
    return [
        Batch(batch.rows[index : index + 1], batch.continua.only(index))
        for batch in batches
        for index in np.flatnonzero(batch.continua.sizes).tolist()
    ]


def drawn_costs(
    batches: Sequence[Batch],
    samplers: Sequence[Sampler],
    draws: int,
    *,
    generator: np.random.Generator,
    dissimilarity: Dissimilarity,
    like: Chance,
) -> Chance:
    """Return costs from random continua of that many documents, drawn in proportion to their units.

    For many annotators, of whom each alignment takes long: what a unit costs on average is estimated over all documents
    together, and each document gets its share. `batches` have one document each. Documents of one project have about
    the same cost per unit, so that few draws are enough; the error that they leave is in the variances.

    >>> from annotator.measures.units import Annotation, Units
    >>> from annotator.measures.gamma_samplers import Moments, normal_sampler
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> batches = by_document(batches_of([document, document]))
    >>> samplers = [normal_sampler(batch.continua, Moments.of([batch.continua])) for batch in batches]
    >>> settings = {"generator": np.random.default_rng(1), "dissimilarity": Dissimilarity(), "like": Chance.none(2, 2)}
    >>> chance = drawn_costs(batches, samplers, 8, **settings)
    >>> bool(chance.costs[0] == chance.costs[1] > 0), bool(chance.variances[0] > 0)
    (True, True)
    """
    units = np.array([float(batch.continua.sizes.sum()) for batch in batches])
    documents = indexes([batch.rows[0] for batch in batches])
    weight, differing = np.zeros((2, like.labels.weight.shape[1]))
    costs, is_exact = [], True
    for index in generator.choice(len(batches), size=draws, p=units / units.sum()).tolist():
        one = sampled(
            [batches[index]], [samplers[index]], 1, generator=generator, dissimilarity=dissimilarity, like=like
        )
        costs.append(float(one.sums.sum()) / units[index])
        is_exact &= one.is_exact
        weight += one.labels.weight.sum(axis=0) / units[index] / draws
        differing += one.labels.differing.sum(axis=0) / units[index] / draws
    shares, of_labels = np.zeros(len(like.sums)), np.zeros((2, *like.labels.weight.shape))
    shares[documents] = units
    of_labels[0], of_labels[1] = shares[:, None] * weight, shares[:, None] * differing
    mean, error = float(np.mean(costs)), float(np.var(costs, ddof=1)) / draws
    # Two samples whose mean and spread are what was estimated; the errors of documents are not independent, and add up.
    variance = error * shares * units.sum()
    expected = shares * mean
    squares = 2 * expected**2 + 2 * variance
    return Chance(2, 2 * expected, squares, LabelWeights(2 * of_labels[0], 2 * of_labels[1]), is_exact)
