"""A text with its spans drawn into it by the server: for print, for reading without script.

Spans nest, cross and have gaps, elements cannot: where a span ends inside another that began after it, the inner marks
are closed and opened again. Each line is a block of its own, so that its direction is its own too. Text, labels and
names are hostile: everything is escaped, and class names are made of numbers only.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from annotator.formats.records import SpanRecord
from projects.schema import Schema

LINE = re.compile("[^\n\r\u2028\u2029]*(?:\r\n|[\n\r\u2028\u2029]|$)")
BREAKS = "\n\r\u2028\u2029"
# Where more spans than this lie over one place, the rest is not drawn: nobody could tell so many lines apart.
DEEPEST = 12
# Colours and patterns of labels in the style sheet; further labels begin again at the first.
LOOKS = 6


@dataclass(frozen=True, slots=True)
class Fragment:
    """One piece of a span to draw; `is_last` bears the label's name at its end."""

    end: int
    css_class: str
    name: str
    is_last: bool


def render_text(text: str, spans: Iterable[SpanRecord], schema: Schema) -> SafeString:
    """Return the text as lines of HTML with nested `<mark>`s; each span bears the name of its label at its end."""
    writer = _Writer(_fragments_by_start(spans, schema))
    return mark_safe("".join(writer.lines(text)))  # noqa: S308 - every part was escaped where it was written


class _Writer:
    """Walks through a text once, with the marks that are open as a stack."""

    def __init__(self, starting: dict[int, list[Fragment]]) -> None:
        self._starting = starting
        self._edges = sorted(starting.keys() | {piece.end for pieces in starting.values() for piece in pieces})
        self._passed = 0
        self._open: list[Fragment] = []

    def lines(self, text: str) -> Iterator[str]:
        for match in LINE.finditer(text):
            if match.start() < len(text) or not text:
                content = match.group().rstrip(BREAKS)
                inner = "".join(self._line(content, match.start()))
                yield f'<div class="block" dir="auto">{inner or "<br>"}</div>'

    def _line(self, content: str, start: int) -> Iterator[str]:
        yield from map(_opening, self._open)
        position, end = start, start + len(content)
        while position <= end:
            yield from self._pass_edges(position)
            following = self._edges[self._passed] if self._passed < len(self._edges) else end + 1
            high = min(following, end)
            yield escape(content[position - start : high - start])
            position = high if high > position else end + 1
        yield "</mark>" * len(self._open)

    def _pass_edges(self, position: int) -> Iterator[str]:
        while self._passed < len(self._edges) and self._edges[self._passed] <= position:
            edge = self._edges[self._passed]
            yield from self._close(edge)
            for piece in self._starting.get(edge, ()):
                if len(self._open) < DEEPEST:
                    self._open.append(piece)
                    yield _opening(piece)
            self._passed += 1

    def _close(self, edge: int) -> Iterator[str]:
        """Close what ends here; what lies above it in the stack is closed with it and opened again."""
        lowest = next((index for index, piece in enumerate(self._open) if piece.end <= edge), len(self._open))
        above = self._open[lowest:]
        for piece in reversed(above):
            yield f"{_name(piece)}</mark>" if piece.end <= edge else "</mark>"
        self._open[lowest:] = [piece for piece in above if piece.end > edge]
        yield from map(_opening, self._open[lowest:])


def _opening(piece: Fragment) -> str:
    return f'<mark class="{piece.css_class}" title="{escape(piece.name)}">'


def _name(piece: Fragment) -> str:
    return f"<sup>{escape(piece.name)}</sup>" if piece.is_last else ""


def _fragments_by_start(spans: Iterable[SpanRecord], schema: Schema) -> dict[int, list[Fragment]]:
    """The pieces that begin at each place, the longest first, so that shorter ones nest in it."""
    starting: dict[int, list[Fragment]] = defaultdict(list)
    for span in spans:
        label = schema.labels.get(span["label"])
        look = "unknown" if label is None else str(label.index % LOOKS)
        name = span["label"] if label is None else label.name
        for number, piece in enumerate(span["fragments"], start=1):
            start, end = _pair(piece)
            starting[start].append(Fragment(end, f"span label-{look}", name, number == len(span["fragments"])))
    for pieces in starting.values():
        pieces.sort(key=lambda piece: (-piece.end, piece.name))
    return dict(starting)


def _pair(piece: Sequence[int]) -> tuple[int, int]:
    return piece[0], piece[1]
