"""Noun phrases that may be speakers: the subject before a cue, the name after it. Pure."""

from annotator.suggestions.sources.rules.words import (
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DAYS,
    DETERMINERS,
    OPENERS,
    PREPOSITIONS,
    PRONOUNS,
    QUOTATION_MARKS,
    Words,
)

Range = tuple[int, int]

_JOINING = frozenset({"of", "for", "at", "in", "from", "with", "to", "on"})
_STOPS = AUXILIARIES | OPENERS | frozenset({"not", "to", "there", "then"})
_LONGEST = 16
_LONGEST_APPOSITION = 22


def subject_before(words: Words, index: int, begin: int) -> Range | None:
    """Return the subject that ends before the word at an index, not before `begin`, with its appositions."""
    last = _without_adverbials(words, index, begin)
    if last <= begin:
        return None
    if words.forms[last - 1] == ",":
        opening = _comma_before(words, last - 1, begin)
        if opening is None or opening <= begin:
            return None
        head = phrase_before(words, opening, begin)
        return (head[0], last - 1) if head and head[1] == opening else None
    found = phrase_before(words, last, begin)
    return found if found and found[1] == last else None


def _without_adverbials(words: Words, index: int, begin: int) -> int:
    """Return the end of a subject without the adverbs and days between it and its verb."""
    last = index
    while last - 1 > begin:
        word = words.lower[last - 1]
        if word in ADVERBS or word in DAYS or word.endswith("ly") or (word == "on" and words.lower[last] in DAYS):
            last -= 1
        elif word in {"morning", "afternoon", "evening", "night", "week", "month", "year"} and (
            words.lower[last - 2] in DAYS | {"this", "last"}
        ):
            last -= 2
        else:
            break
    return last


def _comma_before(words: Words, index: int, begin: int) -> int | None:
    """Return the comma that opens the apposition which the comma at an index closes."""
    for position in range(index - 1, max(begin, index - _LONGEST_APPOSITION) - 1, -1):
        form = words.forms[position]
        if form == ",":
            return position
        if form in QUOTATION_MARKS or form in ".!?;:":
            return None
    return None


def phrase_before(words: Words, last: int, begin: int) -> Range | None:
    """Return the noun phrase that ends before the word `last`."""
    position = last - 1
    lower = words.lower
    if position < begin or not (words.is_word(position) or lower[position] == ")"):
        return None
    if lower[position] in PRONOUNS:
        return position, last
    first = last
    while position >= max(begin, last - _LONGEST):
        word = lower[position]
        if word in _STOPS and word != "'s":
            break
        if word in PREPOSITIONS:
            if word not in _JOINING or position == begin or not _is_noun(words, position - 1) or first == last:
                break
        elif word in CONJUNCTIONS:
            joined = word == "and" and position > begin and _joins_names(words, position)
            if not joined:
                break
        elif (
            (not words.is_word(position) and word not in {"'s", "'", "-", "&", ".", "(", ")", "/"})
            or (
                word == "."
                and not (position > begin and len(words.forms[position - 1]) <= 4 and words.is_capital(position - 1))
            )
            or word in PRONOUNS
        ):
            break
        first = position
        if word in DETERMINERS and not (position > begin + 1 and lower[position - 1] in _JOINING):
            break
        position -= 1
    while first < last and (
        lower[first] in PREPOSITIONS | CONJUNCTIONS | {"'s", "-", ".", "/"} or lower[first] in ADVERBS
    ):
        first += 1
    return (first, last) if first < last and _is_noun_like(words, last) else None


def _is_noun(words: Words, index: int) -> bool:
    return (
        words.is_word(index) and words.lower[index] not in PREPOSITIONS | _STOPS | CONJUNCTIONS | PRONOUNS | DETERMINERS
    )


def _joins_names(words: Words, index: int) -> bool:
    return (
        words.is_capital(index - 1)
        and index + 1 < len(words)
        and (words.is_capital(index + 1) or words.lower[index + 1] in DETERMINERS)
    )


def _is_noun_like(words: Words, last: int) -> bool:
    head = words.lower[last - 1]
    return head not in DETERMINERS - {"this", "that", "both", "some", "many", "all", "several"} and not head.endswith(
        "ing"
    )


def phrase_after(words: Words, first: int, stop: int, *, with_apposition: bool = True) -> Range | None:
    """Return the noun phrase that begins at a word, up to `stop`, with what stands in apposition to it."""
    lower = words.lower
    if first >= stop:
        return None
    if lower[first] in PRONOUNS | {"him", "her", "them", "me", "us"}:
        return first, first + 1
    last = first
    while last < min(stop, first + _LONGEST):
        word = lower[last]
        if word in DETERMINERS and last > first and lower[last - 1] not in _JOINING:
            break
        if word in PREPOSITIONS:
            if word not in {"of", "for", "at", "with", "from"} or last == first:
                break
        elif word in CONJUNCTIONS:
            if not (word == "and" and last > first and _joins_names(words, last)):
                break
        elif (
            word in _STOPS - {"'s"}
            or word in PRONOUNS
            or word in DAYS
            or (not words.is_word(last) and word not in {"'s", "-", "&", "'", ".", "/"})
            or (word == "." and not (len(words.forms[last - 1]) <= 2 and words.is_capital(last - 1)))
        ):
            break
        last += 1
    while last > first and (
        lower[last - 1] in PREPOSITIONS | CONJUNCTIONS | DETERMINERS or not words.is_word(last - 1)
    ):
        last -= 1
    if last == first or not _is_noun_like(words, last):
        return None
    return (first, _with_apposition(words, last, stop) if with_apposition else last)


def _with_apposition(words: Words, last: int, stop: int) -> int:
    """Return the end of ", a spokesman for the ministry," after a name, or `last` when nothing follows it."""
    if (
        last + 1 >= stop
        or words.forms[last] != ","
        or not (words.lower[last + 1] in DETERMINERS or words.lower[last + 1] in {"who", "whose"})
    ):
        return last
    for position in range(last + 1, min(stop, last + _LONGEST_APPOSITION)):
        if words.forms[position] in {",", ";", ":", "."} or words.forms[position] in QUOTATION_MARKS:
            return position
    return stop if stop - last < _LONGEST_APPOSITION else last


def narrowed(words: Words, phrase: Range) -> Range:
    """Return a phrase as the guidelines of the template mark it: the part with the name, no article, no apposition."""
    first, last = phrase
    commas = [index for index in range(first, last) if words.forms[index] == ","]
    if commas:
        parts = []
        begin = first
        for end in [*commas, last]:
            if begin < end:
                parts.append((begin, end))
            begin = end + 1
        named = [part for part in parts[:2] if _has_name(words, part) and words.lower[part[0]] not in {"who", "whose"}]
        first, last = named[-1] if len(named) > 1 and not _is_name(words, named[0]) else (named or parts)[0]
    for index in range(first + 1, last):
        if words.lower[index] in {"who", "which", "that", "whose"}:
            last = index
            break
    if last - first > 1 and words.lower[first] in {"a", "an", "the", "its", "his", "her", "their", "our", "my"}:
        first += 1
    if last - first > 1 and words.lower[last - 1] == "'s":
        last -= 1
    return first, last


def _has_name(words: Words, part: Range) -> bool:
    return any(words.is_capital(index) for index in range(part[0], part[1]))


def _is_name(words: Words, part: Range) -> bool:
    return all(words.is_capital(index) or not words.is_word(index) for index in range(part[0], part[1]))
