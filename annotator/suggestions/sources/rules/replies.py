"""Denials, non-answers, deflections and hedging words by the lexicons. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.suggestions.sources.rules.lexicons import Entry, matches
from annotator.suggestions.sources.rules.noun_phrases import Range, phrase_after, phrase_before, subject_before
from annotator.suggestions.sources.rules.reading import Reading
from annotator.suggestions.sources.rules.words import ADVERBS, VERB_PARTS, Words, word_set

EVASIONS = frozenset({"hedge-non-answer", "hedge-deflection"})
_DENIALS = ("denial-contradiction", "denial-rejection", "denial-discredit")
# Words that refuse, oppose or invent something without answering a claim or a plan.
_ORDINARY = word_set(
    """
    block blocked blocking blocks make makes making made forged invented invent inventing invents resist
    resisted resisting resists contest contested contests contesting oppose opposed opposes opposing inaccurate
    incorrect condemn condemned condemns condemning forbid forbidden forbids forbade up out refuse refused
    refuses refusing
    """
)
_BEFORE_NUMBERS = word_set("about around almost nearly some over up roughly approximately")
_NUMBERS = word_set("half a one two three four five six seven eight nine ten dozen hundred hundreds thousand")
_TOO_COMMON = word_set(
    """
    until once many most mostly several often sometimes quite rather pending risk risks potential possible doubt
    doubts appeared suggest suggested suggesting suggests could supposed gossip
    """
)
_CLAUSE_ENDS = frozenset(',.;:!?—–"”“')
_STRONG = word_set("unacceptable baseless groundless unfounded non-negotiable slander disinformation")
_NOUNS = word_set(
    """
    denial denials contradiction rejection refusal opposition rebuttal refutation repudiation disclaimer veto
    """
)
_AGENTLESS = frozenset({"denied", "rejected", "dismissed", "refuted", "disputed", "contradicted", "rebutted"})


@dataclass(frozen=True, slots=True)
class Reply:
    """A denial or hedge over words of the text; `sources` is the speaker beside it, if one was found."""

    label: str
    kind: str
    form: str
    words: Range
    source: Range | None
    rule: str


def replies(reading: Reading, sentences: Sequence[Range]) -> Iterator[Reply]:
    """Yield the replies in a text; `sentences` are those within quotations and turns, as ranges of words."""
    inside = _membership(len(reading.words), sentences)
    whole_taken: set[int] = set()
    for entry in matches(reading.words, "hedge", "denial"):
        number = inside[entry.first]
        if EVASIONS.intersection(entry.lists) or entry.lists[0].startswith("denial"):
            if number >= 0:
                if number not in whole_taken and (reply := _performed(reading.words, entry, sentences[number])):
                    whole_taken.add(number)
                    yield reply
            elif reply := _reported(reading.words, entry):
                yield reply
        elif _hedges(reading.words, entry):
            name = entry.lists[0].removeprefix("hedge-")
            last = _condition_end(reading.words, entry) if name == "conditional" else entry.last
            yield Reply("Hedge", name, "performed", (entry.first, last), None, name)


def _hedges(words: Words, entry: Entry) -> bool:
    """Return whether a short entry weakens something here: “about” before a number, “may” and not the month."""
    if entry.last - entry.first > 1:
        return True
    word = words.lower[entry.first]
    if word in _BEFORE_NUMBERS:
        follows = words.lower[entry.last] if entry.last < len(words) else ""
        return follows[:1].isdigit() or follows in _NUMBERS
    return word not in _TOO_COMMON and not (word == "may" and words.is_capital(entry.first))


def _condition_end(words: Words, entry: Entry) -> int:
    """Return the word after the clause that a condition opens."""
    for index in range(entry.last, min(len(words), entry.last + 25)):
        if words.forms[index] in _CLAUSE_ENDS:
            return index
    return entry.last


def _membership(count: int, sentences: Sequence[Range]) -> list[int]:
    inside = [-1] * count
    for number, (first, last) in enumerate(sentences):
        for index in range(first, last):
            inside[index] = number
    return inside


def _performed(words: Words, entry: Entry, sentence: Range) -> Reply | None:
    """Return the reply that a sentence of a quotation is, when an entry marks it as one."""
    if entry.lists[0].startswith("denial"):
        if entry.last - entry.first == 1 and words.lower[entry.first] not in _STRONG:
            return None
        return Reply("Denial", _kind(entry), "performed", sentence, None, "denial quoted")
    kind = "non-answer" if "hedge-non-answer" in entry.lists else "deflection"
    return Reply("Hedge", kind, "performed", sentence, None, f"{kind} quoted")


def _kind(entry: Entry) -> str:
    return next(name for name in _DENIALS if name in entry.lists).removeprefix("denial-")


def _reported(words: Words, entry: Entry) -> Reply | None:
    """Return the reply that a verb of the narrator reports."""
    first = entry.first
    if entry.last - first == 1 and words.lower[first] in _ORDINARY:
        return None
    if words.lower[first] in _NOUNS:
        return _noun(words, entry)
    while first > 0 and (
        words.lower[first - 1] in VERB_PARTS
        or words.lower[first - 1] in ADVERBS
        or words.lower[first - 1].endswith("ly")
    ):
        first -= 1
    begin = _sentence_start(words, first)
    if words.lower[max(begin, first - 2) : first] == ["not", "to"]:
        return None
    source = subject_before(words, first, begin) if _is_verb(words.lower[entry.first]) else None
    if first > begin and any(words.lower[index] in {"been", "was", "were"} for index in range(first, entry.first)):
        source = None
        if entry.last + 1 < len(words) and words.lower[entry.last] == "by" and words.lower[entry.first] in _AGENTLESS:
            source = phrase_after(words, entry.last + 1, min(len(words), entry.last + 12), with_apposition=False)
    if entry.lists[0].startswith("denial"):
        return Reply("Denial", _kind(entry), "reported", (first, entry.last), source, "denial reported")
    kind = "non-answer" if "hedge-non-answer" in entry.lists else "deflection"
    return Reply("Hedge", kind, "reported", (first, entry.last), source, f"{kind} reported")


def _is_verb(word: str) -> bool:
    return word.endswith(("ed", "es", "s", "ing")) or word in {
        "did",
        "could",
        "would",
        "will",
        "can",
        "does",
        "stayed",
        "not",
        "hung",
        "deny",
    }


def _noun(words: Words, entry: Entry) -> Reply | None:
    """Return the denial that a noun names, as “denial” in “the ministry's swift denial”."""
    begin = _sentence_start(words, entry.first)
    for index in range(entry.first - 1, max(begin, entry.first - 4) - 1, -1):
        if words.lower[index] == "'s" and index > begin:
            source = phrase_before(words, index, begin)
            return Reply("Denial", _kind(entry), "reported", (entry.first, entry.first + 1), source, "denial reported")
    return None


def _sentence_start(words: Words, index: int) -> int:
    begin = index
    while (
        begin > 0
        and words.forms[begin - 1] not in {".", "!", "?", ";"}
        and ("\n" not in words.text[words.ends[begin - 1] : words.starts[begin]])
    ):
        begin -= 1
    return begin
