"""A text as the rules read it: words, quotations, and the verbs that are cues. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from itertools import compress

from annotator.suggestions.sources.rules import lexicons
from annotator.suggestions.sources.rules.quotations import quotations
from annotator.suggestions.sources.rules.words import Words, word_set

# Frequent as nouns, or as verbs of something else than saying.
_WEAK = word_set(
    """
    report reports state states order orders rule rules post posts read reading reads offer offers offering note
    notes quote quotes request requests promise promises proposal statement think thinking publish published
    publishes publishing written writing rule ruled voice voices voicing outline proposed set out add pledge vow
    signal signals demand demands plan plans claim call calling command commands complaint complaints concern
    concerns allegation allegations accusation accusations assertion announcement argument admission
    acknowledgment account accounts comment comments decree description declaration disclosure confirmation
    warning remark remarks reply replies response estimate estimates evidence explanation opinion prediction
    pledge question questions reminder speech suggestion testimony tweet tweets view views word words blame
    praise observe hold holds holding held find finds found finding show shows showed shown showing maintain
    point
    """
)
_MORE = word_set(
    """
    want wants wanted hope hopes hoped hoping believe believes believed believing feel feels felt expect expects
    expected know knows knew fear fears accuse accused accuses accusing blamed blames criticized criticizes
    praised support supports supported agree agrees agreed disagree disagrees asked asks asking wondered wonders
    worried worries learned concluded concludes denied denies denying refused refuses rejected rejects dismissed
    dismisses shows showed indicated indicates found
    """
)


class Reading:
    """A text with its words, quotations and cues; `used` are the whole quotations that have a cue."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = _words_of(text)
        self.used: set[int] = set()
        self.quotations = [quotation for quotation in quotations(text) if quotation.inner_end > quotation.inner_start]
        self.whole = [quotation for quotation in self.quotations if quotation.is_whole and not quotation.is_single]

    @cached_property
    def quoted(self) -> bytearray:
        """One byte for each word: 1 within a whole quotation."""
        marks = bytearray(len(self.words))
        for quotation in self.whole:
            for index in range(self.words.from_offset(quotation.start), self.words.before_offset(quotation.end)):
                marks[index] = 1
        return marks

    @cached_property
    def inner(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Start and end of quotations without their marks, by start and end with them."""
        pairs = [((item.start, item.end), (item.inner_start, item.inner_end)) for item in reversed(self.quotations)]
        return dict(pairs)

    @cached_property
    def whole_starts(self) -> Sequence[int]:
        """Where the whole quotations start, in order."""
        return [quotation.start for quotation in self.whole]

    @cached_property
    def whole_ends(self) -> Sequence[int]:
        """Where the whole quotations end, in order."""
        return [quotation.end for quotation in self.whole]

    @property
    def verbs(self) -> frozenset[str]:
        """Cues of one word."""
        return _verbs()

    @cached_property
    def cues(self) -> Sequence[int]:
        """The words outside of whole quotations that are cues of one word, or “according” before “to”."""
        lower, quoted = self.words.lower, self.quoted
        wanted = _verbs_and_according()
        return [index for index in compress(range(len(lower)), map(wanted.__contains__, lower)) if not quoted[index]]

    def cues_within(self, first: int, last: int) -> Sequence[int]:
        """Return the cues from a word up to and without another."""
        begin = bisect_left(self.cues, first)
        return self.cues[begin : bisect_left(self.cues, last, begin)]


@lru_cache(maxsize=1)
def _words_of(text: str) -> Words:
    """Return the words of a text, kept for the next reading: a model reads a text three times."""
    return Words(text)


@cache
def _verbs() -> frozenset[str]:
    return (lexicons.single_words("cue") | _MORE) - _WEAK | frozenset({"reports", "states", "notes", "claims", "calls"})


@cache
def _verbs_and_according() -> frozenset[str]:
    return _verbs() | {"according"}
