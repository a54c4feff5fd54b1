"""Quotations of every style: straight, curly, wire-style and wrong or unpaired marks. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"[^\n\r]+")
# Direction is read from the surroundings and not from the mark: feeds mix up opening and closing ones.
_MARK = re.compile(r"''|``|[\"“”„«»]")
_SINGLE = re.compile(r"['‘](?<![\w’']['‘])(?=\w)[^\n'‘]{3,400}?(?<=[\w.,!?…])['’](?!\w)")
_OPENS_AFTER = " \t\n\r\u00a0([{—–-:;,/"
LONGEST_UNPAIRED = 600


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation with its marks (`start`, `end`) and without (`inner_start`, `inner_end`), in code points.

    `is_whole` is false for some quoted words within a sentence; `is_paired` when both marks are there.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    is_whole: bool
    is_paired: bool = True
    is_single: bool = False


def quotations(text: str) -> Sequence[Quotation]:
    """Return the quotations of a text in order; single marks count only outside of double ones.

    >>> [text[q.start:q.end] for text in ["''Yes,'' he said. ”No.” and “so"] for q in quotations(text)]
    ["''Yes,''", '”No.”', '“so']
    """
    found = [quotation for line in _LINE.finditer(text) for quotation in _of_line(text, *line.span())]
    starts = [quotation.start for quotation in found]
    single = []
    for match in _SINGLE.finditer(text):
        before = bisect_right(starts, match.start()) - 1
        if before < 0 or found[before].end <= match.start():
            start, end = match.span()
            single.append(_quotation(text, start, end, start + 1, end - 1, is_single=True))
    return sorted([*found, *single], key=lambda quotation: quotation.start)


def _of_line(text: str, begin: int, stop: int) -> Iterator[Quotation]:
    opened: re.Match[str] | None = None
    for mark in _MARK.finditer(text, begin, stop):
        before = text[mark.start() - 1] if mark.start() > begin else " "
        after = text[mark.end()] if mark.end() < stop else " "
        opens = before in _OPENS_AFTER and not after.isspace()
        if opened is None:
            if opens or (mark[0] in "“„«``" and not after.isspace()):
                opened = mark
        elif not opens or after in ".,;:?!)":
            yield _quotation(text, opened.start(), mark.end(), opened.end(), mark.start())
            opened = None
        elif mark[0] not in "“„«" or mark.start() - opened.start() > LONGEST_UNPAIRED:
            opened = mark
    if opened is not None and opened.end() < stop and stop - opened.start() <= LONGEST_UNPAIRED * 3:
        end = begin + len(text[begin:stop].rstrip())
        yield _quotation(text, opened.start(), end, opened.end(), end, is_paired=False)


def _quotation(
    text: str,
    start: int,
    end: int,
    inner_start: int,
    inner_end: int,
    *,
    is_paired: bool = True,
    is_single: bool = False,
) -> Quotation:
    inner = text[inner_start:inner_end]
    stripped = inner.rstrip()
    introduced = text[max(0, start - 3) : start].rstrip().endswith((",", ":"))
    is_whole = (introduced and inner.count(" ") >= 2 and stripped[-1:] in {".", "!", "?"}) or (
        inner.count(" ") >= 1
        and (stripped[-1:] in ".,!?…—-" or text[end : end + 1] in {",", ".", "", "\n"})
        and (stripped[:1].isupper() or stripped[-1:] in ",.!?…" or inner.count(" ") >= 7)
        and (stripped[:1].isupper() or stripped[:1] in "[.…'‘(" or stripped[:1].isdigit())
    )
    return Quotation(start, end, inner_start, inner_end, is_whole, is_paired, is_single)
