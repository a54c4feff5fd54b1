"""Making the propositions of a ledger from its entries and from what people decided.

An entry is what one document says about one proposition. Entries that people joined, directly or through others, are
one proposition; every other entry is a proposition by itself. Propositions keep their keys as long as their first entry
stays, so that their addresses stay.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from annotator.ledger.models import (
    Ledger,
    LedgerDecision,
    LedgerEntry,
    Proposition,
    PropositionSpeaker,
)
from annotator.ledger.reading.statements import Role, Statement, Status, hollow_denials, status_of
from annotator.platform.bulk_rows import Row, insert_rows, reserve_keys, table_of, update_rows

RANKS = {Status.CONTESTED_AND_EVADED: 0, Status.CONTESTED: 1, Status.EVADED: 2, Status.ASSERTED: 3}
ROWS_AT_ONCE = 500
"""Each batch is a transaction of its own, so that annotators can save in between."""
LONGEST_NAME = 300
PROPOSITION_VALUES = (
    *("text", "status", "rank", "is_sourced", "has_warning", "first_seen", "last_seen", "documents", "statements"),
)
PROPOSITIONS = table_of(Proposition, " ".join(("id", "ledger_id", *PROPOSITION_VALUES)))
SPEAKERS = table_of(PropositionSpeaker, "proposition_id name role count")
NARRATOR = "narrator"


@dataclass(frozen=True)
class Place:
    """A stretch of a document, in code points."""

    document_id: int
    start: int
    end: int


def entries_at(ledger: Ledger, places: Collection[Place]) -> dict[Place, int]:
    """Return the entry of a ledger at each place: the one whose claims share most with it; none where none does."""
    documents = {place.document_id for place in places}
    rows = LedgerEntry.objects.filter(
        ledger_document__ledger=ledger, ledger_document__document__in=documents
    ).values_list("ledger_document__document_id", "id", "statements")
    claims: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for document_id, entry_id, statements in rows.order_by("id"):
        for statement in statements:
            if statement["role"] == Role.CLAIM:
                claims[document_id] += [(start, end, entry_id) for start, end in statement["fragments"]]
    found = {place: entry_sharing_most(claims[place.document_id], place.start, place.end) for place in places}
    return {place: entry_id for place, entry_id in found.items() if entry_id is not None}


def entry_sharing_most(claims: Iterable[tuple[int, int, int]], start: int, end: int) -> int | None:
    """Return the entry whose claims, as start, end and entry, share most with a stretch; None where none does.

    >>> entry_sharing_most([(0, 5, 7), (5, 20, 8)], 4, 9)
    8
    """
    shared: Counter[int] = Counter()
    for claim_start, claim_end, entry_id in claims:
        shared[entry_id] += max(0, min(claim_end, end) - max(claim_start, start))
    return shared.most_common(1)[0][0] if shared and shared.most_common(1)[0][1] > 0 else None


def first_place(decision: LedgerDecision) -> Place:
    """Return the first place of a decision."""
    return Place(decision.first_document_id, decision.first_start, decision.first_end)


def second_place(decision: LedgerDecision) -> Place:
    """Return the second place of a decision."""
    return Place(decision.second_document_id, decision.second_start, decision.second_end)


def joined_entries(ledger: Ledger) -> dict[int, frozenset[int]]:
    """Return for each entry that people joined to others all entries of its proposition."""
    decisions = list(
        LedgerDecision.objects.filter(project=ledger.project, kind=LedgerDecision.Kind.SAME, undone_at=None)
    )
    places = {place for decision in decisions for place in (first_place(decision), second_place(decision))}
    entries = entries_at(ledger, places)
    groups: dict[int, frozenset[int]] = {}
    for decision in decisions:
        ends = [entries[place] for place in (first_place(decision), second_place(decision)) if place in entries]
        if len(ends) == 2:
            group = frozenset().union(*(groups.get(end, frozenset((end,))) for end in ends))
            groups.update(dict.fromkeys(group, group))
    return groups


def rebuild(ledger: Ledger, changed: Collection[int]) -> None:
    """Make the propositions of changed entries, and of all entries that share one with them, again."""
    groups = joined_entries(ledger)
    affected = set(changed).union(*(groups.get(entry, ()) for entry in changed))
    sharing = LedgerEntry.objects.filter(proposition__entries__in=affected) if len(affected) <= ROWS_AT_ONCE else None
    if sharing is not None:
        affected.update(sharing.values_list("id", flat=True))
        affected = affected.union(*(groups.get(entry, ()) for entry in affected))
    components = {groups.get(entry, frozenset((entry,))) for entry in affected}
    ordered = sorted(components, key=min)
    for begin in range(0, len(ordered), ROWS_AT_ONCE):
        with transaction.atomic():
            _rebuild_some(ledger, ordered[begin : begin + ROWS_AT_ONCE])
    empty = list(Proposition.objects.filter(ledger=ledger, entries=None).values_list("id", flat=True))
    for begin in range(0, len(empty), ROWS_AT_ONCE):
        Proposition.objects.filter(pk__in=empty[begin : begin + ROWS_AT_ONCE]).delete()


def _rebuild_some(ledger: Ledger, components: Sequence[frozenset[int]]) -> None:
    members_by_key = _read_members([entry for component in components for entry in component])
    taken: set[int] = set()
    new: list[list[Member]] = []
    kept: dict[int, list[Member]] = {}
    for component in components:
        members = sorted((members_by_key[pk] for pk in component), key=lambda member: member.place)
        before = members[0].proposition_id
        if before is not None and before not in taken:
            taken.add(before)
            kept[before] = members
        else:
            new.append(members)
    PropositionSpeaker.objects.filter(proposition__in=list(kept)).delete()
    changed = [Proposition(pk=key, ledger=ledger, **values_of(members)) for key, members in kept.items()]
    Proposition.objects.bulk_update(changed, PROPOSITION_VALUES, batch_size=500)
    with connection.cursor() as cursor:
        made = dict(zip(reserve_keys(cursor, PROPOSITIONS, len(new)), new, strict=True))
        insert_rows(
            cursor, PROPOSITIONS, [(key, ledger.pk, *values_of(members).values()) for key, members in made.items()]
        )
        rows = kept | made
        moved = [
            (key, member.pk) for key, members in rows.items() for member in members if member.proposition_id != key
        ]
        update_rows(cursor, table_of(LedgerEntry, "proposition_id id"), moved)
        insert_rows(cursor, SPEAKERS, [row for key, members in rows.items() for row in _speaker_rows(key, members)])


@dataclass(frozen=True, slots=True)
class Member:
    """An entry, as far as its proposition is made from it."""

    pk: int
    proposition_id: int | None
    place: tuple[int, int, int]
    """The position and key of its document, and its start."""
    date: str
    text: str
    statements: Sequence[Statement]


def _read_members(keys: Sequence[int]) -> dict[int, Member]:
    columns = ("id", "proposition_id", "text", "statements", "start")
    of_document = ("position", "id", "meta")
    entries = LedgerEntry.objects.filter(pk__in=keys).order_by("id")
    rows = entries.values_list(*columns, *(f"ledger_document__document__{name}" for name in of_document))
    return {
        pk: Member(
            pk,
            proposition_id,
            place=(position, document_id, start),
            date=date_of(meta),
            text=text,
            statements=[Statement.of_json(record) for record in statements],
        )
        for pk, proposition_id, text, statements, start, position, document_id, meta in rows
    }


def statements_of(entries: Iterable[LedgerEntry]) -> list[Statement]:
    """Return the statements of entries in their order."""
    return [Statement.of_json(record) for entry in entries for record in entry.statements]


def values_of(members: Sequence[Member]) -> dict[str, Any]:
    """Return the values of the proposition of some entries, in the order of `PROPOSITION_VALUES`."""
    statements = [statement for member in members for statement in member.statements]
    status = status_of(statements)
    dates = sorted(member.date for member in members if member.date)
    return {
        "text": members[0].text,
        "status": status.value,
        "rank": RANKS[status],
        "is_sourced": any(
            statement.role == Role.CLAIM and (statement.speakers or statement.form == NARRATOR)
            for statement in statements
        ),
        "has_warning": bool(hollow_denials(statements)),
        "first_seen": dates[0] if dates else "",
        "last_seen": dates[-1] if dates else "",
        "documents": len({member.place[1] for member in members}),
        "statements": len(statements),
    }


def date_of(meta: Mapping[str, object]) -> str:
    """Return the date of a document as YYYY-MM-DD, from its field `date`, `published` or `published_at`; else ""."""
    for name in ("date", "published", "published_at"):
        value = meta.get(name)
        if isinstance(value, str) and len(value) >= 10 and value[4:5] == value[7:8] == "-":
            day = value[:10]
            if day.replace("-", "").isdecimal():
                return day
    return ""


def _speaker_rows(proposition_key: int, members: Sequence[Member]) -> list[Row]:
    counts = Counter(
        (name[:LONGEST_NAME], statement.role.value)
        for member in members
        for statement in member.statements
        for name in statement.speakers
    )
    return [(proposition_key, name, role, count) for (name, role), count in sorted(counts.items())]
