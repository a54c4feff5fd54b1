"""The words around a place, for people. Pure; offsets are code points."""

from collections.abc import Callable, Iterable

from annotator.adjudication.versions import Spans
from annotator.text.sentences import sentence_boundaries

LONGEST = 900
"""Beyond this many code points only the surroundings of the place itself are shown."""
AROUND = 200


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentences that touch a place begin and end; `AROUND` beyond it when they are very long."""
    # Sentences end with lines at the latest, so only the lines of the place have to be cut.
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    line = text[first : last if last >= 0 else len(text)]
    touching = [
        (low + first, high + first)
        for low, high in sentence_boundaries(line)
        if low + first < end and high + first > start
    ]
    low = min([start, *(low for low, _ in touching)])
    high = max([end, *(high for _, high in touching)])
    if high - low > LONGEST:
        return max(low, start - AROUND), min(high, end + AROUND)
    return low, high


def windows_around(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the sentences around several places in order; those less than `AROUND` apart are one stretch."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(sentence_around(text, start, end) for start, end in places):
        if found and low - found[-1][1] <= AROUND:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return found


def quote_with_marks(text: str, start: int, end: int, spans: Spans, *, escape: Callable[[str], str]) -> str:
    """Return a stretch of text in which the fragments of spans stand in bold, as Markdown."""
    marked = sorted({fragment for span in spans for fragment in span.fragments})
    parts, passed = [], start
    for low, high in marked:
        if low < passed or high > end:
            continue
        parts += [_kept(text[passed:low], escape), f"**{escape(text[low:high])}**"]
        passed = high
    return "".join([*parts, _kept(text[passed:end], escape)]).strip()


def _kept(text: str, escape: Callable[[str], str]) -> str:
    """Escaped, with the blank at either end that parts words."""
    inner = escape(text)
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if text[-1:].isspace() and inner else ''}"
