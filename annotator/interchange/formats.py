"""The formats that can be read, one line each."""

from pathlib import PurePath
from re import compile as compile_pattern

from annotator.interchange.jsonl import read_jsonl
from annotator.interchange.plain_text import read_plain_text
from annotator.interchange.reading import LONGEST_ID, Format

FORMATS = {
    "jsonl": Format("JSONL", (".jsonl", ".ndjson"), read_jsonl),
    "text": Format("plain text", (".txt", ".text", ".md", ""), read_plain_text),
}
ENDINGS = tuple(ending for known in FORMATS.values() for ending in known.endings if ending)

_UNFIT = compile_pattern("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def format_of(file_name: str) -> str | None:
    """Return the key in `FORMATS` by the ending of a file's name; None when it is not known.

    >>> format_of("news.JSONL"), format_of("README"), format_of("table.csv")
    ('jsonl', 'text', None)
    """
    ending = PurePath(file_name).suffix.lower()
    return next((key for key, known in FORMATS.items() if ending in known.endings), None)


def stem_of(file_name: str) -> str:
    r"""Return the name of a file without folder and ending, fit to name a document.

    >>> stem_of("C:\\news\\article.one.txt")
    'article.one'
    """
    name = PurePath(file_name.replace("\\", "/")).name
    stem = name if format_of(name) is None else PurePath(name).stem
    return _UNFIT.sub("_", stem).strip()[:LONGEST_ID] or "document"
