"""Random continua: what gamma calls chance.

Two ways are in use and give different values; results name theirs.

- `pygamma`: as the reference program pygamma-agreement draws by default. For every annotator a number of units, a
  normal variable cut to a whole number, and one after the other a normal gap and the size of a normal length, labels by
  their share. Gaps may be negative, units may leave the text. The mean and deviation of the number of units are those
  of the annotators of the document; gaps, lengths and labels are those of all documents together, for those of a short
  document would be noise.
- `rotation`: as in Mathet, Widlöcher and Métivier (2015), p. 452. Every annotator gets the units of one of the real
  annotators of the document, drawn by chance and moved along the text by a chance distance, as if its end were tied to
  its beginning; a unit that lies across the end is kept whole. The distances of two annotators differ by at least the
  mean length of the document's units where the text is long enough.

A continuum without any unit is drawn again.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annotator.measures.continua import Continua
from annotator.measures.units import FloatArray, IntArray

REDRAWS = 100

Sampler = Callable[[np.random.Generator], Continua]
"""One random continuum for each real one that has units, with the numbers of the real ones as `continuum`."""


@dataclass(frozen=True)
class Moments:
    """Means and deviations of gaps and lengths, and the labels with their cumulated shares."""

    gap: tuple[float, float]
    length: tuple[float, float]
    labels: IntArray
    shares: FloatArray

    @classmethod
    def of(cls, batches: list[Continua]) -> "Moments":
        """Return the moments over all documents; ValueError when there are no units."""
        lengths = np.concatenate([batch.ends - batch.starts for batch in batches])
        if not len(lengths):
            raise ValueError("Gamma: without units there is nothing to draw random continua from.")
        gaps = np.concatenate([_gaps(batch) for batch in batches])
        labels, counts = np.unique(np.concatenate([batch.labels for batch in batches]), return_counts=True)
        return cls(
            (float(gaps.mean()), float(gaps.std())),
            (float(lengths.mean()), float(lengths.std())),
            labels.astype(np.int64),
            np.cumsum(counts) / counts.sum(),
        )


def _gaps(batch: Continua) -> FloatArray:
    """Return the gaps between units of an annotator, from 0 to the first, and one 0 per document."""
    order = np.lexsort((batch.ends, batch.starts, batch.annotator, batch.continuum))
    starts, ends = batch.starts[order], batch.ends[order]
    whose = batch.continuum[order] * batch.annotators + batch.annotator[order]
    previous = np.concatenate([[0.0], ends[:-1]])
    previous[np.concatenate([[True], whose[1:] != whose[:-1]])[: len(whose)]] = 0.0
    gaps: FloatArray = np.concatenate([starts - previous[: len(whose)], np.zeros(np.count_nonzero(batch.sizes))])
    return gaps


def normal_sampler(batch: Continua, moments: Moments) -> Sampler:
    """Return the sampler `pygamma`: random continua with the moments of the batch.

    >>> from annotator.measures.units import Annotation, Document, Units, indexes
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> from annotator.measures.continua import continua_of
    >>> real = continua_of([document])
    >>> drawn = normal_sampler(real, Moments.of([real]))(np.random.default_rng(1))
    >>> drawn.count, drawn.annotators, bool((drawn.ends > drawn.starts).all())
    (1, 2, True)
    """
    counts = np.bincount(
        batch.continuum * batch.annotators + batch.annotator, minlength=batch.count * batch.annotators
    ).reshape(batch.count, batch.annotators)
    marked = np.flatnonzero(counts.any(axis=1))
    means, deviations = counts[marked].mean(axis=1), counts[marked].std(axis=1)

    def sample(generator: np.random.Generator) -> Continua:
        drawn = _drawn_counts(generator, means, deviations, batch.annotators)
        layers = np.repeat(np.arange(drawn.size), drawn.ravel())
        gaps = generator.normal(*moments.gap, len(layers))
        lengths = _drawn_lengths(generator, moments.length, len(layers))
        labels = moments.labels[np.searchsorted(moments.shares, generator.random(len(layers)), side="right")]
        ends = _cumulated_by(layers, gaps + lengths)
        continuum = marked[layers // batch.annotators]
        annotator = layers % batch.annotators
        return Continua(batch.count, batch.annotators, continuum, annotator, ends - lengths, ends, labels)

    return sample


def _drawn_counts(
    generator: np.random.Generator, means: FloatArray, deviations: FloatArray, annotators: int
) -> IntArray:
    """Return units of every annotator (columns) in every continuum (rows), at least one a row."""
    drawn = np.zeros((len(means), annotators), dtype=np.int64)
    empty = np.arange(len(means))
    for _ in range(REDRAWS):
        numbers = generator.normal(means[empty, None], deviations[empty, None], (len(empty), annotators))
        drawn[empty] = np.abs(numbers.astype(np.int64))
        empty = np.flatnonzero(~drawn.any(axis=1))
        if not len(empty):
            return drawn
    # Annotators who mark one unit in a hundred documents: one of them marks one.
    drawn[empty, 0] = 1
    return drawn


def _drawn_lengths(generator: np.random.Generator, moments: tuple[float, float], count: int) -> FloatArray:
    lengths: FloatArray = np.abs(generator.normal(*moments, count))
    # Once in an aeon a normal variable is 0; a unit must have a length.
    return np.maximum(lengths, np.finfo(np.float64).tiny * 2**60)


def _cumulated_by(groups: IntArray, steps: FloatArray) -> FloatArray:
    """Return cumulated sums that restart with every group (ascending)."""
    sums = np.cumsum(steps)
    first = np.searchsorted(groups, groups, side="left")
    result: FloatArray = sums - (sums - steps)[first]
    return result


def rotation_sampler(batch: Continua, lengths: IntArray) -> Sampler:
    """Return the sampler `rotation`: random continua made from those of the batch, over texts of these lengths.

    >>> from annotator.measures.units import Annotation, Document, Units, indexes
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> from annotator.measures.continua import continua_of
    >>> drawn = rotation_sampler(continua_of([document]), indexes([40]))(np.random.default_rng(1))
    >>> len(drawn), bool((drawn.starts < 40).all())
    (4, True)
    """
    order = np.lexsort((batch.annotator, batch.continuum))
    layer_of_unit = (batch.continuum * batch.annotators + batch.annotator)[order]
    first = np.searchsorted(layer_of_unit, np.arange(batch.count * batch.annotators + 1))
    counts = np.diff(first).reshape(batch.count, batch.annotators)
    marked = np.flatnonzero(counts.any(axis=1))
    covered = np.bincount(batch.continuum, weights=batch.ends - batch.starts, minlength=batch.count)
    spacing = covered[marked] / batch.sizes[marked]

    def sample(generator: np.random.Generator) -> Continua:
        chosen = _drawn_layers(generator, counts[marked])
        offsets = _drawn_offsets(generator, lengths[marked].astype(np.float64), spacing, batch.annotators)
        sources = (marked[:, None] * batch.annotators + chosen).ravel()
        count = first[sources + 1] - first[sources]
        targets = np.repeat(np.arange(len(sources)), count)
        at = np.arange(len(targets)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first[sources], count)
        units = order[at]
        continuum = marked[targets // batch.annotators]
        starts = (batch.starts[units] + offsets.ravel()[targets]) % lengths[continuum]
        ends = starts + (batch.ends - batch.starts)[units]
        annotator = targets % batch.annotators
        return Continua(batch.count, batch.annotators, continuum, annotator, starts, ends, batch.labels[units])

    return sample


def _drawn_layers(generator: np.random.Generator, counts: IntArray) -> IntArray:
    """Return a real annotator for every annotator (columns) of every continuum (rows); one in a row has units."""
    rows, annotators = counts.shape
    chosen = np.zeros((rows, annotators), dtype=np.int64)
    empty = np.arange(rows)
    for _ in range(REDRAWS):
        chosen[empty] = generator.integers(0, annotators, (len(empty), annotators))
        units = np.take_along_axis(counts[empty], chosen[empty], axis=1).sum(axis=1)
        empty = empty[units == 0]
        if not len(empty):
            return chosen
    chosen[empty, 0] = counts[empty].argmax(axis=1)
    return chosen


def _drawn_offsets(
    generator: np.random.Generator, lengths: FloatArray, spacing: FloatArray, annotators: int
) -> FloatArray:
    """Return distances by which annotators (columns) of every continuum (rows) are moved, apart where possible."""
    offsets = np.zeros((len(lengths), annotators))
    close = np.arange(len(lengths))
    for _ in range(REDRAWS):
        offsets[close] = generator.random((len(close), annotators)) * lengths[close, None]
        ordered = np.sort(offsets[close], axis=1)
        around = np.column_stack([ordered, ordered[:, 0] + lengths[close]])
        close = close[np.diff(around, axis=1).min(axis=1) < spacing[close]]
        if not len(close):
            break
    return offsets
