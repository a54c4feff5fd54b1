"""Pieces of Markdown around words that may hold anything. Pure."""

import re
from collections.abc import Iterable, Sequence

_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&$^=:])")
_BREAKS = re.compile(r"[\s\0-\x1f\x7f-\x9f\u2028\u2029]+")


def escaped(words: object) -> str:
    r"""Return words that mean nothing in Markdown but themselves, on one line.

    >>> escaped("<b>*a*</b>\n# b")
    '\\<b\\>\\*a\\*\\</b\\> \\# b'
    """
    return _SIGNS.sub(r"\\\1", _BREAKS.sub(" ", str(words)).strip())


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int = 1) -> str:
    """Return a table of cells that are Markdown already; columns from `numbers_from` on are set to the right."""
    rule = ["---" if at < numbers_from else "---:" for at in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def listed(items: Iterable[str]) -> str:
    """Return a list of items that are Markdown already."""
    return "\n".join(f"- {item}" for item in items)
