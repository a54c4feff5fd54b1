"""The share of annotators who put each label on each token, for learning with disagreement.

Tokens are those of the editor; a token has a label when it shares a character with a span of the label. The shares of
different labels do not add up to 1, because spans overlap; "none" is the share of annotators without a label there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from annotator.datasets.training.relation_pairs import NONE
from annotator.datasets.training.rows import CARRIED, head_of, label_ids, line, spaces_after, touched, training_format
from annotator.formats.outgoing import ATTRIBUTES, PARTS, ExportContext, ExportDocument, LossTracker, Piece
from annotator.formats.records import SetRecord
from annotator.text.tokens import Range

DIGITS = 6


def write_soft_labels(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a row for each document, made of all its sets: `shares` of each label of the schema, one per token."""
    labels = label_ids(context)
    for entry in documents:
        text = entry.document["text"]
        tokens = context.rules.tokens(text)
        tracker = LossTracker(entry, context.losses, carried=(CARRIED | {PARTS}) - {ATTRIBUTES})
        before, after = spaces_after(text, tokens)
        shares = shares_of(tokens, _ranges(tokens, entry.sets, tracker), labels)
        row = head_of(entry.document, "", {"spans": [], "relations": []})
        del row["annotator"], row["schema_version"]
        row |= {
            "annotators": sorted(entry.sets),
            "schema_versions": [record.get("schema_version") for _, record in sorted(entry.sets.items())],
            "n": len(entry.sets),
            "before": before,
            "tokens": [text[start:end] for start, end in tokens],
            "after": after,
            "starts": [start for start, _ in tokens],
            "ends": [end for _, end in tokens],
            "shares": [{"label": label, "tokens": column} for label, column in shares.items()],
        }
        yield line(row)


def _ranges(
    tokens: Sequence[Range], sets: Mapping[str, SetRecord], tracker: LossTracker
) -> list[list[tuple[str, int, int]]]:
    """Return (label, first token, token after the last) of every fragment, by annotator."""
    ranges = []
    for annotator, record in sets.items():
        tracker.relations(annotator, record)
        ranges.append(
            [
                (span["label"], *touched(tokens, start, end))
                for span in tracker.spans(annotator, record)
                for start, end in span["fragments"]
            ]
        )
    return ranges


def shares_of(
    tokens: Sequence[Range], ranges: Sequence[Sequence[tuple[str, int, int]]], labels: Iterable[str]
) -> dict[str, list[float]]:
    """Return by label, and for "none", a share from 0 to 1 for each token.

    >>> shares_of([(0, 3), (4, 8)], [[("A", 0, 2)], [("A", 0, 1)]], ["A", "B"])
    {'A': [1.0, 0.5], 'B': [0.0, 0.0], 'none': [0.0, 0.5]}
    """
    counts = {label: [0] * len(tokens) for label in (*labels, NONE)}
    for own in ranges:
        anything = _covered(tokens, own)
        by_label: dict[str, list[tuple[str, int, int]]] = {}
        for labelled in own:
            by_label.setdefault(labelled[0], []).append(labelled)
        for label, own_ranges in by_label.items():
            column = counts.setdefault(label, [0] * len(tokens))
            counts[label] = [count + on for count, on in zip(column, _covered(tokens, own_ranges), strict=True)]
        counts[NONE] = [count + (not on) for count, on in zip(counts[NONE], anything, strict=True)]
    annotators = max(1, len(ranges))
    return {label: [round(count / annotators, DIGITS) for count in column] for label, column in counts.items()}


def _covered(tokens: Sequence[Range], own_ranges: Iterable[tuple[str, int, int]]) -> list[bool]:
    """Whether each token is in at least one of some ranges."""
    steps = [0] * (len(tokens) + 1)
    for _, first, beyond in own_ranges:
        steps[first] += 1
        steps[beyond] -= 1
    return [depth > 0 for depth in accumulate(steps)][: len(tokens)]


FORMAT = training_format(
    "Training: soft labels a token, of all annotators",
    write_soft_labels,
    "Where within a token a span begins and ends, and which tokens are of one span.",
)
