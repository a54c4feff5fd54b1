"""Chat messages, for fine-tuning language models."""

from collections.abc import Iterable, Iterator

from annotator.datasets.training.answers import answer_of, instruction_of
from annotator.datasets.training.rows import WHOLE, each_set, head_of, line, training_format
from annotator.formats.outgoing import SUPPORT, ExportContext, ExportDocument, Piece

LONGEST_GUIDELINE = 12_000


def write_chat(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a row for each set: the system message has instruction and guidelines, the user message the text."""
    system = instruction_of(context.schema)
    if context.guideline:
        system += f"\n\nGuidelines:\n\n{excerpt(context.guideline)}"
    for entry, annotator, record, tracker in each_set(documents, context, WHOLE - {SUPPORT}):
        text = entry.document["text"]
        answer = answer_of(text, annotator, record, tracker)
        contents = [("system", system), ("user", text), ("assistant", answer)]
        messages = [{"role": role, "content": content} for role, content in contents]
        yield line({**head_of(entry.document, annotator, record), "messages": messages})


def excerpt(guideline: str, longest: int = LONGEST_GUIDELINE) -> str:
    r"""Return as many whole paragraphs from the beginning as fit, and at least a part of the first.

    >>> excerpt("One.\n\nTwo.\n\nThree.", 12)
    'One.\n\nTwo.'
    """
    if len(guideline) <= longest:
        return guideline.strip()
    end = guideline.rfind("\n\n", 0, longest + 1)
    return guideline[: end if end > 0 else longest].strip()


FORMAT = training_format("Training: chat messages", write_chat, "Ids of spans and relations.")
