"""Reading plain text: one document per file, named after the file."""

from collections.abc import Iterator
from typing import BinaryIO

from annotator.formats.incoming import LONGEST_LINE, IncomingDocument, LineProblem, ReadLine, Source
from annotator.text.decoding import UnreadableText, decode_text
from annotator.text.digest import text_digest


def read_plain_text(stream: BinaryIO, source: Source) -> Iterator[ReadLine]:
    """Yield the one document of a file: its text unchanged, id and title from the file name."""
    data = stream.read(LONGEST_LINE + 1)
    end = source.offset + len(data)
    if len(data) > LONGEST_LINE:
        message = f"The text is longer than {LONGEST_LINE:,} bytes. Split it into several documents."
    else:
        try:
            text = decode_text(data, encoding=source.encoding)
        except UnreadableText as problem:
            message = problem.detail
        else:
            message = "" if text.strip() else "The file has no text."
    if message:
        yield ReadLine(0, end, problems=(LineProblem(0, "", message),))
    else:
        yield ReadLine(0, end, IncomingDocument(source.stem, source.stem, text, text_digest(text)))
