"""Gamma: agreement about position and label together, with overlapping units, corrected for chance.

Mathet, Widlöcher and Métivier (2015), The Unified and Holistic Method Gamma for Inter-Annotator Agreement Measure and
Alignment, Computational Linguistics 41(3), 437::

    gamma = 1 - (cost of the best alignment) / (mean cost of the best alignments of random continua)

1 is perfect, 0 is chance; there is no scale that says what is good. The value depends on the weights and on how random
continua are drawn, so that the settings belong to the result. Over several documents costs are added up, observed and
expected, before they are divided. What the alignment costs is exact; the random continua are drawn until the standard
error that they leave in gamma is below a bound.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from annotator.measures.candidates import TooDense
from annotator.measures.continua import Continua
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.figures import Figure, Undefined
from annotator.measures.gamma_costs import (
    Batch,
    Chance,
    Observed,
    batches_of,
    by_document,
    drawn_costs,
    observed_costs,
    sampled,
)
from annotator.measures.gamma_estimate import LEAST_SAMPLES
from annotator.measures.gamma_labels import LabelWeights, label_figure
from annotator.measures.gamma_samplers import Moments, Sampler, normal_sampler, rotation_sampler
from annotator.measures.units import Document, FloatArray, indexes

SAMPLERS = ("pygamma", "rotation")
NOTHING_KNOWN: Mapping[int, Observed] = MappingProxyType({})


@dataclass(frozen=True)
class GammaSettings:
    """Everything that a value of gamma depends on besides the annotations.

    `sampler` is one of `SAMPLERS`. At least `least_samples` random continua are drawn, of all documents together, and
    two a document; more until the standard error of gamma is below `standard_error`, at most `most_samples` a document.
    """

    alpha: float = 3.0
    beta: float = 1.0
    delta_empty: float = 1.0
    sampler: str = "pygamma"
    seed: int = 20_261_122
    least_samples: int = LEAST_SAMPLES
    most_samples: int = 1_000
    standard_error: float = 0.0025

    def __post_init__(self) -> None:
        if self.sampler not in SAMPLERS:
            raise ValueError(f"Gamma: there is no sampler {self.sampler!r}; there are {', '.join(SAMPLERS)}.")
        if not 2 <= self.least_samples <= self.most_samples:
            raise ValueError("Gamma: at least two samples are needed, and no more at least than at most.")

    @property
    def dissimilarity(self) -> Dissimilarity:
        """The weights alone."""
        return Dissimilarity(self.alpha, self.beta, self.delta_empty)


USUAL = GammaSettings()


@dataclass(frozen=True)
class GammaResult:
    """Gamma of some documents.

    `rows` has a row a document: cost of its best alignment, mean cost of random ones, and the variance that samples
    leave in that mean (all 0 for a document that fewer than two annotators saw, which does not count). `samples` random
    continua were drawn for each document; `standard_error` is what that leaves open in gamma, NaN when gamma is not
    defined. `observed_labels` and `expected_labels` (the mean over samples) are the weights behind gamma-cat and
    gamma-k, a row a document; they have no pairs when gamma is not defined. `moments` is what lengths, gaps and labels
    of random continua were drawn from; None for the sampler `rotation`, and when gamma is not defined. With `draws`,
    that many random continua were drawn for all documents together. `is_exact` is False when a document has too many
    tuples, of which only the nearest were compared.
    """

    gamma: Figure
    settings: GammaSettings
    rows: FloatArray
    documents: int
    samples: int
    standard_error: float
    observed_labels: LabelWeights
    expected_labels: LabelWeights
    moments: Moments | None
    draws: int = 0
    is_exact: bool = True

    @property
    def gamma_cat(self) -> Figure:
        """Agreement about the labels of aligned units."""
        return self._of_labels(-1)

    def gamma_k(self, label: int) -> Figure:
        """Return agreement about one label among aligned units, one of which has it."""
        return self._of_labels(label)

    def of_document(self, row: int) -> Figure:
        """Return gamma of one document against its own random continua, drawn with the moments of all."""
        observed, expected, _ = self.rows[row].tolist()
        return Figure(1 - observed / expected) if expected else Figure.without_value(Undefined.NO_SPANS)

    def _of_labels(self, column: int) -> Figure:
        if not self.gamma.is_defined:
            return self.gamma
        observed = float(self.observed_labels.disorder[column])
        return label_figure(observed, float(self.expected_labels.disorder[column]))


def gamma(
    documents: Sequence[Document],
    *,
    labels: int,
    settings: GammaSettings = USUAL,
    moments: Moments | None = None,
    known: Mapping[int, Observed] = NOTHING_KNOWN,
    draws: int = 0,
    on_step: Callable[[], None] | None = None,
) -> GammaResult:
    """Return gamma, gamma-cat and gamma-k, pooled over documents with several annotators; labels are below `labels`.

    A discontinuous span is one unit from its first start to its last end; units of one annotator may overlap and be
    identical. The value does not depend on the order of annotators and spans. It is not defined (and says why) without
    two annotators, without text, without spans, when random continua cost nothing, or when units are too dense.

    `moments` are those of an earlier result: a document that changed can be measured alone, and its rows put in the
    place of its old ones (`pooled`). `known` has what is known of documents (by row) from before: their best alignments
    are not computed again. With `draws`, random continua are drawn for that many documents in place of all. `on_step`
    is called before random continua are drawn, again and again; what it raises ends the computation.

    >>> from annotator.measures.units import Annotation, Units
    >>> one = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> other = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, np.arange(40), np.arange(1, 41), {"A": one, "B": other})
    >>> found = gamma([document], labels=2)
    >>> 0.9 < found.gamma.value < 1, found.gamma_cat.value, found.settings.sampler
    (True, 1.0, 'pygamma')
    """
    batches = batches_of(documents)
    reason = _why_undefined(documents, batches)
    try:
        if reason is None:
            observed = _observed(documents, batches, labels, settings, known)
            return _measured(
                documents, batches, observed, settings=settings, moments=moments, draws=draws, on_step=on_step
            )
    except TooDense:
        reason = Undefined.TOO_DENSE
    return _undefined(documents, labels, settings, reason)


def _why_undefined(documents: Sequence[Document], batches: Sequence[Batch]) -> Undefined | None:
    if not batches:
        return Undefined.ONE_ANNOTATOR
    if not any(documents[row].length for batch in batches for row in batch.rows):
        return Undefined.EMPTY_DOCUMENT
    return None if any(len(batch.continua) for batch in batches) else Undefined.NO_SPANS


def pooled(rows: FloatArray) -> tuple[Figure, float]:
    """Return gamma and its standard error from the rows of documents of one or several results; NaN if undefined.

    The error is that of the random continua alone (delta method: observed / expected^2 times the error of expected).

    >>> figure, error = pooled(np.array([[3.0, 10.0, 0.01], [1.0, 6.0, 0.0]]))
    >>> figure.value, round(error, 4)
    (0.75, 0.0016)
    """
    observed, expected, variance = rows.sum(axis=0).tolist()
    if not expected:
        return Figure.without_value(Undefined.NO_SPANS), math.nan
    return Figure(1 - observed / expected), observed / expected**2 * math.sqrt(variance)


def _observed(
    documents: Sequence[Document],
    batches: Sequence[Batch],
    labels: int,
    settings: GammaSettings,
    known: Mapping[int, Observed],
) -> Observed:
    """What alignments cost, of documents that are not known from before; those of a row are added."""
    if known:
        nothing = Document(0, indexes([]), indexes([]), {})
        batches = batches_of([nothing if row in known else document for row, document in enumerate(documents)])
    observed = observed_costs(batches, len(documents), settings.dissimilarity, labels)
    for row, before in known.items():
        observed.costs[row] = before.costs[0]
        observed.labels.weight[row], observed.labels.differing[row] = (
            before.labels.weight[0],
            before.labels.differing[0],
        )
    return replace(observed, is_exact=observed.is_exact and all(before.is_exact for before in known.values()))


def _measured(
    documents: Sequence[Document],
    batches: Sequence[Batch],
    found: Observed,
    *,
    settings: GammaSettings,
    moments: Moments | None,
    draws: int,
    on_step: Callable[[], None] | None,
) -> GammaResult:
    observed, weights = found.costs, found.labels
    labels = weights.weight.shape[1] - 1
    if settings.sampler == "pygamma":
        moments = moments or Moments.of([batch.continua for batch in batches])
    batches = by_document(batches) if draws else batches
    samplers = [_stepping(sampler, on_step) for sampler in _samplers(documents, batches, moments)]
    chance = _chance(batches, samplers, found, settings=settings, draws=draws)
    rows = np.column_stack([observed, chance.costs, chance.variances])
    if not rows[:, 1].sum():
        return _undefined(documents, labels, settings, Undefined.NO_VARIATION)
    figure, error = pooled(rows)
    return GammaResult(
        gamma=figure,
        settings=settings,
        rows=rows,
        documents=sum(len(document.annotations) > 1 for document in documents),
        samples=0 if draws else chance.samples,
        standard_error=error,
        observed_labels=weights,
        expected_labels=chance.mean_labels,
        moments=moments,
        draws=draws,
        is_exact=found.is_exact and chance.is_exact,
    )


def _samplers(documents: Sequence[Document], batches: Sequence[Batch], moments: Moments | None) -> list[Sampler]:
    """Return a sampler for each batch: normal with moments, rotating without."""
    if moments:
        return [normal_sampler(batch.continua, moments) for batch in batches]
    lengths = np.asarray([document.length for document in documents], dtype=np.int64)
    return [rotation_sampler(batch.continua, lengths[batch.rows]) for batch in batches]


def _stepping(sampler: Sampler, on_step: Callable[[], None] | None) -> Sampler:
    """Return a sampler that calls `on_step` whenever it draws."""
    if on_step is None:
        return sampler

    def draw(generator: np.random.Generator) -> Continua:
        on_step()
        return sampler(generator)

    return draw


def _chance(
    batches: Sequence[Batch],
    samplers: Sequence[Sampler],
    found: Observed,
    *,
    settings: GammaSettings,
    draws: int,
) -> Chance:
    """Return the costs of as many random continua as the bound on the standard error needs, or of some documents."""
    generator = np.random.default_rng(settings.seed)
    observed, labels = found.costs, found.labels.weight.shape[1] - 1
    if draws:
        nothing = Chance.none(len(observed), labels)
        return drawn_costs(
            batches, samplers, draws, generator=generator, dissimilarity=settings.dissimilarity, like=nothing
        )
    marked = sum(int(np.count_nonzero(batch.continua.sizes)) for batch in batches)
    rounds = max(2, math.ceil(settings.least_samples / marked))
    chance = Chance.none(len(observed), labels)
    while rounds:
        chance += sampled(
            batches, samplers, rounds, generator=generator, dissimilarity=settings.dissimilarity, like=chance
        )
        _, error = pooled(np.column_stack([observed, chance.costs, chance.variances]))
        if not error > settings.standard_error:
            break
        wanted = math.ceil(chance.samples * (error / settings.standard_error) ** 2)
        # A first estimate of the error may be far off: never more than three times as many again at once.
        rounds = max(0, min(wanted, 4 * chance.samples, settings.most_samples) - chance.samples)
    return chance


def _undefined(documents: Sequence[Document], labels: int, settings: GammaSettings, reason: Undefined) -> GammaResult:
    nothing = np.zeros((len(documents), labels + 1))
    compared = sum(len(document.annotations) > 1 for document in documents)
    return GammaResult(
        gamma=Figure.without_value(reason),
        settings=settings,
        rows=np.zeros((len(documents), 3)),
        documents=compared,
        samples=0,
        standard_error=math.nan,
        observed_labels=LabelWeights(nothing, nothing),
        expected_labels=LabelWeights(nothing, nothing),
        moments=None,
    )
