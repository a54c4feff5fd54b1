"""A text as words, lines and sentences, for the rules. Pure."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import MutableSequence, Sequence
from functools import cached_property
from itertools import accumulate

from annotator.text.sentences import sentence_boundaries

# The first alternative finds what the others would, in less time: most words are letters before a space or comma.
_TOKEN = re.compile(
    r"([A-Za-z]++(?=[ ,])"
    r"|(?:[^\W\d_]\.){2,}|(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Prof|St|Lt|Col|Sgt|Jr|Sr|Capt)\.(?=\s+[^\W\d_])"
    r"|[^\W_](?:\w|(?!['’]s\b)['’\-‑](?=\w)|(?<=\d)[.,:](?=\d))*|(?<=\w)['’][sS]\b|''|``|[^\w\s]|_)"
)


def word_set(words: str) -> frozenset[str]:
    """Return words that are separated by white space as a set."""
    return frozenset(words.split())


DETERMINERS = word_set(
    "a an the this that these those my your his her its our their some any no every each all both several many most "
    "two three four five"
)
PREPOSITIONS = word_set(
    "of in on at by for with from to into over under about after before between against during through without "
    "within among since until toward towards upon across behind beyond near off per via than as like amid despite"
)
CONJUNCTIONS = word_set("and or but nor so yet")
OPENERS = word_set(
    "that which who whom whose because if when while where although though whether unless how why what until since "
    "after before as"
)
PRONOUNS = word_set("i you he she it we they who")
AUXILIARIES = word_set(
    "is are was were be been being am 's has had have having do does did will would shall should can could may might "
    "must not never cannot isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't won't wouldn't "
    "shouldn't can't couldn't mustn't"
)
VERB_PARTS = AUXILIARIES - {"'s"}
ADVERBS = word_set("also still then later often now once again just even already further always earlier first")
DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday today yesterday tonight")
QUOTATION_MARKS = frozenset('"“”„«»') | {"''", "``"}


class Words:
    """The words of a text by index: where each starts and ends, and its lowercase form with straight apostrophes."""

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = _TOKEN.split(text)  # what is between words and the words, in turn
        ends = list(accumulate(map(len, pieces)))
        self.starts: MutableSequence[int] = ends[:-1:2]
        self.ends: MutableSequence[int] = ends[1::2]
        self.forms = pieces[1::2]
        self.lower = "\n".join(self.forms).lower().replace("’", "'").split("\n") if self.forms else []

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def sentences(self) -> Sequence[tuple[int, int]]:
        """Sentences as ranges of words."""
        ranges = []
        for start, end in sentence_boundaries(self.text):
            first, last = self.from_offset(start), self.before_offset(end)
            if first < last:
                ranges.append((first, last))
        return ranges

    def only_places(self) -> "Words":
        """Return the words without their forms, for long keeping."""
        places = object.__new__(Words)
        places.text, places.forms, places.lower = self.text, [], []
        places.starts, places.ends = array("q", self.starts), array("q", self.ends)
        return places

    def from_offset(self, offset: int) -> int:
        """Return the first word that starts at an offset or after it."""
        return bisect_left(self.starts, offset)

    def before_offset(self, offset: int) -> int:
        """Return the word after the last one that starts before an offset."""
        return bisect_left(self.starts, offset)

    def word_at(self, offset: int) -> int:
        """Return the last word that starts at an offset or before it."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def is_word(self, index: int) -> bool:
        """Return whether there is a word at an index, and not punctuation."""
        return 0 <= index < len(self.forms) and self.forms[index][0].isalnum()

    def is_capital(self, index: int) -> bool:
        """Return whether the word at an index begins with a capital letter."""
        return 0 <= index < len(self.forms) and self.forms[index][0].isupper()

    def range_of(self, first: int, last: int) -> tuple[int, int]:
        """Return the offsets of the words from `first` up to and without `last`."""
        return self.starts[first], self.ends[last - 1]
