"""From finished documents to a model with its figures: held-out documents, learning curve, calibration. Pure."""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotator.suggestions.evaluation import Evaluation
from annotator.suggestions.sources.interface import Fragments
from annotator.suggestions.sources.model.calibration import shares
from annotator.suggestions.sources.model.features import Codebook, Table, Vocabulary, table_of
from annotator.suggestions.sources.model.tagger import Tagger
from annotator.suggestions.sources.model.tagging import Coverage, Marked, Tagged, by_layer, chains_for, marked
from annotator.suggestions.sources.model.training import ROUNDS, Example, Step, train

LEAST_SPANS = 20
"""A label, or a relation between them, with fewer spans is not learned."""
LEAST_VALUES = 2
HELD_OUT = 0.2
LEAST_HELD_OUT = 2
CURVE = (0.25, 0.5)
"""Shares of the training documents at which the learning curve is measured, beside all of them."""
WEIGHT_OF_ACCEPTED = 0.5
"""What sequences count in which an annotator accepted a suggestion and changed nothing."""
SHINGLE, SKETCH, SAME = 5, 48, 0.5
STEPS_OF_SCORES = 20
Finds = Mapping[int, Sequence[tuple[Marked, float]]]
"""What a model finds in documents with its probabilities, by the key of the document."""


class TooFewSpans(ValueError):
    """No label has enough spans to learn from."""


@dataclass(frozen=True)
class FinishedSpan:
    """A span of finished work; `is_accepted` when it is a suggestion that was accepted and not changed."""

    label: str
    fragments: Fragments
    is_accepted: bool = False


@dataclass(frozen=True)
class FinishedDocument:
    """A text with the spans of each finished set over it."""

    key: int
    text: str
    sets: Sequence[Sequence[FinishedSpan]]


@dataclass(frozen=True)
class Learned:
    """A model of all documents, the one that was measured, its figures, and the documents that it had not seen."""

    tagger: Tagger
    measured: Tagger
    evaluation: Evaluation
    curve: Sequence[tuple[int, float]]
    held_out: frozenset[int]
    coverage: Mapping[str, Coverage]
    cases: "Sequence[Case]"


@dataclass(frozen=True)
class Case:
    """A document as columns, with the spans of its sets."""

    document: FinishedDocument
    table: Table


def learn(
    documents: Sequence[FinishedDocument],
    *,
    is_narrow: bool,
    on_progress: Callable[[float], None] = lambda _share: None,
) -> Learned:
    """Return what is learned from finished documents; `on_progress` is called often, and what it raises ends it.

    Raises `TooFewSpans`.
    """
    cases = _cases(documents, is_narrow=is_narrow, on_progress=on_progress)
    coverage: dict[str, Coverage] = defaultdict(Coverage)
    examples = {case.document.key: _examples(case, coverage) for case in cases}
    on_progress(0.2)
    held_out = held_out_of(documents)
    on_progress(0.2)
    taught = sorted((case for case in cases if case.document.key not in held_out), key=_order)
    taken = chains_for([example.tagged for case in taught for example in examples[case.document.key]],
                       least=LEAST_SPANS)  # fmt: skip
    if not taken:
        raise TooFewSpans
    tables = [case.table for case in cases]
    vocabulary = Vocabulary.of(tables, least=LEAST_VALUES, on_column=lambda: on_progress(0.2))
    on_progress(0.2)
    unseen = [case for case in cases if case.document.key in held_out]
    all_of_taught = len(cases) / max(1, len(taught))
    progress = _Progress(on_progress, 0.2, ROUNDS * (1 + sum(CURVE) + all_of_taught))
    curve = []
    measured = None
    for share in (*CURVE, 1.0):
        part = taught[: max(1, round(share * len(taught)))]
        chosen = [example for case in part for example in examples[case.document.key]]
        measured = train(
            chosen, vocabulary, taken, is_narrow=is_narrow, on_step=progress.steps(ROUNDS * share, chosen, taken)
        )
        curve.append((len(part), _f1(evaluate(measured, unseen, on_case=progress.again))))
    if measured is None:
        raise TooFewSpans
    everything = [example for case in cases for example in examples[case.document.key]]
    on_step = progress.steps(ROUNDS * all_of_taught, everything, taken)
    final = train(everything, vocabulary, taken, is_narrow=is_narrow, on_step=on_step)
    finds = finds_in(measured, unseen, on_case=progress.again)
    evaluation = evaluate_calibrated(measured, unseen, finds)
    scale = calibration_of(measured, unseen, finds)
    return Learned(
        replace(final, calibration=scale), replace(measured, calibration=scale), evaluation, curve,
        frozenset(held_out), dict(coverage), cases,
    )  # fmt: skip


def _cases(
    documents: Sequence[FinishedDocument], *, is_narrow: bool, on_progress: Callable[[float], None]
) -> list[Case]:
    cases = []
    codebook = Codebook()
    for number, document in enumerate(documents):
        on_progress(0.2 * number / len(documents))
        table = table_of(document.text, is_narrow=is_narrow, codebook=codebook)
        cases.append(Case(document, replace(table, words=table.words.only_places())))
    return cases


class _Progress:
    """Progress as a share of the rounds that are still to come."""

    def __init__(self, on_progress: Callable[[float], None], done: float, rounds: float) -> None:
        self.on_progress, self.done, self.each = on_progress, done, (1 - done) / rounds

    def again(self) -> None:
        """Say the progress once more, so that a job can be cancelled."""
        self.on_progress(self.done)

    def steps(self, rounds: float, examples: Sequence[Example], taken: Sequence[Any]) -> Step:
        from annotator.suggestions.sources.model.training import WORDS_AT_ONCE

        begin, self.done = self.done, self.done + rounds * self.each
        words = sum(len(example.table.words) for example in examples)
        total = max(1.0, ROUNDS * len(taken) * (words / WORDS_AT_ONCE + 1) + len(examples))
        count = 0

        def step() -> None:
            nonlocal count
            count += 1
            self.on_progress(begin + rounds * self.each * min(1.0, count / total))

        return step


def _examples(case: Case, coverage: Mapping[str, Coverage]) -> list[Example]:
    """Return an example for each set; sets over one document share its weight."""
    examples = []
    words = case.table.words
    for spans in case.document.sets:
        ranges = [(span, marked(words, span.label, span.fragments)) for span in spans]
        tagged: Tagged = by_layer([mark for _span, mark in ranges if mark], coverage)
        accepted = {mark.extent[0] for span, mark in ranges if mark and span.is_accepted}
        weights = []
        begin = 0
        for length in case.table.lengths:
            is_accepted = any(begin <= word < begin + length for word in accepted)
            weights.append((WEIGHT_OF_ACCEPTED if is_accepted else 1.0) / len(case.document.sets))
            begin += length
        examples.append(Example(case.table, tagged, weights))
    return examples


def held_out_of(documents: Sequence[FinishedDocument]) -> set[int]:
    """Return the keys of the documents that are measured on: about a fifth, the same ones whenever documents come in.

    Near-duplicates are never on both sides.
    """
    groups: list[list[FinishedDocument]] = list(_near_duplicates(documents))
    ordered = sorted(groups, key=lambda group: min(_hash(document.text) for document in group))
    held_out: set[int] = set()
    for group in ordered:
        share = int(min(_hash(document.text) for document in group)[:8], 16) / 0xFFFFFFFF
        if share >= HELD_OUT and len(held_out) >= LEAST_HELD_OUT:
            break
        held_out |= {document.key for document in group}
    return held_out if len(held_out) < len(documents) else set()


def _hash(text: str) -> str:
    return hashlib.sha256(b"held out\0" + text.encode("utf-8", "surrogatepass")).hexdigest()


def _order(case: Case) -> str:
    return _hash(f"order {case.document.text}")


def _near_duplicates(documents: Sequence[FinishedDocument]) -> Sequence[list[FinishedDocument]]:
    """Return documents in groups whose sketches of word sequences are alike."""
    parents = list(range(len(documents)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    sketches = [_sketch(document.text) for document in documents]
    holders: dict[int, list[int]] = defaultdict(list)
    for index, sketch in enumerate(sketches):
        shared: dict[int, int] = defaultdict(int)
        for value in sketch:
            for other in holders[value]:
                shared[other] += 1
            holders[value].append(index)
        for other, count in shared.items():
            if count >= SAME * min(len(sketch), len(sketches[other])):
                parents[root(index)] = root(other)
    groups: dict[int, list[FinishedDocument]] = defaultdict(list)
    for index, document in enumerate(documents):
        groups[root(index)].append(document)
    return list(groups.values())


def _sketch(text: str) -> set[int]:
    words = text.lower().split()
    shingles = {zlib.crc32(" ".join(words[index : index + SHINGLE]).encode("utf-8", "replace"))
                for index in range(max(1, len(words) - SHINGLE + 1))}  # fmt: skip
    return set(sorted(shingles)[:SKETCH])


def evaluate(tagger: Tagger, cases: Sequence[Case], *, on_case: Step = lambda: None) -> Evaluation:
    """Return how good a model is on documents; its probabilities are taken as they are calibrated."""
    evaluation = Evaluation()
    for case in cases:
        _add(evaluation, tagger, case, finds_in(tagger, [case], on_case=on_case))
    return evaluation


def finds_in(tagger: Tagger, cases: Sequence[Case], *, on_case: Step = lambda: None) -> Finds:
    """Return what a model finds in each document, by its key; this takes the time of measuring it."""
    finds: dict[int, list[tuple[Marked, float]]] = {}
    for case in cases:
        on_case()
        finds[case.document.key] = tagger.find(case.table)
    return finds


def _add(evaluation: Evaluation, tagger: Tagger, case: Case, finds: Finds) -> None:
    words = case.table.words
    labels = sorted({layer[0] for weights in tagger.weights for layer in weights.chain.layers})
    suggested = []
    for number, (mark, probability) in enumerate(finds[case.document.key]):
        fragments = [list(words.range_of(*ranges)) for ranges in mark.ranges]
        score = round(tagger.calibrated(mark.label, probability) * STEPS_OF_SCORES) / STEPS_OF_SCORES
        suggested.append({"id": f"m{number}", "label": mark.label, "fragments": fragments, "score": score})
    evaluation.start_document()
    for spans in case.document.sets:
        finished = [
            {"id": f"x{number}", "label": span.label, "fragments": [list(pair) for pair in span.fragments],
             "suggestion": span.is_accepted or None}
            for number, span in enumerate(spans)
        ]  # fmt: skip
        evaluation.add(suggested, [], finished, [], labels)


def _f1(evaluation: Evaluation) -> float:
    counts = list(evaluation.labels.values())
    total = sum(row.suggested + row.finished for row in counts)
    return 2 * sum(row.exact for row in counts) / total if total else 0.0


def calibration_of(tagger: Tagger, cases: Sequence[Case], finds: Finds) -> dict[str, list[tuple[float, float]]]:
    """Return by label the share that was right from each probability on."""
    evaluation, plain = Evaluation(), replace(tagger, calibration={})
    for case in cases:
        _add(evaluation, plain, case, finds)
    half = 0.5 / STEPS_OF_SCORES
    return {
        label: [(max(0.0, score - half), share) for score, share in shares(counts.by_score)]
        for label, counts in evaluation.labels.items()
    }


def evaluate_calibrated(tagger: Tagger, cases: Sequence[Case], finds: Finds) -> Evaluation:
    """Return how good a model is on documents, each with the calibration that the other half of them gives."""
    halves = [cases[::2], cases[1::2]]
    scales = [calibration_of(tagger, half, finds) for half in halves]
    evaluation = Evaluation()
    for number, half in enumerate(halves):
        for case in half:
            _add(evaluation, replace(tagger, calibration=scales[1 - number]), case, finds)
    return evaluation


def overall_f1(tagger: Tagger, cases: Sequence[Case], *, on_case: Step = lambda: None) -> float:
    """Return the exact F1 of a model over all its labels."""
    return _f1(evaluate(tagger, cases, on_case=on_case))
