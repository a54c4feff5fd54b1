"""Text with the spans of a set drawn into it, as HTML.

Spans nest, cross and have gaps, elements cannot: the text is cut at every edge, and each piece is wrapped once for
every span that covers it. Each span keeps one line below the text (a lane) over its whole length. Text and labels are
hostile: everything is escaped, and class names come from here and `presentation` only.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LANES = 6
# Where more spans than this cover one place, the rest is in the list only: nobody could tell so many lines apart.
DEEPEST = 12
NOTHING = SafeString("")


@dataclass(frozen=True)
class Drawn:
    """A span as it is drawn: its fragments, the classes of its looks, and what stands before its first character."""

    fragments: tuple[tuple[int, int], ...]
    classes: str
    marker: SafeString = NOTHING


class Drawing:
    """Walks through a text once, from edge to edge, knowing which spans cover the place."""

    def __init__(self, text: str, spans: Sequence[Drawn]) -> None:
        self._text = text
        self._spans = spans
        self._lanes = lanes(spans)
        self._opening: dict[int, list[int]] = {}
        self._closing: dict[int, list[int]] = {}
        for row, span in enumerate(spans):
            for start, end in span.fragments:
                self._opening.setdefault(start, []).append(row)
                self._closing.setdefault(end, []).append(row)
        self._edges = sorted(self._opening.keys() | self._closing.keys())
        self._passed = 0
        self._covering: set[int] = set()
        self._markers: list[SafeString] = []

    def lines(self) -> list[SafeString]:
        """The lines of the text, without their breaks."""
        found, start = [], 0
        for line in self._text.split("\n"):
            found.append(self._line(start, start + len(line)))
            start += len(line) + 1
        self._pass_edges_until(len(self._text))
        if self._markers:
            found[-1] += format_html_join("", "{}", ((marker,) for marker in self._markers))
        return found

    def _line(self, start: int, end: int) -> SafeString:
        pieces = []
        low = start
        while low < end:
            self._pass_edges_until(low)
            following = self._edges[self._passed] if self._passed < len(self._edges) else end
            high = min(following, end)
            pieces.append((self._piece(self._text[low:high]),))
            low = high
        return format_html_join("", "{}", pieces)

    def _pass_edges_until(self, position: int) -> None:
        while self._passed < len(self._edges) and self._edges[self._passed] <= position:
            edge = self._edges[self._passed]
            self._covering.difference_update(self._closing.get(edge, []))
            for row in self._opening.get(edge, []):
                self._covering.add(row)
                if edge == self._spans[row].fragments[0][0]:
                    self._markers.append(self._spans[row].marker)
            self._passed += 1

    def _piece(self, text: str) -> SafeString:
        """A stretch of text that the same spans cover, the outermost line first; markers stand before it."""
        html = format_html("{}", text)
        for row in sorted(self._covering, key=lambda row: (self._lanes[row], row))[:DEEPEST]:
            html = format_html(
                '<span class="mark lane-{} {}">{}</span>', self._lanes[row], self._spans[row].classes, html
            )
        markers, self._markers = self._markers, []
        return format_html("{}{}", format_html_join("", "{}", ((marker,) for marker in markers)), html)


def lanes(spans: Sequence[Drawn]) -> list[int]:
    """The lane of each span: short ones close to the text, none upon another as long as there are lanes."""
    taken: list[list[tuple[int, int]]] = [[] for _ in range(LANES)]
    found = [LANES - 1] * len(spans)
    extents = [(span.fragments[0][0], span.fragments[-1][1]) for span in spans]
    for row in sorted(range(len(spans)), key=lambda row: (extents[row][1] - extents[row][0], extents[row], row)):
        start, end = extents[row]
        for lane, others in enumerate(taken):
            place = bisect_left(others, (start, end))
            before_is_clear = place == 0 or others[place - 1][1] <= start
            after_is_clear = place == len(others) or others[place][0] >= end
            if before_is_clear and after_is_clear:
                others.insert(place, (start, end))
                found[row] = lane
                break
    return found
