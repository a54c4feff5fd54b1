"""The format plain text: a document for each file, named after the file."""

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.plain_text.read import read_plain_text

ENDINGS = (".txt", ".text", ".md", "")


def _sniff(head: Head) -> float:
    return 0.3 if head.ending in ENDINGS else 0.0


FORMAT = Format("plain text", ENDINGS, _sniff, read_lines=read_plain_text)
