"""Tokens with BIO tags, one layer per label, for token classification.

Tokens are those of the editor (`annotator.text.tokens`), which do not depend on the labels. Every label of the schema
has a layer; spans of one label that share a token are in further layers of it, so nested spans are not lost. A span
that covers only a part of a token tags the whole token, which is reported as a loss.
"""

from collections.abc import Iterable, Iterator, Sequence

from annotator.datasets.training.rows import (
    CARRIED,
    each_set,
    head_of,
    is_aligned,
    label_ids,
    line,
    spaces_after,
    touched,
    training_format,
)
from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import ATTRIBUTES, SUPPORT, ExportContext, ExportDocument, LossTracker, Piece
from annotator.formats.records import SetRecord
from annotator.text.tokens import Range

Layer = tuple[str, list[str]]


def write_token_tagging(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a row for each set: tokens with offsets and the white space after them, and the layers of tags."""
    labels = label_ids(context)
    last: tuple[str, list[Range]] = ("", [])
    for entry, annotator, record, tracker in each_set(documents, context, CARRIED - {ATTRIBUTES, SUPPORT}):
        text = entry.document["text"]
        if text is not last[0]:
            last = text, context.rules.tokens(text)
        tokens = last[1]
        tracker.relations(annotator, record)
        before, after = spaces_after(text, tokens)
        layers = layers_of(tokens, _ranges(tokens, annotator, record, tracker), labels)
        yield line(
            {
                **head_of(entry.document, annotator, record),
                "before": before,
                "tokens": [text[start:end] for start, end in tokens],
                "after": after,
                "starts": [start for start, _ in tokens],
                "ends": [end for _, end in tokens],
                "layers": [{"label": label, "tags": tags} for label, tags in layers],
            }
        )


def _ranges(
    tokens: Sequence[Range], annotator: str, record: SetRecord, tracker: LossTracker
) -> Iterator[tuple[str, int, int]]:
    """Yield the fragments of a set as (label, first token, token after the last)."""
    for span in tracker.spans(annotator, record):
        for start, end in span["fragments"]:
            first, beyond = touched(tokens, start, end)
            if first == beyond:
                tracker.add_loss(annotator, span["id"], "span", reason("no_token"))
                continue
            if not is_aligned(tokens, first, beyond, start, end):
                tracker.add_loss(annotator, span["id"], "boundaries", reason("within_token"))
            yield span["label"], first, beyond


def layers_of(tokens: Sequence[Range], ranges: Iterable[tuple[str, int, int]], labels: Iterable[str]) -> list[Layer]:
    """Return a layer of tags for each label, and further layers where spans of a label share tokens.

    `ranges` are (label, first token, token after the last); earlier spans come first, then longer ones.

    >>> layers_of([(0, 3), (4, 8)], [("A", 0, 2), ("A", 1, 2)], ["A", "B"])
    [('A', ['B-A', 'I-A']), ('A', ['O', 'B-A']), ('B', ['O', 'O'])]
    """
    layers: dict[str, list[list[str]]] = {label: [["O"] * len(tokens)] for label in labels}
    free: dict[tuple[str, int], int] = {}
    for label, first, beyond in sorted(ranges, key=lambda labelled: (labelled[1], -labelled[2], labelled[0])):
        own = layers.setdefault(label, [["O"] * len(tokens)])
        number = next((at for at in range(len(own)) if free.get((label, at), 0) <= first), len(own))
        if number == len(own):
            own.append(["O"] * len(tokens))
        own[number][first:beyond] = [f"B-{label}", *[f"I-{label}"] * (beyond - first - 1)]
        free[label, number] = beyond
    return [(label, tags) for label, own in layers.items() for tags in own]


FORMAT = training_format("Training: tokens with BIO tags", write_token_tagging, "Ids of spans.")
