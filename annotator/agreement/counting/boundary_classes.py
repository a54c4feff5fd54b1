"""Classes of the text between two boundaries that annotators chose for the same span. Pure.

The lists are for English; in other languages more boundaries are "other".
"""

import unicodedata
from enum import StrEnum
from functools import lru_cache

ARTICLES = frozenset({"a", "an", "the"})
_CONNECTIVES = """
    that and but or so because if whether when while as although though since then also however yet to which who
    would will said says saying
"""
_TITLES = """
    mr mrs ms miss mx dr prof professor sir dame lord lady president vice prime minister deputy senator governor
    mayor secretary chancellor ambassador judge justice attorney general inspector officer sergeant captain colonel
    major chief executive director chair chairman chairwoman chairperson spokesman spokeswoman spokesperson king queen
    prince princess pope bishop cardinal reverend rev rep sen gov gen
"""
CONNECTIVES = frozenset(_CONNECTIVES.split())
TITLES = frozenset(_TITLES.split())
QUOTATION_MARKS = frozenset("\"'“”‘’„‚«»‹›`")


class BoundaryClass(StrEnum):
    """What one of two spans has at one end and the other does not."""

    ARTICLE = "article"
    QUOTATION_MARK = "quotation"
    TITLE = "title"
    PUNCTUATION = "punctuation"
    CONNECTIVE = "connective"
    WHITE_SPACE = "white space"
    OTHER = "other"


def classify(text: str, one: int, other: int) -> str:
    """Return the class of the text between two positions; "" when they are equal.

    >>> classify("the rain", 0, 4)
    <BoundaryClass.ARTICLE: 'article'>
    """
    return _class_of(text[min(one, other) : max(one, other)]) if one != other else ""


@lru_cache(maxsize=1 << 13)
def _class_of(between: str) -> BoundaryClass:
    words = [word for word in (_bare(word) for word in between.split()) if word]
    if not words:
        return _without_words(between)
    for boundary_class, known in (
        (BoundaryClass.ARTICLE, ARTICLES),
        (BoundaryClass.TITLE, TITLES | ARTICLES),
        (BoundaryClass.CONNECTIVE, CONNECTIVES | ARTICLES),
    ):
        if known.issuperset(words):
            return boundary_class
    return BoundaryClass.OTHER


def _without_words(between: str) -> BoundaryClass:
    if between.isspace():
        return BoundaryClass.WHITE_SPACE
    return BoundaryClass.QUOTATION_MARK if QUOTATION_MARKS & set(between) else BoundaryClass.PUNCTUATION


def _bare(word: str) -> str:
    """Return a word in lowercase letters without punctuation and signs around it."""
    first, last = 0, len(word)
    while first < last and unicodedata.category(word[first])[0] in "PSC":
        first += 1
    while last > first and unicodedata.category(word[last - 1])[0] in "PSC":
        last -= 1
    return word[first:last].casefold()
