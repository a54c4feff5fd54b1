"""Instruction, input and structured answer, for sequence-to-sequence models."""

from collections.abc import Iterable, Iterator

from annotator.datasets.training.answers import answer_of, instruction_of
from annotator.datasets.training.rows import WHOLE, each_set, head_of, line, training_format
from annotator.formats.outgoing import SUPPORT, ExportContext, ExportDocument, Piece


def write_seq2seq(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a row for each set; `output` is JSON in a string, as a model should write it."""
    instruction = instruction_of(context.schema)
    for entry, annotator, record, tracker in each_set(documents, context, WHOLE - {SUPPORT}):
        text = entry.document["text"]
        head = head_of(entry.document, annotator, record)
        output = answer_of(text, annotator, record, tracker)
        yield line({**head, "instruction": instruction, "input": text, "output": output})


FORMAT = training_format("Training: instruction, input, answer (seq2seq)", write_seq2seq, "Ids of spans and relations.")
