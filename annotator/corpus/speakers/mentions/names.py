"""Names as they stand in texts, and the keys by which they are found. Pure.

A key has a sign that says how a name was read: `=` for the folded name, `~` for its letters without spaces, and `-` for
one part of the name of a person, such as the surname. Folding ignores case, accents, and articles, and the *'s* of a
possessive at the end.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import regex

from annotator.text.folding import fold

EXACT, SQUEEZED, PART = "=", "~", "-"
LONGEST_KEY = 320
SHORTEST_PART = 3

# wording: words of texts, here and below
_ARTICLES = regex.compile(r"^(?:the|a|an|der|die|das|le|la|les|el|los)\s+")
_POSSESSIVE = regex.compile(r"['’]s?$")
_TITLE_WORDS = """
    mr mrs ms miss mx dr prof professor sir dame lord lady president vice prime minister foreign defence defense
    secretary senator congressman congresswoman representative rep sen gov governor mayor chancellor king queen prince
    princess pope cardinal archbishop bishop rev reverend father judge justice chief general gen colonel col captain
    capt major lieutenant lt sergeant sgt admiral commander officer deputy councillor councilor ambassador director
    chairman chairwoman chair spokesman spokeswoman spokesperson attorney sheriff detective inspector superintendent
    shop steward herr frau monsieur madame señor señora
"""
_PARTICLE_WORDS = "al el bin ben ibn van von der den de del della di da du la le ter ten abu"
_PREPOSITION_WORDS = "of in for from at by with to on and or"
_PRONOUN_WORDS = """
    i me my we us our you he him his she her hers it its they them their who whom which this that these those one
    another others both some many he/she er sie es wir ihr ich il elle ils elles nous on él ella ellos ellas
    он она они мы я
"""
_TITLES = frozenset(_TITLE_WORDS.split())
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_PREPOSITIONS = frozenset(_PREPOSITION_WORDS.split())
PRONOUNS = frozenset(_PRONOUN_WORDS.split())
FEMALE, MALE, THING = (
    frozenset({"she", "her", "hers", "elle", "ella", "она"}),
    frozenset({"he", "him", "his", "il", "él", "он"}),
    frozenset({"it", "its"}),
)
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}'’.־-]*[\p{L}\p{M}\p{N}])?\.?")
_NOT_LETTERS = regex.compile(r"[^\p{L}\p{N}]+")
_BRACKETED = regex.compile(r"\(([^()]{3,80})\)")


@lru_cache(maxsize=20_000)
def folded(words: str) -> str:
    """Return a name without what makes no difference.

    >>> folded("the Kremlin’s"), folded("  The  KREMLIN ")
    ('kremlin', 'kremlin')
    """
    text = " ".join(fold(words).replace("’", "'").split()).strip(" \"'“”‘«»„,.;:()[]")
    return _POSSESSIVE.sub("", _ARTICLES.sub("", text))


def squeezed(words: str) -> str:
    """Return the letters and digits of a folded name alone.

    >>> squeezed("Dmitry Peskov") == squeezed("DmitryPeskov")
    True
    """
    return _NOT_LETTERS.sub("", folded(words))


def is_pronoun(words: str) -> bool:
    """Return whether a mention is a pronoun, which says nothing without its context."""
    return folded(words) in PRONOUNS


def keys_of_entry(name: str, aliases: Iterable[str], *, is_person: bool) -> list[str]:
    """Return the keys of an entry: its names, and the first and last word of the names of a person.

    >>> keys_of_entry("Jorun Velk", ["The ambassador"], is_person=True)
    ['=jorun velk', '~jorunvelk', '=ambassador', '~ambassador', '-jorun', '-velk']
    """
    names = [name, *aliases]
    keys = [key for words in names for key in _whole_keys(words)]
    if is_person:
        for words in names:
            parts = folded(words).split()
            if 2 <= len(parts) <= 5 and _is_name(words):
                keys += [PART + part for part in (parts[0], parts[-1]) if len(part) >= SHORTEST_PART]
    return [key[:LONGEST_KEY] for key in dict.fromkeys(keys)]


def _whole_keys(words: str) -> Iterator[str]:
    if folded(words):
        yield EXACT + folded(words)
    if squeezed(words):
        yield SQUEEZED + squeezed(words)


def _is_name(words: str) -> bool:
    """Return whether each word but particles begins with a capital letter, or belongs to a script without them."""
    parts = words.replace("’", "'").split()
    return all(not part[:1].islower() or part.lower().split("-")[0] in _PARTICLES for part in parts)


def without_titles(words: str) -> str:
    """Return a name without the titles before it; a title alone stays.

    >>> without_titles("Captain Rika Dahl"), without_titles("Mr. Peskov"), without_titles("Major")
    ('Rika Dahl', 'Peskov', 'Major')
    """
    parts = words.split()
    while len(parts) > 1 and (_is_title(parts[0]) or parts[0][:1].islower()):
        parts = parts[1:]
    return " ".join(parts)


def _is_title(word: str) -> bool:
    return fold(word).rstrip(".") in _TITLES


def names_in(mention: str) -> list[str]:
    """Return the names that a mention consists of besides titles and roles, the most telling first.

    These are the words before a comma, those in brackets, and the capitalised words at the end. A name after a
    preposition or in the possessive belongs to someone else.

    >>> names_in("Kremlin spokesman Dmitry Peskov")
    ['Dmitry Peskov']
    >>> names_in("Jorun Velk, the ambassador"), names_in("a spokesman for the Kremlin"), names_in("Mr Stenn's lawyer")
    (['Jorun Velk'], [], [])
    """
    names = []
    for part in (*_BRACKETED.findall(mention), _BRACKETED.sub(" ", mention)):
        head = part.split(",")[0]
        names += [_last_run(head), without_titles(head) if _is_name(head) and "'s " not in head else ""]
    found = dict.fromkeys(name for name in names if name and folded(name) and not _is_title(name))
    return [name for name in found if name != mention.strip()]


def _last_run(words: str) -> str:
    """Return the capitalised words at the end of a mention without titles; "" when they belong to a phrase before."""
    parts = words.replace("’s ", "'s ").split()
    run: list[str] = []
    while parts and (not parts[-1][:1].islower() or (run and parts[-1].lower().split("-")[0] in _PARTICLES)):
        if parts[-1].endswith("'s"):
            break
        run.insert(0, parts.pop())
    if (parts and (fold(parts[-1]) in _PREPOSITIONS or fold(parts[-1]) == "the")) or not run:
        return ""
    return without_titles(" ".join(run))


def keys_of_mention(mention: str) -> list[str]:
    """Return the keys by which the entries that a mention may name are found."""
    names = names_in(mention)
    keys = [key for words in (mention, *names) for key in _whole_keys(words)]
    for words in names or [mention]:
        parts = folded(without_titles(words)).split()
        if 1 <= len(parts) <= 2:
            keys += [PART + part for part in parts[-1:] if len(part) >= SHORTEST_PART]
    if is_pronoun(mention):
        return []
    return [key[:LONGEST_KEY] for key in dict.fromkeys(keys)]


def name_for_new_entry(mention: str, text: str) -> str:
    """Return the name that an entry for a mention would have, completed from the text of its document.

    >>> name_for_new_entry("Captain Dahl", "Rika Dahl left. Captain Dahl said so.")
    'Rika Dahl'
    >>> name_for_new_entry("the ministry", "")
    'Ministry'
    """
    names = names_in(mention)
    name = names[0] if names else " ".join(mention.split())
    name = regex.sub(r"^(?:the|a|an)\s+", "", name, flags=regex.IGNORECASE).strip(" \"'“”,")
    if regex.fullmatch(r"\p{Lu}[\p{L}\p{M}'’-]+", name):
        name = _completed(name, text)
    return name[:1].upper() + name[1:]


def _completed(part: str, text: str) -> str:
    """Return the two words of the text that begin or end with a part of a name; the part itself when there are none."""
    word = r"\p{Lu}[\p{L}\p{M}'’-]+"
    own = regex.escape(part)
    for match in regex.finditer(rf"({word}) {own}(?!\p{{L}})|(?<!\p{{L}}){own} \(?({word})", text):
        first, last = match.groups()
        if first and not _is_title(first) and fold(first) not in PRONOUNS and fold(first) not in ("the", "but", "and"):
            return f"{first} {part}"
        if last and not _is_title(last):
            return f"{part} {last}"
    return part
