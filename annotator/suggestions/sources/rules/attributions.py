"""Attributions: a cue with its speaker and its content. Pure.

Ranges of words follow the widest convention, that of PolNeAR: with article, apposition, "that" and quotation marks.
`assembly` makes them narrower where the schema asks for it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from annotator.suggestions.sources.rules import lexicons
from annotator.suggestions.sources.rules.noun_phrases import Range, phrase_after, subject_before
from annotator.suggestions.sources.rules.reading import Reading
from annotator.suggestions.sources.rules.words import (
    ADVERBS,
    CONJUNCTIONS,
    DAYS,
    PREPOSITIONS,
    PRONOUNS,
    QUOTATION_MARKS,
    VERB_PARTS,
    Words,
    word_set,
)

_ADDRESSED = word_set(  # wording: words of texts
    "tell tells told telling remind reminded reminds inform informed informs assure assured assures"  # wording: texts
)
_BARE = word_set(
    """
    said says say think thinks thought believe believes believed insisted insists insist argued argues claimed
    claims suggested suggests hope hopes hoped feel feels felt know knows knew fear fears feared acknowledged
    acknowledges admitted admits conceded concedes noted notes added adds warned warns stated states reported
    announced confirmed denied denies alleged alleges wrote writes tweeted replied replies predicted predicts
    agreed agrees concluded concludes
    """
)
_CLAUSAL = word_set(
    """
    called calls calling urged urges urging wants want wanted hopes hoped accused accuses accusing promised
    promises vowed vows pledged pledges threatened threatens blamed blames criticized criticised criticizes
    praised praises described describes dismissed dismisses rejected rejects denied denies defended defends
    demanded demands proposed proposes asked asks ordered orders expects expected supports supported condemned
    condemns discussed questioned disputed refused
    """
)
_PASSIVE = word_set("be been being was were is are")
_CLAUSE_STARTS = QUOTATION_MARKS | {";", ":", "—", "–"}
_SCOPE = re.compile(r"[^\n\r]+")


@dataclass(slots=True)
class Attribution:
    """One cue; `contents` are lists of fragments in code points, one list for each content."""

    rule: str
    cue: Range | None = None
    source: Range | None = None
    contents: list[list[tuple[int, int]]] = field(default_factory=list)
    is_direct: bool = False


def attributions(reading: Reading) -> list[Attribution]:
    """Return the attributions of a text."""
    found: list[Attribution] = []
    for first, last in reading.words.sentences:
        cues = reading.cues_within(first, last)
        if cues:
            found += _according(reading, cues, (first, last))
            found += _speech(reading, cues, (first, last))
    found += _headlines(reading)
    found += [
        Attribution("quotation alone", contents=[[(quotation.start, quotation.end)]], is_direct=True)
        for number, quotation in enumerate(reading.whole)
        if number not in reading.used
    ]
    return found


def _according(reading: Reading, cues: Sequence[int], sentence: Range) -> Iterator[Attribution]:
    """Yield “according to …”, at the start or the end of what it is about."""
    words = reading.words
    first, last = sentence
    for index in cues:
        if words.lower[index] != "according" or index >= last - 2 or words.lower[index + 1] != "to":
            continue
        is_first = index - first <= 1
        source = phrase_after(words, index + 2, last, with_apposition=not is_first)
        if source is None:
            continue
        after = source[1]
        if is_first:
            begin = after + 1 if after < last and words.forms[after] == "," else after
            content = _clause(words, begin, last)
        else:
            begin = first
            content = _clause(words, begin, index)
        if content is not None:
            yield Attribution("according to", (index, index + 2), source, [[content]])


def _clause(words: Words, first: int, last: int) -> tuple[int, int] | None:
    """Return a clause without the punctuation around it, in code points."""
    while first < last and words.forms[first] in {",", ";", ":", "—", "–", "-"}:
        first += 1
    while last > first and words.forms[last - 1] in {".", ",", ";", ":", "?", "!", "—", "–", "-"}:
        last -= 1
    return words.range_of(first, last) if last - first >= 2 else None


def _speech(reading: Reading, cues: Sequence[int], sentence: Range) -> Iterator[Attribution]:
    """Yield the attributions by verbs of saying in a sentence that are outside of quotations."""
    words, verbs = reading.words, reading.verbs
    source: Range | None = None
    for index in cues:
        if words.lower[index] not in verbs or (words.is_capital(index) and index > sentence[0]):
            continue
        found = _at_verb(reading, index, sentence, source)
        if found is not None:
            source = found.source or source
            yield found


def _at_verb(reading: Reading, index: int, sentence: Range, before: Range | None) -> Attribution | None:
    words = reading.words
    first, last = sentence
    begin = _clause_start(reading, index, first)
    cue_first = _verb_group_start(words, index, begin)
    if not _PASSIVE.isdisjoint(words.lower[cue_first:index]) and not words.lower[index].endswith("ing"):
        return None
    source = subject_before(words, cue_first, begin)
    follows = _quotation_before(reading, begin, source[0] if source else cue_first)
    inverted = None
    if source is None and follows is not None:
        inverted = phrase_after(words, index + 1, last)
    if source is None and inverted is None:
        is_chained = words.lower[index].endswith("ing") or (
            cue_first > first and words.lower[cue_first - 1] in {"and", "but", ",", "then"}
        )
        if not is_chained or before is None:
            return None
        source = before
    cue = (cue_first, index + 1)
    attribution = Attribution("", cue, source or inverted)
    if follows is not None:
        _take_quotations(reading, attribution, follows, (inverted or cue)[1])
        return attribution
    return attribution if _take_content(reading, attribution, index, sentence) else None


def _clause_start(reading: Reading, index: int, first: int) -> int:
    """Return the word after the last quotation or semicolon before a verb in its sentence."""
    forms, quoted = reading.words.forms, reading.quoted
    for position in range(index - 1, first - 1, -1):
        if quoted[position] or forms[position] in _CLAUSE_STARTS:
            return position + 1
    return first


def _verb_group_start(words: Words, index: int, begin: int) -> int:
    first = index
    while first > begin:
        word = words.lower[first - 1]
        if word in VERB_PARTS or word in ADVERBS or (word.endswith("ly") and word not in {"family", "july", "ally"}):
            first -= 1
        elif (
            word == "to"
            and first - 2 >= begin
            and words.lower[first - 2] in {"going", "went", "continued", "refused", "declined"}
        ):
            first -= 2
        else:
            break
    return first


def _quotation_before(reading: Reading, begin: int, index: int) -> int | None:
    """Return the whole quotation that ends right before a word, if the cue after it belongs to it."""
    words = reading.words
    if index < 1 or begin > index or index - begin > 1:
        return None
    offset = words.starts[index]
    number = bisect_right(reading.whole_ends, offset) - 1
    if number < 0:
        return None
    quotation = reading.whole[number]
    between = reading.text[quotation.end : offset]
    ends = reading.text[quotation.inner_start : quotation.inner_end].rstrip().endswith(".")
    return number if not ends and not between.strip(" \t,—–-\u00a0") and quotation.is_paired else None


def _take_quotations(reading: Reading, attribution: Attribution, number: int, after: int) -> None:
    """Add the quotation before a cue, and the one that goes on after it."""
    whole = reading.whole
    quotation = whole[number]
    attribution.is_direct = True
    attribution.rule = "quotation, cue"
    fragments = [(quotation.start, quotation.end)]
    fresh = number not in reading.used
    reading.used.add(number)
    following = whole[number + 1] if number + 1 < len(whole) else None
    if following is not None and after <= len(reading.words):
        between = reading.text[reading.words.ends[after - 1] : following.start]
        if "\n" not in between and len(between) < 120 and _leads_on(between):
            reading.used.add(number + 1)
            fragments.append((following.start, following.end))
    if fresh:
        attribution.contents.append(fragments)


def _leads_on(between: str) -> bool:
    """Return whether the words between a cue and the next quotation leave it the same speaker's."""
    return between.rstrip(" “\"'").endswith((",", ".", ":")) and len(between.split()) <= 12


def _take_content(reading: Reading, attribution: Attribution, index: int, sentence: Range) -> bool:
    """Add what a cue introduces; return whether it introduces anything."""
    words = reading.words
    first, last = sentence
    verb = words.lower[index]
    begin = index + 1
    if verb in _ADDRESSED or (
        verb.startswith("ask") and begin < last and words.lower[begin] not in {"if", "whether", "that", "why", "how"}
    ):
        addressee = phrase_after(words, begin, last, with_apposition=False)
        begin = addressee[1] if addressee else begin
    begin = _without_circumstances(words, begin, last)
    if begin >= last:
        return _take_before(reading, attribution, index, first)
    number = _quotation_at(reading, begin)
    if number is not None:
        quotation = reading.whole[number]
        reading.used.add(number)
        attribution.rule, attribution.is_direct = "cue, quotation", True
        attribution.contents.append([(quotation.start, quotation.end)])
        return True
    stop = _content_stop(reading, begin, last)
    word = words.lower[begin]
    if word in {"that", "whether", "if", "how", "why", "what"} and not (word == "that" and stop - begin < 3):
        attribution.rule = "cue that"
    elif word == ":" or (word == "," and verb in {"said", "says"}):
        return _take_before(reading, attribution, index, first)
    elif verb in _CLAUSAL or (verb in lexicons.single_words("denial")):
        attribution.rule = "cue object"
    elif verb in _BARE and word not in PREPOSITIONS | CONJUNCTIONS | {",", ".", "so"}:
        attribution.rule = "cue clause"
    elif word in {",", "."}:
        return _take_before(reading, attribution, index, first)
    elif word in PREPOSITIONS | CONJUNCTIONS:
        return False
    else:
        attribution.rule = "other cue"
    content = _clause(words, begin, stop)
    if content is not None:
        attribution.contents.append([_with_mark(reading, content)])
    return content is not None


def _with_mark(reading: Reading, content: tuple[int, int]) -> tuple[int, int]:
    """Return a content with the mark that closes a quotation at its end."""
    for quotation in reading.quotations:
        if quotation.start >= content[0] and quotation.inner_end >= content[1] > quotation.start:
            return content[0], max(content[1], quotation.end)
    return content


def _without_circumstances(words: Words, begin: int, last: int) -> int:
    """Return the word after “on Tuesday”, “in an e-mail” or “to reporters” at the start of a content."""
    while begin < last:
        word = words.lower[begin]
        if word in DAYS:
            begin += 1
        elif word in {"on", "in", "to", "at", "during", "after"} and begin + 1 < last:
            position = begin + 1
            while (
                position < min(last, begin + 9)
                and words.forms[position] not in {",", ":"}
                and (words.lower[position] not in {"that", "whether"} and words.forms[position] not in QUOTATION_MARKS)
            ):
                position += 1
            if position >= min(last, begin + 9):
                return begin + 2 if words.lower[begin + 1] in DAYS else begin
            begin = position
        elif word == "," and begin + 1 < last and words.lower[begin + 1] in {"that"} | QUOTATION_MARKS:
            begin += 1
        else:
            break
    return begin


def _quotation_at(reading: Reading, begin: int) -> int | None:
    """Return the whole quotation that begins at a word, or after a comma or colon there."""
    words = reading.words
    position = begin
    while position < min(len(words), begin + 3) and words.forms[position] in {",", ":"}:
        position += 1
    if position >= len(words):
        return None
    offset = words.starts[position]
    number = bisect_left(reading.whole_starts, offset)
    return number if number < len(reading.whole) and reading.whole[number].start == offset else None


def _content_stop(reading: Reading, begin: int, last: int) -> int:
    """Return the word at which a content ends: the sentence, or before “, adding that …” and “, according to …”."""
    words = reading.words
    for index in range(begin + 2, last - 1):
        if words.forms[index] != "," or reading.quoted[index]:
            continue
        follows = words.lower[index + 1]
        if follows.endswith("ing") and follows in reading.verbs:
            return index
        if follows == "according":
            return index
        if follows in PRONOUNS and words.lower[index + 2] in reading.verbs:
            return index
        if follows in {"but", "and"} and index + 3 < last and words.lower[index + 3] in reading.verbs:
            return index
    return last


def _take_before(reading: Reading, attribution: Attribution, index: int, first: int) -> bool:
    """Add the clause before “, X said”."""
    words = reading.words
    start = attribution.source[0] if attribution.source else index
    if start - 1 <= first or words.forms[start - 1] != ",":
        return False
    content = _clause(words, first, start - 1)
    if content is None or start - 1 - first < 4:
        return False
    attribution.rule = "clause, cue"
    attribution.contents.append([content])
    return True


def _headlines(reading: Reading) -> Iterator[Attribution]:
    """Yield “Speaker: what they say” where a line begins with it, as headlines and interview turns do."""
    words = reading.words
    for line in _SCOPE.finditer(reading.text):
        if reading.text.find(":", line.start(), line.end()) < 0:
            continue
        first = words.from_offset(line.start())
        colon = next((index for index in range(first, min(first + 7, len(words))) if words.forms[index] == ":"), None)
        if colon is None or colon == first or words.ends[colon] > line.end():
            continue
        last = words.before_offset(line.end())
        names = [index for index in range(first, colon) if words.is_word(index)]
        if (
            colon + 2 > last
            or not names
            or not all(words.is_capital(index) or words.lower[index] in PREPOSITIONS for index in names)
        ):
            continue
        content = _clause(words, colon + 1, last)
        if content is not None and words.lower[first] not in PRONOUNS | {"watch", "update", "note", "related"}:
            yield Attribution("speaker: content", (colon, colon + 1), (first, colon), [[content]], is_direct=True)
