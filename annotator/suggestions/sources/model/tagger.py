"""A trained model: what it suggests for a text, and how it is stored. Pure."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotator.suggestions.sources.interface import SourceSchema, Suggestion, Suggestions
from annotator.suggestions.sources.model import chain as chains
from annotator.suggestions.sources.model import features
from annotator.suggestions.sources.model.completion import completed
from annotator.suggestions.sources.model.features import Table, Vocabulary, table_of
from annotator.suggestions.sources.model.tagging import Chain, Marked, spans_of

NEVER = -1e4
RECALL = 0.5
"""So much does staying outside of spans cost on the best path: finds that are a little less probable than none are
kept, with their probability, and the bar decides."""
LEAST_SCORE = 0.05
"""Weaker finds are not worth showing."""
FORMAT = 1
WORDS_AT_ONCE = 4000
SEPARATOR = "\n"


class UnreadableModel(ValueError):
    """The file is no model that this version can read; the message says why."""


@dataclass(frozen=True)
class Weights:
    """Weights of one chain: features by tags, and transitions between tags with the start as last row."""

    chain: Chain
    features: np.ndarray[Any, np.dtype[np.float32]]
    transitions: np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Tagger:
    """A model: its vocabulary and the weights of its chains."""

    vocabulary: Vocabulary
    weights: Sequence[Weights]
    is_narrow: bool
    calibration: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """By label, the share that was right from each probability on, in documents that were held out."""

    def suggest(self, text: str, schema: SourceSchema) -> Suggestions:
        """Return what the model finds in a text, each span with its probability, of labels that a schema has.

        Attributes and links are those of the rules where they find the same span.
        """
        if not text.strip():
            return Suggestions([])
        table = table_of(text, is_narrow=self.is_narrow)
        spans = []
        for mark, raw in self.find(table):
            label = schema.labels.get(mark.label)
            probability = self.calibrated(mark.label, raw)
            if label is None or probability < LEAST_SCORE or (len(mark.ranges) > 1 and not label.discontinuous):
                continue
            fragments = [table.words.range_of(*ranges) for ranges in mark.ranges]
            spans.append((mark.label, fragments, probability, label.default_attributes()))
        spans.sort(key=lambda span: (span[1], span[0]))
        finds = [
            Suggestion(f"m{number}", label, fragments, round(score, 2), attributes)
            for number, (label, fragments, score, attributes) in enumerate(spans, 1)
        ]
        return completed(text, schema, finds)

    def calibrated(self, label: str, probability: float) -> float:
        """Return the share of finds of a label with a probability that is expected to be right."""
        expected = probability
        for least, share in self.calibration.get(label, ()):
            if probability < least:
                break
            expected = share
        return expected

    def find(self, table: Table) -> list[tuple[Marked, float]]:
        """Return the most probable spans of a text with their probabilities."""
        if not table.lengths:
            return []
        rows = self.vocabulary.rows(table)
        layout = chains.Layout.of(table.lengths)
        place = np.empty(len(layout.order), dtype=np.int64)
        place[layout.order] = np.arange(len(layout.order))
        found = []
        for weights in self.weights:
            scores = np.concatenate([
                weights.features[rows[first : first + WORDS_AT_ONCE]].sum(axis=1, dtype=np.float64)
                for first in range(0, len(rows), WORDS_AT_ONCE)
            ])  # fmt: skip
            transitions = np.exp(weights.transitions)
            posterior = chains.infer(layout, scores[layout.order], transitions)
            scores[:, 0] -= RECALL
            begin = 0
            for length in table.lengths:
                tags = chains.best_path(scores[begin : begin + length], weights.transitions)
                chance = _path_probabilities(posterior, transitions, place[begin : begin + length], tags)
                marks = spans_of(weights.chain, tags, begin)
                found += [(mark, _probability(mark, chance, begin, length)) for mark in marks]
                begin += length
        return found


def _path_probabilities(
    posterior: chains.Posterior, transitions: chains.Floats, rows: Any, tags: Sequence[int]
) -> tuple[list[float], list[float]]:
    """Return the probability of each tag of a path by itself, and given the tag before it."""
    single = posterior.tags[rows, tags]
    into = posterior.emission[rows[1:]] * posterior.backward[rows[1:]] * transitions[tags[:-1]]
    given = into[np.arange(len(rows) - 1), tags[1:]] / np.maximum(into.sum(axis=1), 1e-300)
    return single.tolist(), [1.0, *given.tolist()]


def _probability(mark: Marked, chance: tuple[list[float], list[float]], begin: int, length: int) -> float:
    """Return the probability that a span begins and ends as it does, under the chain."""
    single, given = chance
    total = 1.0
    for first, last in mark.ranges:
        total *= single[first - begin]
        for word in range(first + 1, min(last + 1, begin + length)):
            total *= given[word - begin]
    return total


def save(tagger: Tagger, extra: Mapping[str, Any]) -> bytes:
    """Return a model as an archive of arrays; nothing in it is code."""
    arrays: dict[str, Any] = {}
    meta = {
        "format": FORMAT,
        "features": features.VERSION,
        "narrow": tagger.is_narrow,
        "calibration": tagger.calibration,
        "chains": [
            [
                [*layer, in_pieces]
                for layer, in_pieces in zip(weights.chain.layers, weights.chain.in_pieces, strict=True)
            ]
            for weights in tagger.weights
        ],
        **extra,
    }
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)
    for number, name in enumerate(features.COLUMNS):
        arrays[f"values{number}"] = np.frombuffer(
            SEPARATOR.join(tagger.vocabulary.values[name]).encode("utf-8", "replace"), dtype=np.uint8
        )
    for number, weights in enumerate(tagger.weights):
        used = np.flatnonzero(np.abs(weights.features).max(axis=1) > 1e-3)
        arrays[f"used{number}"] = used.astype(np.int32)
        arrays[f"weights{number}"] = weights.features[used].astype(np.float16)
        arrays[f"transitions{number}"] = weights.transitions
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def load(content: bytes) -> tuple[Tagger, dict[str, Any]]:
    """Return a stored model and what was stored with it; raise `UnreadableModel`."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            meta = json.loads(arrays["meta"].tobytes())
            if (meta["format"], meta["features"]) != (FORMAT, features.VERSION):
                raise UnreadableModel("The model was trained by another version of the site.")
            values = {
                name: arrays[f"values{number}"].tobytes().decode().split(SEPARATOR)
                for number, name in enumerate(features.COLUMNS)
            }
            vocabulary = Vocabulary(values)
            weights = []
            for number, layers in enumerate(meta["chains"]):
                chain = Chain([(label, int(layer)) for label, layer, _ in layers], [bool(row[2]) for row in layers])
                table = np.zeros((vocabulary.size, len(chain.parts)), dtype=np.float32)
                table[arrays[f"used{number}"]] = arrays[f"weights{number}"]
                weights.append(Weights(chain, table, arrays[f"transitions{number}"]))
    except (KeyError, ValueError, OSError, EOFError, TypeError) as error:
        if isinstance(error, UnreadableModel):
            raise
        raise UnreadableModel("The file of the model is damaged.") from error
    return Tagger(vocabulary, weights, meta["narrow"], meta["calibration"]), meta
