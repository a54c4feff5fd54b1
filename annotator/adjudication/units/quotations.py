"""The words around a place, for people. Pure; offsets are code points."""

import re
from collections.abc import Callable, Iterable

from annotator.adjudication.units.versions import Spans
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


HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")
EXAMPLES = "Examples"


def escaped(text: str) -> str:
    r"""Return text that Markdown shows as it is, on one line.

    >>> escaped("*no* comment\n<b>")
    '\\*no\\* comment \\<b\\>'
    """
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def headings(guidelines: str) -> list[str]:
    r"""Return the headings of guidelines in order, without the title and without examples; code does not count.

    >>> headings("# Rules\n## Spans\n### Edges\n## Examples")
    ['Spans', 'Edges']
    """
    bare = FENCE.sub("", guidelines)
    found = [(len(match[1]), match[2]) for match in HEADING.finditer(bare)]
    return [name[:200] for level, name in found if level > 1 and name.casefold() != EXAMPLES.casefold()]


def with_example(guidelines: str, example: str) -> str:
    r"""Return the guidelines with one more example (a line of Markdown) at the end of the section “Examples”.

    >>> with_example("# Rules\n", "- one")
    '# Rules\n\n## Examples\n\n- one\n'
    """
    section = next(
        (match for match in HEADING.finditer(guidelines) if match[2].casefold() == EXAMPLES.casefold()), None
    )
    if section is None:
        return f"{guidelines.rstrip()}\n\n## {EXAMPLES}\n\n{example}\n".lstrip()
    level = len(section[1])
    following = (match.start() for match in HEADING.finditer(guidelines, section.end()) if len(match[1]) <= level)
    end = next(following, len(guidelines))
    before, after = guidelines[:end].rstrip(), guidelines[end:]
    gap = "\n" if before.splitlines()[-1].lstrip().startswith("- ") else "\n\n"
    return f"{before}{gap}{example}\n" + (f"\n{after}" if after else "")
