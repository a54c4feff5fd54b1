"""Training of the model: regularised likelihood, maximised by AdaGrad (Duchi, Hazan and Singer 2011). Pure.

The weights of the later rounds are averaged (Polyak and Juditsky 1992). scipy is imported when it is needed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotator.suggestions.sources.model import chain as chains
from annotator.suggestions.sources.model.features import Table, Vocabulary
from annotator.suggestions.sources.model.tagger import NEVER, Tagger, Weights
from annotator.suggestions.sources.model.tagging import Chain, Tagged, tags_of

REGULARISATION = 20.0
ROUNDS = 12
RATE = 0.05
WORDS_AT_ONCE = 1000
DOCUMENTS_AT_ONCE = 25
SEED = 20161

Step = Callable[[], None]
"""Called several times a second while a model is trained; what it raises ends the training."""


@dataclass(frozen=True)
class Example:
    """A finished set over a text; sequences of little weight count less."""

    table: Table
    tagged: Tagged
    weights: Sequence[float]
    """One for each sequence of the text."""


class Batch:
    """Some sequences of similar length with their features, tags and weights.

    `used` are the numbers of the features that occur; `local` are places in `used`, by word.
    """

    def __init__(self, lengths: Sequence[int], numbers: Any, tags: Any, weights: Any) -> None:
        self.layout = chains.Layout.of(lengths)
        ordered = numbers[self.layout.order]
        self.used, places = np.unique(ordered, return_inverse=True)
        self.local = places.reshape(ordered.shape).astype(np.uint16 if len(self.used) < 2**16 else np.int32)
        self.tags = tags[self.layout.order]
        self.weights = weights[self.layout.order]


def batches_of(
    chain: Chain, examples: Sequence[Example], vocabulary: Vocabulary, on_step: Step = lambda: None
) -> list[Batch]:
    """Return all sequences of some examples as batches, those of some documents at a time."""
    batches: list[Batch] = []
    for begin in range(0, len(examples), DOCUMENTS_AT_ONCE):
        pieces = []
        for example in examples[begin : begin + DOCUMENTS_AT_ONCE]:
            on_step()
            numbers = vocabulary.rows(example.table)
            tags = np.asarray(tags_of(chain, example.tagged, example.table.lengths))
            first = 0
            for length, weight in zip(example.table.lengths, example.weights, strict=True):
                pieces.append(_Piece(numbers[first : first + length], tags[first : first + length], weight))
                first += length
        batches += _batches(sorted(pieces, key=lambda piece: len(piece.tags)))
    return batches


@dataclass(frozen=True)
class _Piece:
    """A sequence with its features, tags and weight."""

    numbers: Any
    tags: Any
    weight: float


def _batches(pieces: Sequence[_Piece]) -> Iterator[Batch]:
    current: list[_Piece] = []
    words = 0
    for number, piece in enumerate(pieces, 1):
        current.append(piece)
        words += len(piece.tags)
        if words + len(piece.tags) > WORDS_AT_ONCE or number == len(pieces):
            lengths = [len(row.tags) for row in current]
            yield Batch(
                lengths,
                np.concatenate([row.numbers for row in current]),
                np.concatenate([row.tags for row in current]),
                np.repeat([row.weight for row in current], lengths),
            )
            current, words = [], 0


class Likelihood:
    """The negative log likelihood of the tags of one chain, and its gradient, batch by batch."""

    def __init__(self, chain: Chain) -> None:
        self.tags = len(chain.tags)
        self.allowed = np.asarray(chain.allowed())

    def of(self, batch: Batch, table: Any, transitions: chains.Floats) -> tuple[float, Any, chains.Floats]:
        """Return loss, gradient by feature and tag, and gradient by transition, without regularisation.

        `table` has the weights of the features that the batch uses.
        """
        from scipy.sparse import csr_array

        local = batch.local
        tokens, width = local.shape
        ones = np.ones(local.size, dtype=np.float32)
        ends = np.arange(0, local.size + 1, width, dtype=np.int32)
        matrix = csr_array((ones, local.ravel().astype(np.int32), ends), shape=(tokens, len(batch.used)))
        scores = np.asarray(matrix @ table, dtype=np.float64)
        exponentials = np.where(self.allowed, np.exp(transitions), 0.0)
        posterior = chains.infer(batch.layout, scores, exponentials)
        expected = chains.expected_transitions(batch.layout, posterior, exponentials, batch.weights)
        observed = np.zeros_like(expected)
        first = batch.layout.sizes[0]
        np.add.at(observed, (batch.tags[batch.layout.previous], batch.tags[first:]), batch.weights[first:])
        np.add.at(observed[-1], batch.tags[:first], batch.weights[:first])
        every = np.arange(tokens)
        gold = float((scores[every, batch.tags] * batch.weights).sum() + (transitions * observed).sum())
        log_scale = float(((np.log(posterior.scale) + scores.max(axis=1)) * batch.weights).sum())
        difference = posterior.tags * batch.weights[:, None]
        difference[every, batch.tags] -= batch.weights
        by_feature = matrix.T @ difference.astype(np.float32)
        return log_scale - gold, by_feature, expected - observed


def fit(
    chain: Chain,
    vocabulary: Vocabulary,
    batches: Sequence[Batch],
    *,
    on_step: Step = lambda: None,
) -> Weights:
    """Return the weights of a chain."""
    likelihood = Likelihood(chain)
    count = likelihood.tags
    table = np.zeros((vocabulary.size, count), dtype=np.float32)
    moves = np.zeros(likelihood.allowed.shape)
    squares, squares_of_moves = np.full_like(table, 1e-2), np.full_like(moves, 1e-2)
    average, average_of_moves, averaged = np.zeros_like(table), np.zeros_like(moves), 0
    generator = np.random.default_rng(SEED)
    times = np.zeros(vocabulary.size, dtype=np.float32)
    for batch in batches:
        times[batch.used] += 1
    for number in range(ROUNDS):
        for index in generator.permutation(len(batches)):
            on_step()
            used = batches[index].used
            rows = table[used]
            _loss, slope, slope_of_moves = likelihood.of(batches[index], rows, moves)
            # A feature is regularised only where it occurs, in all batches together as much as it should be.
            slope += (REGULARISATION / times[used])[:, None] * rows
            squares[used] += slope * slope
            table[used] = rows - RATE * slope / np.sqrt(squares[used])
            slope_of_moves += REGULARISATION / len(batches) * moves
            squares_of_moves += slope_of_moves**2
            moves -= RATE * slope_of_moves / np.sqrt(squares_of_moves)
        if number >= ROUNDS // 2:
            average += table
            average_of_moves += moves
            averaged += 1
    transitions = np.where(likelihood.allowed, average_of_moves / averaged, NEVER)
    return Weights(chain, (average / averaged).astype(np.float32), transitions)


def train(
    examples: Sequence[Example],
    vocabulary: Vocabulary,
    taken: Sequence[Chain],
    *,
    is_narrow: bool,
    on_step: Step = lambda: None,
) -> Tagger:
    """Return a model of some examples, one chain after the other."""
    weights = [
        fit(
            chain,
            vocabulary,
            batches_of(chain, examples, vocabulary, on_step),
            on_step=on_step,
        )
        for chain in taken
    ]
    return Tagger(vocabulary, weights, is_narrow)
