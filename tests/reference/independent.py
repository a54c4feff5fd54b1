"""Alpha, F1 and kappa of a corpus, compared with independent code: `krippendorff` and `scikit-learn`.

    python -m tests.reference.independent [FILE.jsonl]

The file has one document a line with `text` and `annotators`, as exports and imports have them; without one, the sample
corpus is compared. What reports add up is compared with plain loops over every token and every span, whose values go
into the two libraries: alpha over tokens for each label and over sets of labels, kappa of each pair and label over
tokens, exact F1 of each pair and label. The command fails when a figure differs by more than 1e-4.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from annotator.agreement.counting.disagreement_rows import group_disagreements
from annotator.agreement.counting.document_groups import DocumentGroup
from annotator.agreement.counting.group_counts import GroupCounts
from annotator.agreement.counting.tallies import Tally
from annotator.agreement.counting.tally_records import add_record, tally_of
from annotator.measures.alignment import SetContent, SpanContent
from annotator.text.tokens import token_boundaries
from tests.reference.corpus import sample_records

TOLERANCE = 1e-4
Figures = dict[tuple[str, ...], float]
Spans = list[tuple[str, tuple[tuple[int, int], ...]]]


def documents_of(records: Iterator[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Spans]]]:
    """Yield text and spans by annotator of documents that two or more annotated; equal spans once."""
    for record in records:
        sets = {
            name: sorted({(span["label"], _merged(span["fragments"])) for span in layer["spans"]})
            for name, layer in record["annotators"].items()
            if name != "adjudicated"
        }
        if len(sets) > 1:
            yield record["text"], sets


def _merged(fragments: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    """Return fragments in order, those that touch or overlap joined, as an import stores them."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(map(tuple, fragments)):
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return tuple(merged)


def ours(documents: Sequence[tuple[str, dict[str, Spans]]]) -> Figures:
    """Return the figures as reports have them: each document is counted, and the counts are added up."""
    total: dict[str, Any] = {}
    for text, sets in documents:
        contents = {name: SetContent([SpanContent(*span, {}) for span in spans], []) for name, spans in sets.items()}
        group = DocumentGroup.of_sets(text, contents)
        add_record(total, GroupCounts(group, group_disagreements(group)).records[0])
    return _figures(tally_of(total))


def _figures(tally: Tally) -> Figures:
    figures: Figures = {("alpha", ""): tally.overall_alpha.value}
    for label in tally.spans:
        figures["alpha", label] = tally.tokens.coincidences(label).alpha.value
    for pair, counts in tally.pairs.items():
        for label, spans in counts.spans.items():
            figures["f1", *pair, label] = spans.exact_f1.value
        for label, marks in counts.marked.items():
            figures["kappa", *pair, label] = marks.contingency(counts.tokens.total).kappa.value
    return figures


def theirs(documents: Sequence[tuple[str, dict[str, Spans]]]) -> Figures:
    """Return the figures of the two libraries, from plain loops."""
    import krippendorff
    from sklearn.metrics import cohen_kappa_score, f1_score

    names = sorted({name for _, sets in documents for name in sets})
    labels = sorted({label for _, sets in documents for spans in sets.values() for label, _ in spans})
    rows = [_tokens_of(text, sets, names) for text, sets in documents]
    tokens = {name: [value for row in rows for value in row[name]] for name in names}
    known = {
        value: number
        for number, value in enumerate(sorted({v for own in tokens.values() for v in own if v is not None}, key=sorted))
    }
    figures: Figures = {
        ("alpha", ""): _alpha(
            krippendorff, [[np.nan if v is None else known[v] for v in tokens[name]] for name in names]
        )
    }
    for label in labels:
        values = [[np.nan if v is None else float(label in v) for v in tokens[name]] for name in names]
        figures["alpha", label] = _alpha(krippendorff, values)
    for one, other in combinations(names, 2):
        both = [(a, b) for a, b in zip(tokens[one], tokens[other], strict=True) if a is not None and b is not None]
        shared = [sets for _, sets in documents if one in sets and other in sets]
        for label in labels:
            first, second = ([label in pair[side] for pair in both] for side in (0, 1))
            if any(first) or any(second):
                figures["kappa", one, other, label] = float(cohen_kappa_score(first, second))
            marked = [[{span for span in sets[name] if span[0] == label} for name in (one, other)] for sets in shared]
            flags = [(span in a, span in b) for a, b in marked for span in a | b]
            if flags:
                figures["f1", one, other, label] = float(f1_score(*zip(*flags, strict=True), zero_division=0.0))
    return figures


def _tokens_of(text: str, sets: Mapping[str, Spans], names: Sequence[str]) -> dict[str, list[frozenset[str] | None]]:
    """Return for each annotator the labels on every token, None where they did not annotate the document."""
    tokens = list(token_boundaries(text))
    values: dict[str, list[frozenset[str] | None]] = {}
    for name in names:
        on_token: list[set[str]] = [set() for _ in tokens]
        for label, fragments in sets.get(name, []):
            for number, (start, end) in enumerate(tokens):
                if any(low < end and high > start for low, high in fragments):
                    on_token[number].add(label)
        values[name] = [frozenset(own) for own in on_token] if name in sets else [None] * len(tokens)
    return values


def _alpha(library: Any, values: Sequence[Sequence[float]]) -> float:
    return float(library.alpha(reliability_data=np.array(values), level_of_measurement="nominal"))


def differences(documents: Sequence[tuple[str, dict[str, Spans]]]) -> tuple[int, list[str]]:
    """Return how many figures were compared, and those that differ."""
    here, there = ours(documents), theirs(documents)
    compared = [key for key in there if key in here and np.isfinite(here[key]) and np.isfinite(there[key])]
    different = [
        f"{' '.join(key)}: {here[key]:.6f}, independent {there[key]:.6f}"
        for key in compared
        if abs(here[key] - there[key]) > TOLERANCE
    ]
    missing = [" ".join(key) for key in there if np.isfinite(there[key]) and not np.isfinite(here.get(key, np.nan))]
    return len(compared), different + [f"{key}: missing here" for key in missing]


def main() -> int:
    """Compare a file or the sample corpus, and print what differs."""
    given = sys.argv[1:]
    if given:
        with Path(given[0]).open(encoding="utf-8", newline="\n") as lines:
            documents = list(documents_of(map(json.loads, lines)))
    else:
        documents = list(documents_of(sample_records()))
    compared, different = differences(documents)
    print(f"{len(documents)} documents, {compared} figures compared, {len(different)} differ.")
    print("\n".join(different))
    return 1 if different or not compared else 0


if __name__ == "__main__":
    raise SystemExit(main())
