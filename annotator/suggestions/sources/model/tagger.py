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
from annotator.suggestions.sources.model.candidates import Readings, candidates, chosen
from annotator.suggestions.sources.model.completion import completed
from annotator.suggestions.sources.model.features import Table, Vocabulary, table_of
from annotator.suggestions.sources.model.tagging import Chain, Marked

NEVER = -1e4
LEAST_PROBABILITY = 0.2
"""Spans that are less probable are no finds. In cross-validation F1 is highest from 0.14 to 0.22, by label: a find pays
for itself in F1 from about half of the F1 on (Lipton, Elkan and Naryanaswamy 2014), and probabilities of unknown words
are too low."""
LEAST_SCORE = 0.05
"""Weaker finds are not worth showing."""
FORMAT = 2
WITHOUT_MEMORY = 1
"""The format of models whose chains do not remember interrupted spans; they can be read."""
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
        by_column = np.ascontiguousarray(self.vocabulary.rows(table).T)
        layout = chains.Layout.of(table.lengths)
        place = np.empty(len(layout.order), dtype=np.int64)
        place[layout.order] = np.arange(len(layout.order))
        ends = np.cumsum(table.lengths) - 1
        found: dict[Marked, float] = {}
        for weights in self.weights:
            # One column after the other: a quarter of the time of summing all rows of a word at once.
            scores = np.zeros((len(layout.order), len(weights.chain.tags)))
            for numbers in by_column:
                scores += weights.features.take(numbers, axis=0)
            scores[ends[:, None], np.array(weights.chain.unfinished(), dtype=np.int64)] = NEVER
            transitions = np.exp(weights.transitions)
            posterior = chains.infer(layout, scores[layout.order], transitions)
            readings = Readings(
                weights.chain, posterior.tags[place], (posterior.emission * posterior.backward)[place], transitions
            )
            for mark, probability in chosen(candidates(readings, table.lengths), least=LEAST_PROBABILITY):
                found[mark] = max(probability, found.get(mark, 0.0))
        return list(found.items())


def save(tagger: Tagger, extra: Mapping[str, Any]) -> bytes:
    """Return a model as an archive of arrays; nothing in it is code."""
    arrays: dict[str, Any] = {}
    meta = {
        "format": FORMAT if all(weights.chain.remembers for weights in tagger.weights) else WITHOUT_MEMORY,
        "features": tagger.vocabulary.version,
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
    for number, name in enumerate(tagger.vocabulary.columns):
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
            columns = features.COLUMNS_BY_VERSION.get(meta["features"])
            if meta["format"] not in (WITHOUT_MEMORY, FORMAT) or columns is None:
                raise UnreadableModel("The model was trained by another version of the site.")
            values = {
                name: arrays[f"values{number}"].tobytes().decode().split(SEPARATOR)
                for number, name in enumerate(columns)
            }
            vocabulary = Vocabulary(values, version=meta["features"])
            weights = []
            for number, layers in enumerate(meta["chains"]):
                chain = Chain(
                    [(label, int(layer)) for label, layer, _ in layers],
                    [bool(row[2]) for row in layers],
                    remembers=meta["format"] != WITHOUT_MEMORY,
                )
                table = np.zeros((vocabulary.size, len(chain.tags)), dtype=np.float32)
                table[arrays[f"used{number}"]] = arrays[f"weights{number}"]
                weights.append(Weights(chain, table, arrays[f"transitions{number}"]))
    except (KeyError, ValueError, OSError, EOFError, TypeError) as error:
        if isinstance(error, UnreadableModel):
            raise
        raise UnreadableModel("The file of the model is damaged.") from error
    return Tagger(vocabulary, weights, meta["narrow"], meta["calibration"]), meta
