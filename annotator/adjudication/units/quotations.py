"""Quotations of the text around a unit, and examples in guidelines as Markdown. Pure; offsets are code points."""

import re
from collections.abc import Callable, Iterable

from annotator.adjudication.units.versions import Spans
from annotator.text.sentences import sentence_boundaries

HEADING = re.compile(r"^(#{1,6})[ \t]++(\S.*)$", re.MULTILINE)
FENCE = re.compile(r"^(`{3,}+|~{3,}+).*?^\1", re.MULTILINE | re.DOTALL)
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")
EXAMPLES = "Examples"
LONGEST = 900
"""Longer sentences are shown only around the location itself."""
AROUND = 200


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return start and end of the sentences that touch a location; `AROUND` beyond it when they are long."""
    # Sentences end with lines at the latest, so only the lines of the location are split.
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


def windows_around(text: str, locations: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the sentences around several locations in order; those less than `AROUND` apart are joined."""
    windows: list[tuple[int, int]] = []
    for low, high in sorted(sentence_around(text, start, end) for start, end in locations):
        if windows and low - windows[-1][1] <= AROUND:
            windows[-1] = windows[-1][0], max(high, windows[-1][1])
        else:
            windows.append((low, high))
    return windows


def quote_with_marks(text: str, start: int, end: int, spans: Spans, *, escape: Callable[[str], str]) -> str:
    """Return part of a text as Markdown, with the fragments of spans in bold."""
    marked = sorted({fragment for span in spans for fragment in span.fragments})
    parts, passed = [], start
    for low, high in marked:
        if low < passed or high > end:
            continue
        parts += [_kept(text[passed:low], escape), f"**{escape(text[low:high])}**"]
        passed = high
    return "".join([*parts, _kept(text[passed:end], escape)]).strip()


def _kept(text: str, escape: Callable[[str], str]) -> str:
    """Escaped text, with the space at either end kept."""
    inner = escape(text)
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if text[-1:].isspace() and inner else ''}"


def escaped(text: str) -> str:
    r"""Return text escaped for Markdown, on one line.

    >>> escaped("*no* comment\n<b>")
    '\\*no\\* comment \\<b\\>'
    """
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def headings(guidelines: str) -> list[str]:
    r"""Return the headings of guidelines in order, without title, examples and code.

    >>> headings("# Rules\n## Spans\n### Boundaries\n## Examples")
    ['Spans', 'Boundaries']
    """
    bare = FENCE.sub("", guidelines)
    matches = [(len(match[1]), _name(match)) for match in HEADING.finditer(bare)]
    return [name[:200] for level, name in matches if level > 1 and name.casefold() != EXAMPLES.casefold()]


def _name(heading: re.Match[str]) -> str:
    """The words of a heading, without the signs that may close it."""
    return heading[2].rstrip(" \t").rstrip("#").rstrip(" \t") or heading[2][:1]


def with_example(guidelines: str, example: str) -> str:
    r"""Return the guidelines with one more example (a line of Markdown) at the end of the section “Examples”.

    >>> with_example("# Rules\n", "- one")
    '# Rules\n\n## Examples\n\n- one\n'
    """
    section = next(
        (match for match in HEADING.finditer(guidelines) if _name(match).casefold() == EXAMPLES.casefold()), None
    )
    if section is None:
        return f"{guidelines.rstrip()}\n\n## {EXAMPLES}\n\n{example}\n".lstrip()
    level = len(section[1])
    following = (match.start() for match in HEADING.finditer(guidelines, section.end()) if len(match[1]) <= level)
    end = next(following, len(guidelines))
    before, after = guidelines[:end].rstrip(), guidelines[end:]
    gap = "\n" if before.splitlines()[-1].lstrip().startswith("- ") else "\n\n"
    return f"{before}{gap}{example}\n" + (f"\n{after}" if after else "")
