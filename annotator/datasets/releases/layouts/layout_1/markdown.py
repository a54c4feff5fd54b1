"""Pieces of Markdown around words that may hold anything. Pure."""

import re
from collections.abc import Iterable, Sequence

# What means something anywhere; at the beginning of a line; what makes links of addresses, and marks of doubles.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>|~$#^@]|&(?=#?\w+;)|^[+\-=:!]|:(?=//)|=(?==)|(?i:(?<=www)\.))")
_NUMBER = re.compile(r"^(\d+)([.)])")
_BREAKS = re.compile(r"[\s\0-\x1f\x7f-\x9f\u2028\u2029]+")


def escaped(words: object) -> str:
    r"""Return words that mean nothing in Markdown but themselves, on one line.

    >>> escaped("<b>*a*</b>\n# b"), escaped("1. release 1.0: not (yet) done!")
    ('\\<b\\>\\*a\\*\\</b\\> \\# b', '1\\. release 1.0: not (yet) done!')
    """
    line = _BREAKS.sub(" ", str(words)).strip()
    return _NUMBER.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", line))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int = 1) -> str:
    """Return a table of cells that are Markdown already; columns from `numbers_from` on are set to the right."""
    rule = ["---" if at < numbers_from else "---:" for at in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def listed(items: Iterable[str]) -> str:
    """Return a list of items that are Markdown already."""
    return "\n".join(f"- {item}" for item in items)
