"""What the spans of one document say: its propositions, and who claims, denies or evades each of them. Pure.

A *proposition* of a document is a Claim with all the Claims that restate it; its words are those of the first mention.
A *statement* is one span about a proposition:

- a Claim, by its speakers, by the narrator, or without a source (voice `unsourced`);
- a Denial with a `denies` relation to one of the Claims;
- an evasion: a Hedge of kind non-answer, deflection or conditional with a `hedges` relation to one of the Claims;
- a weakening: a Hedge of another kind, such as *reportedly* or *about*.

Denials and Hedges that answer a Denial are its *answers*: they say nothing about the proposition itself. A Denial or
Hedge without a speaker of its own inside a Claim belongs to the speakers of the innermost Claim around it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from annotator.measures.alignment import Fragments, SetContent, SpanContent

CLAIM, SPEAKER, DENIAL, HEDGE = "Claim", "Speaker", "Denial", "Hedge"
ATTRIBUTED, DENIES, HEDGES, DEFERS, RESTATES = "attributed-to", "denies", "hedges", "defers-to", "restates"
EVASIVE_KINDS = frozenset({"non-answer", "deflection", "conditional"})
REPORTED, PERFORMED = "reported", "performed"


class Role(StrEnum):
    """What a statement does to a proposition."""

    CLAIM = "claim"
    DENIAL = "denial"
    EVASION = "evasion"
    WEAKENING = "weakening"


class Status(StrEnum):
    """How a proposition stands."""

    ASSERTED = "asserted"
    CONTESTED = "contested"
    EVADED = "evaded"
    CONTESTED_AND_EVADED = "contested-and-evaded"


@dataclass(frozen=True, slots=True)
class Support:
    """How many of the annotators of a document support a span of the consensus: k of n."""

    k: int
    n: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One span about a proposition. Positions are code points of the document.

    `speakers` are names; empty where no speaker is named. `kind` is that of the Denial or Hedge, and for a Claim its
    quote type; `form` says whether a Denial or Hedge is performed or reported, and for a Claim it is its voice.
    `defers_to` are the speakers that a deflection names.
    """

    role: Role
    speakers: tuple[str, ...]
    kind: str
    form: str
    fragments: Fragments
    text: str
    defers_to: tuple[str, ...] = ()
    answers: tuple["Statement", ...] = ()
    support: Support | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the statement as it is stored and exported."""
        record: dict[str, Any] = {
            "role": self.role.value,
            "speakers": list(self.speakers),
            "kind": self.kind,
            "form": self.form,
            "fragments": [list(fragment) for fragment in self.fragments],
            "text": self.text,
        }
        if self.defers_to:
            record["defers_to"] = list(self.defers_to)
        if self.answers:
            record["answers"] = [answer.as_json() for answer in self.answers]
        if self.support:
            record["support"] = {"k": self.support.k, "n": self.support.n}
        return record

    @classmethod
    def of_json(cls, record: Mapping[str, Any]) -> "Statement":
        """Return a stored statement."""
        support = record.get("support")
        return cls(
            Role(record["role"]),
            tuple(record["speakers"]),
            record["kind"],
            record["form"],
            tuple((start, end) for start, end in record["fragments"]),
            record["text"],
            tuple(record.get("defers_to", ())),
            tuple(cls.of_json(answer) for answer in record.get("answers", ())),
            Support(support["k"], support["n"]) if support else None,
        )


@dataclass(frozen=True)
class DocumentProposition:
    """A proposition of one document: its first mention, and all statements about it by position."""

    fragments: Fragments
    text: str
    statements: Sequence[Statement]

    @property
    def extent(self) -> tuple[int, int]:
        """Start and end of the first mention."""
        return self.fragments[0][0], self.fragments[-1][1]


@dataclass(frozen=True)
class Reading:
    """The propositions of a document by position, and the number of Denials and Hedges that lead to none of them."""

    propositions: Sequence[DocumentProposition]
    without_target: int


def read_document(
    text: str,
    content: SetContent,
    support: Sequence[Support] | None = None,
    names: Mapping[tuple[int, int], str] | None = None,
) -> Reading:
    """Return the propositions of a document, read from one set.

    `support` has an entry for each of its spans. `names` has the names of speakers by the extents of their mentions, as
    the registry knows them.
    """
    return _Reader(text, content, support, names or {}).read()


def distinct_propositions(reading: Reading) -> Iterator[DocumentProposition]:
    """Yield the propositions of a document; of two Claims with the same extent, which imports may have, the first."""
    seen: set[tuple[int, int]] = set()
    for proposition in reading.propositions:
        if proposition.extent not in seen:
            seen.add(proposition.extent)
            yield proposition


def status_of(statements: Sequence[Statement]) -> Status:
    """Return how a proposition with these statements stands.

    >>> status_of([])
    <Status.ASSERTED: 'asserted'>
    """
    roles = {statement.role for statement in statements}
    if Role.DENIAL in roles:
        return Status.CONTESTED_AND_EVADED if Role.EVASION in roles else Status.CONTESTED
    return Status.EVADED if Role.EVASION in roles else Status.ASSERTED


def hollow_denials(statements: Sequence[Statement]) -> list[Statement]:
    """Return the denials that are only reported while the words behind them evade.

    A denial is hollow when its speaker performs none and is quoted with a performed evasion. It is hollow, too, when no
    speaker performs one and any is quoted so, because institutions speak through others: "the ministry denied it"
    beside "we leave this without comment".
    """
    performed = [statement for statement in statements if statement.form == PERFORMED]
    denying = {name for statement in performed if statement.role == Role.DENIAL for name in statement.speakers}
    evading = {name for statement in performed if statement.role == Role.EVASION for name in statement.speakers}
    is_performed = any(statement.role == Role.DENIAL for statement in performed)
    return [
        statement
        for statement in statements
        if statement.role == Role.DENIAL
        and statement.form == REPORTED
        and not denying.intersection(statement.speakers)
        and (evading.intersection(statement.speakers) or (evading and not is_performed))
    ]


def words_of(text: str, fragments: Fragments) -> str:
    """Return the words of a span on one line; gaps between its fragments appear as an ellipsis."""
    return " … ".join(" ".join(text[start:end].split()) for start, end in fragments)


@dataclass
class _Reader:
    text: str
    content: SetContent
    support: Sequence[Support] | None
    names: Mapping[tuple[int, int], str]
    links: dict[str, dict[int, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def read(self) -> Reading:
        for relation in self.content.relations:
            self.links[relation.label][relation.source].append(relation.target)
        first = self._first_mentions()
        about: dict[int, list[tuple[int, Statement]]] = {row: [] for row in set(first.values())}
        without_target = 0
        for row, span in enumerate(self.content.spans):
            if span.label == CLAIM:
                about[first[row]].append((row, self._statement(row)))
            elif span.label in (DENIAL, HEDGE):
                targets = self._targets(row)
                groups = {first[target] for target in targets if target in first}
                for group in groups:
                    about[group].append((row, self._statement(row)))
                without_target += not targets
        return Reading(tuple(self._propositions(about)), without_target)

    def _propositions(self, about: Mapping[int, list[tuple[int, Statement]]]) -> Iterator[DocumentProposition]:
        for row in sorted(about, key=self._position):
            fragments = self.content.spans[row].fragments
            statements = [
                statement for other, statement in sorted(about[row], key=lambda pair: self._position(pair[0]))
            ]
            yield DocumentProposition(fragments, words_of(self.text, fragments), tuple(statements))

    def _position(self, row: int) -> tuple[int, int, int]:
        span = self.content.spans[row]
        return span.start, -span.end, row

    def _first_mentions(self) -> dict[int, int]:
        """Return for each Claim the first mention of its proposition, following `restates` in either direction."""
        parents = {row: row for row, span in enumerate(self.content.spans) if span.label == CLAIM}

        def root(row: int) -> int:
            while parents[row] != row:
                parents[row] = parents[parents[row]]
                row = parents[row]
            return row

        for source, targets in self.links[RESTATES].items():
            for target in targets:
                if source in parents and target in parents:
                    earlier, later = sorted((root(source), root(target)), key=self._position)
                    parents[later] = earlier
        return {row: root(row) for row in parents}

    def _targets(self, row: int) -> list[int]:
        """Return the Claims and Denials that a Denial denies or a Hedge hedges."""
        label = self.content.spans[row].label
        return self.links[DENIES if label == DENIAL else HEDGES][row]

    def _statement(self, row: int, *, with_answers: bool = True) -> Statement:
        span = self.content.spans[row]
        return Statement(
            role=self._role(span),
            speakers=self._speakers(row),
            kind=span.attributes.get("quote_type" if span.label == CLAIM else "kind", ""),
            form=span.attributes.get("voice" if span.label == CLAIM else "form", ""),
            fragments=span.fragments,
            text=words_of(self.text, span.fragments),
            defers_to=self._names(self.links[DEFERS][row]),
            answers=self._answers(row) if with_answers and span.label == DENIAL else (),
            support=self.support[row] if self.support else None,
        )

    @staticmethod
    def _role(span: SpanContent) -> Role:
        if span.label == CLAIM:
            return Role.CLAIM
        if span.label == DENIAL:
            return Role.DENIAL
        return Role.EVASION if span.attributes.get("kind") in EVASIVE_KINDS else Role.WEAKENING

    def _answers(self, denial: int) -> tuple[Statement, ...]:
        """Return the Denials and Hedges that are about a Denial."""
        rows = [row for label in (DENIES, HEDGES) for row, targets in self.links[label].items() if denial in targets]
        return tuple(self._statement(row, with_answers=False) for row in sorted(rows, key=self._position))

    def _speakers(self, row: int) -> tuple[str, ...]:
        own = self.links[ATTRIBUTED][row]
        span = self.content.spans[row]
        if not own and span.label != CLAIM:
            around = [
                other
                for other, claim in enumerate(self.content.spans)
                if claim.label == CLAIM and claim.start <= span.start and span.end <= claim.end
            ]
            if around:
                own = self.links[ATTRIBUTED][max(around, key=self._position)]
        return self._names(own)

    def _names(self, rows: Sequence[int]) -> tuple[str, ...]:
        """Return the names of Speakers, each once: of the entry of the registry, the canonical name, or the words."""
        spans = (self.content.spans[row] for row in sorted(rows, key=self._position))
        return tuple(dict.fromkeys(self._name(span) for span in spans))

    def _name(self, span: SpanContent) -> str:
        registered = self.names.get((span.start, span.end))
        return registered or span.attributes.get("canonical", "").strip() or words_of(self.text, span.fragments)
