"""Text with spans drawn into it, as HTML: the one place where the server does this, for all pages.

Spans nest, cross and have gaps, elements cannot: the text is cut at every boundary, and each piece is wrapped once for
every span that covers it. Each span keeps one underline below the text (a lane) over its whole length. Text, labels and
names are hostile: everything is escaped, and class names are given by the caller or made of numbers.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from annotator.formats.records import SpanRecord
from projects.schema import Schema

NOTHING = SafeString("")
BREAKS = "\n\r\u2028\u2029"
LINE = re.compile(f"([^{BREAKS}]*)(?:\r\n|[{BREAKS}]|$)")
# A visible sign for each control character; browsers draw none, or a box.
CONTROL_SIGNS = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"}
    | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
    | {0x7F: 0x2421, 0x85: 0x2424}
)
LANES = 6
# Where more spans than this cover one character, the rest is not drawn: so many underlines cannot be distinguished.
DEEPEST = 12
# Colours and line patterns of labels in the style sheet; further labels begin again at the first.
COLOURS = 6
# The same patterns in the same order as in the editor: `PATTERNS` in static/editor/model/schema.js.
PATTERNS = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to draw: fragments, classes, tooltip, and what stands before its first and after its last character."""

    fragments: tuple[tuple[int, int], ...]
    classes: str
    title: str = ""
    before: SafeString = NOTHING
    after: SafeString = NOTHING


def label_classes(schema: Schema, label: str) -> str:
    """Return the classes that give a label its colour and its line pattern."""
    known = schema.labels.get(label)
    return f"label-{known.index % COLOURS} pattern-{known.index % PATTERNS}" if known else "label-unknown pattern-0"


def line_extents(text: str) -> list[tuple[int, int]]:
    """Return start and end of each line, without its line break; a break at the very end begins no further line."""
    extents = [match.span(1) for match in LINE.finditer(text)]
    return extents if len(extents) == 1 else [(start, end) for start, end in extents if start < len(text)]


def clip(fragments: Iterable[Sequence[int]], low: int, high: int) -> tuple[tuple[int, int], ...]:
    """Return the parts of fragments that lie in the window [low, high) of a text, counted from the start of the window.

    >>> clip([(2, 5), (8, 9)], 4, 8)
    ((0, 1),)
    """
    return tuple(
        (max(start, low) - low, min(end, high) - low) for start, end in fragments if start < high and end > low
    )


def mark_lines(text: str, marks: Sequence[Mark]) -> list[SafeString]:
    """Return the lines of a text with marks drawn into them, without line breaks."""
    return _Drawing(text, marks).lines()


def mark_spans(text: str, spans: Iterable[SpanRecord], schema: Schema) -> SafeString:
    """Return a text as blocks, one a line, with its spans; each bears the name of its label at its end."""
    lines = mark_lines(text, [_named_mark(span, schema) for span in spans])
    html = "".join(f'<div class="block" dir="auto">{line or "<br>"}</div>' for line in lines)
    return mark_safe(html)  # noqa: S308 - every part was escaped where it was written


def _named_mark(span: SpanRecord, schema: Schema) -> Mark:
    label = schema.labels.get(span["label"])
    name = label.name if label else span["label"]
    caption = mark_safe(f"<sup>{escape(name)}</sup>")  # noqa: S308 - escaped
    fragments = tuple((start, end) for start, end in span["fragments"])
    return Mark(fragments, label_classes(schema, span["label"]), title=name, after=caption)


class _Drawing:
    """One walk through a text, from boundary to boundary, with the marks that cover the current position."""

    def __init__(self, text: str, marks: Sequence[Mark]) -> None:
        self._text = text
        self._marks = marks
        self._lanes = lanes(marks)
        self._starting: dict[int, list[int]] = defaultdict(list)
        self._ending: dict[int, list[int]] = defaultdict(list)
        for row, mark in enumerate(marks):
            for start, end in mark.fragments:
                self._starting[start].append(row)
                self._ending[end].append(row)
        self._boundaries = sorted(self._starting.keys() | self._ending.keys())
        self._passed = 0
        self._covering: set[int] = set()
        self._before: list[str] = []
        self._captions = self._rows_by_last_character()

    def _rows_by_last_character(self) -> dict[int, list[int]]:
        """Marks by where their last character ends, line breaks apart: these are not drawn."""
        rows: dict[int, list[int]] = defaultdict(list)
        for row, mark in enumerate(self._marks):
            start, end = mark.fragments[-1]
            rows[start + len(self._text[start:end].rstrip(BREAKS))].append(row)
        return rows

    def lines(self) -> list[SafeString]:
        lines = [self._line(start, end) for start, end in line_extents(self._text)]
        self._pass_boundaries(len(self._text))
        lines[-1] += "".join(self._before)
        return [mark_safe(line) for line in lines]  # noqa: S308 - every part was escaped where it was written

    def _line(self, start: int, end: int) -> str:
        pieces = []
        while start < end:
            self._pass_boundaries(start)
            following = self._boundaries[self._passed] if self._passed < len(self._boundaries) else end
            pieces.append(self._piece(start, min(following, end)))
            start = min(following, end)
        return "".join(pieces)

    def _pass_boundaries(self, position: int) -> None:
        while self._passed < len(self._boundaries) and self._boundaries[self._passed] <= position:
            boundary = self._boundaries[self._passed]
            self._covering.difference_update(self._ending[boundary])
            for row in self._starting[boundary]:
                self._covering.add(row)
                if boundary == self._marks[row].fragments[0][0]:
                    self._before.append(self._marks[row].before)
            self._passed += 1

    def _piece(self, start: int, end: int) -> str:
        """Draw a stretch of text that the same spans cover, the innermost underline first."""
        ending = self._captions.get(end, ())
        html = escape(self._text[start:end].translate(CONTROL_SIGNS))
        for row in sorted(self._covering, key=lambda row: (self._lanes[row], row))[:DEEPEST]:
            mark = self._marks[row]
            title = f' title="{escape(mark.title)}"' if mark.title else ""
            html = f'<mark class="mark lane-{self._lanes[row]} {mark.classes}"{title}>{html}</mark>'
            if row in ending:
                html += mark.after
        before, self._before = self._before, []
        return "".join([*before, html])


def lanes(marks: Sequence[Mark]) -> list[int]:
    """Return the lane of each mark: short ones close to the text, none upon another as long as there are lanes."""
    taken: list[list[tuple[int, int]]] = [[] for _ in range(LANES)]
    chosen = [LANES - 1] * len(marks)
    extents = [(mark.fragments[0][0], mark.fragments[-1][1]) for mark in marks]
    for row in sorted(range(len(marks)), key=lambda row: (extents[row][1] - extents[row][0], extents[row], row)):
        start, end = extents[row]
        for lane, others in enumerate(taken):
            index = bisect_left(others, (start, end))
            before_is_clear = index == 0 or others[index - 1][1] <= start
            after_is_clear = index == len(others) or others[index][0] >= end
            if before_is_clear and after_is_clear:
                others.insert(index, (start, end))
                chosen[row] = lane
                break
    return chosen
