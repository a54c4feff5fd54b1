"""The preview of an export: its first rows, and the losses of its first documents."""

from collections import Counter, deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from annotator.datasets.exports.format_registry import FORMATS
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.exports.output.dataset import Tally, export_documents, pieces_of
from annotator.formats.extras import require_packages
from annotator.formats.loss_reasons import LossReason
from projects.models import Project

DOCUMENTS = 20
PIECES = 2
LONGEST = 6_000
LONGEST_LINE = 400
WIDTH = 100


@dataclass(frozen=True)
class PreviewPiece:
    """The beginning of a file; `file` is its name in an archive, "" for a single file."""

    file: str
    text: str
    is_cut: bool


@dataclass(frozen=True)
class Preview:
    """The beginning of an export, made of its first documents, and their losses by kind."""

    pieces: tuple[PreviewPiece, ...]
    documents: int
    lost: dict[str, int]
    is_binary: bool = False


class _Counts:
    """A loss report that only counts."""

    def __init__(self) -> None:
        self.by_what: Counter[str] = Counter()

    def add(self, document: str, annotator: str, item: str, what: str, why: LossReason) -> None:
        """Count a loss."""
        self.by_what[what] += 1


def preview_export(project: Project, options: ExportOptions) -> Preview:
    """Return the beginning of an export with these options; nothing is stored."""
    require_packages(FORMATS[options.format])
    tally, book = Tally(), _Counts()
    documents = export_documents(project, options, tally, _ignore_progress, at_most=DOCUMENTS)
    pieces = pieces_of(project, documents, options, book, tally)
    first = list(islice(pieces, PIECES))
    # The rest is written as well and not kept, because its losses count.
    deque(pieces, maxlen=0)
    is_binary = any(b"\0" in data for _, data in first)
    shown = () if is_binary else tuple(_piece(name, data.decode(errors="replace")) for name, data in first)
    return Preview(shown, tally.documents, dict(sorted(book.by_what.items())), is_binary)


def _ignore_progress(done: int, total: int) -> None:
    """Do nothing: so few documents need no progress bar."""


def _piece(name: str, text: str) -> PreviewPiece:
    shown = with_line_breaks(text)
    return PreviewPiece(name, shown[:LONGEST], len(shown) > LONGEST)


def with_line_breaks(text: str) -> str:
    r"""Return a row of JSON with line breaks, long strings and lists cut; other text unchanged.

    >>> print(with_line_breaks('{"text": "%s", "spans": [{"start": 0}]}' % ("no " * 30)))
    {
      "text": "no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no ",
      "spans": [{"start": 0}]
    }
    """
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return _broken(row, "") if isinstance(row, dict) else text


def _broken(value: Any, margin: str) -> str:
    """Return a value on one line if it fits or has only strings and numbers, otherwise one line per member or item."""
    line = _compact(value)
    if len(margin) + len(line) <= WIDTH:
        return line
    inner = margin + "  "
    if isinstance(value, dict):
        members = [f"{inner}{_compact(name)}: {_broken(item, inner)}" for name, item in value.items()]
        return "{\n" + ",\n".join(members) + f"\n{margin}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[\n" + ",\n".join(inner + _broken(item, inner) for item in value) + f"\n{margin}]"
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def _compact(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_compact(name)}: {_compact(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_compact, value))}]"
    return orjson.dumps(value).decode()
