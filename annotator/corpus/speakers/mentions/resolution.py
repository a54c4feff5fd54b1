"""Which entry a mention names, and how sure that is. Pure.

Mentions of a document are resolved in their order: by a decision about the place, then by one about these words in this
document, then by the names of entries. Pronouns and descriptions are always asked about, unless the annotators
named them; what is proposed for them is who spoke last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from annotator.corpus.speakers.mentions.names import (
    EXACT,
    FEMALE,
    MALE,
    PART,
    SQUEEZED,
    THING,
    folded,
    is_pronoun,
    keys_of_mention,
    name_for_new_entry,
    names_in,
    squeezed,
    without_titles,
)
from annotator.text.folding import words as words_of

MOST_CANDIDATES = 6
PERSON = "person"


class Reason(StrEnum):
    """Why a mention may name an entry, the best first."""

    PLACE = "place"
    DOCUMENT = "document"
    NAME = "name"
    TITLE = "title"
    SPELLING = "spelling"
    PART = "part"
    ROLE = "role"
    RECENT = "recent"


CERTAIN = frozenset({Reason.PLACE, Reason.DOCUMENT, Reason.NAME, Reason.TITLE, Reason.SPELLING, Reason.PART})


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What resolving needs to know of an entry."""

    pk: int
    name: str
    kind: str = ""
    role: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """The words of a Speaker span at its place in a document, in code points.

    `canonical` is the name that the annotators gave it, "" where they gave none or different ones.
    """

    words: str
    start: int
    end: int
    canonical: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a mention may name."""

    entry: EntryFacts
    reason: Reason


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a mention names: `entry` where that is certain, else candidates to choose from, the best first.

    `is_no_one` is set where a person decided that the mention names no one who belongs into the registry. `new_name` is
    the name that a new entry would have; `proposes_new` says that it is the first proposal.
    """

    mention: Mention
    entry: EntryFacts | None
    candidates: tuple[Candidate, ...]
    new_name: str
    proposes_new: bool
    is_no_one: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a person has to choose."""
        return self.entry is None and not self.is_no_one

    @property
    def reason(self) -> str:
        """Why the entry is certain, or the first candidate is proposed."""
        return self.candidates[0].reason if self.candidates else ""


@dataclass(frozen=True)
class Decisions:
    """Decisions of people about one document: for words, and for places. None is a decision for no entry."""

    by_words: Mapping[str, EntryFacts | None] = field(default_factory=dict)
    by_place: Mapping[tuple[int, int], EntryFacts | None] = field(default_factory=dict)


def resolve_document(
    text: str, mentions: Iterable[Mention], entries: Mapping[str, Sequence[EntryFacts]], decisions: Decisions
) -> list[Resolution]:
    """Return what each mention of a document names, in their order; `entries` has those of each key."""
    reader = _Reader(text, entries, decisions)
    return [reader.resolve(mention) for mention in sorted(mentions, key=lambda item: (item.start, item.end))]


@dataclass
class _Reader:
    text: str
    entries: Mapping[str, Sequence[EntryFacts]]
    decisions: Decisions
    recent: list[EntryFacts] = field(default_factory=list)
    """The entries named so far, the last one first."""
    pronouns: dict[int, str] = field(default_factory=dict)
    """The pronoun that was decided to stand for an entry."""

    def resolve(self, mention: Mention) -> Resolution:
        """Return what a mention names, and remember it for those that follow."""
        is_decided, decided = self._decision(mention)
        if is_decided:
            reason = Reason.PLACE if (mention.start, mention.end) in self.decisions.by_place else Reason.DOCUMENT
            if decided is None:
                return Resolution(mention, None, (), "", proposes_new=False, is_no_one=True)
            self._remember(decided, mention)
            return Resolution(mention, decided, (Candidate(decided, reason),), "", proposes_new=False)
        found = self._candidates(mention)
        certain = self._certain(found)
        if certain is not None:
            self._remember(certain, mention)
            return Resolution(mention, certain, tuple(found[:MOST_CANDIDATES]), "", proposes_new=False)
        is_named = not is_pronoun(mention.words)
        new_name = (mention.canonical or name_for_new_entry(mention.words, self.text)) if is_named else ""
        proposes_new = bool(new_name) and (not found or found[0].reason == Reason.RECENT)
        return Resolution(mention, None, tuple(found[:MOST_CANDIDATES]), new_name, proposes_new=proposes_new)

    def _decision(self, mention: Mention) -> tuple[bool, EntryFacts | None]:
        place = (mention.start, mention.end)
        if place in self.decisions.by_place:
            return True, self.decisions.by_place[place]
        words = folded(mention.words)
        if not is_pronoun(mention.words) and words in self.decisions.by_words:
            return True, self.decisions.by_words[words]
        return False, None

    def _remember(self, entry: EntryFacts, mention: Mention) -> None:
        self.recent = [entry, *(other for other in self.recent if other.pk != entry.pk)]
        if is_pronoun(mention.words):
            self.pronouns[entry.pk] = _gender(mention.words)

    def _certain(self, found: Sequence[Candidate]) -> EntryFacts | None:
        """Return the entry when the best reason names one alone, or one of several that the document has named."""
        if not found or found[0].reason not in CERTAIN:
            return None
        best = [candidate.entry for candidate in found if candidate.reason == found[0].reason]
        if len(best) > 1:
            seen = {entry.pk for entry in self.recent}
            best = [entry for entry in best if entry.pk in seen]
        return best[0] if len(best) == 1 else None

    def _candidates(self, mention: Mention) -> list[Candidate]:
        keys = [(Reason.NAME, EXACT + folded(mention.canonical))] if mention.canonical else []
        if is_pronoun(mention.words):
            given = [Candidate(entry, reason) for reason, key in keys for entry in self.entries.get(key, ())]
            return given or [Candidate(entry, Reason.RECENT) for entry in self._antecedents(mention.words)]
        found: dict[int, Candidate] = {}
        for reason, key in [*keys, *_keys(mention)]:
            for entry in self._by_recency(self.entries.get(key, ())):
                found.setdefault(entry.pk, Candidate(entry, reason))
        heads = set(words_of(mention.words))
        for entry in self.recent:
            about = set(words_of(f"{entry.role} {entry.affiliation}"))
            if about and heads & about and not names_in(mention.words):
                found.setdefault(entry.pk, Candidate(entry, Reason.ROLE))
        for entry in self.recent:
            found.setdefault(entry.pk, Candidate(entry, Reason.RECENT))
        return list(found.values())

    def _by_recency(self, entries: Sequence[EntryFacts]) -> list[EntryFacts]:
        if len(entries) < 2:
            return list(entries)
        order = {entry.pk: number for number, entry in enumerate(self.recent)}
        return sorted(entries, key=lambda entry: (order.get(entry.pk, len(order)), entry.name, entry.pk))

    def _antecedents(self, words: str) -> list[EntryFacts]:
        """Return who a pronoun may stand for: who spoke last, those first that it fits."""
        gender = _gender(words)
        if not gender:
            return self.recent
        return sorted(self.recent, key=lambda entry: not self._fits(entry, gender))

    def _fits(self, entry: EntryFacts, gender: str) -> bool:
        known = self.pronouns.get(entry.pk, "")
        is_person = entry.kind in ("", PERSON)
        return known == gender if known else is_person != (gender == "thing")


def _gender(words: str) -> str:
    word = folded(words)
    if word in FEMALE:
        return "female"
    if word in MALE:
        return "male"
    return "thing" if word in THING else ""


def _keys(mention: Mention) -> list[tuple[Reason, str]]:
    """Return the keys of a mention with the reason that each gives, the best first."""
    names = names_in(mention.words)
    keys = [(Reason.NAME, EXACT + folded(mention.words))]
    keys += [(Reason.TITLE, EXACT + folded(name)) for name in names]
    keys += [(Reason.SPELLING, SQUEEZED + squeezed(words)) for words in (mention.words, *names)]
    for words in names or [mention.words]:
        parts = folded(without_titles(words)).split()
        if len(parts) == 1:
            keys.append((Reason.PART, PART + parts[0]))
    return keys


def lookup_keys(mention: Mention) -> list[str]:
    """Return the keys whose entries `resolve_document` needs for a mention."""
    canonical = [EXACT + folded(mention.canonical)] if mention.canonical else []
    return [*canonical, *keys_of_mention(mention.words)]
