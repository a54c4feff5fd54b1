"""Reading ledgers, limited to the projects whose work a user may see."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.authors import authors_of
from annotator.corpus.spans import lifecycle
from annotator.ledger.models import (
    Ledger,
    LedgerDecision,
    LedgerEntry,
    LedgerPair,
    LedgerStatus,
    Proposition,
    PropositionSpeaker,
)
from annotator.ledger.propositions import RANKS, Place, entries_at, first_place, second_place, statements_of
from annotator.ledger.reading.sources import ADJUDICATED, CONSENSUS, ONE_SET
from annotator.ledger.reading.statements import Role, Statement
from annotator.problems import NotFound
from projects.models import Project

MOST_SPEAKERS = 12
MOST_COLUMNS = 8
MOST_COUNTED = 500


@dataclass(frozen=True)
class LedgerFilters:
    """Which propositions of a ledger are listed; an empty filter limits nothing."""

    status: str = ""
    speaker: str = ""
    role: str = ""
    words: str = ""
    document: int | None = None
    since: str = ""
    until: str = ""
    only_warnings: bool = False


@dataclass(frozen=True)
class Said:
    """What one speaker says about a proposition in one role, by kind and form with counts; the widest support."""

    speaker: str
    kinds: Sequence[tuple[str, str, int]]
    defers_to: Sequence[str]
    k: int
    n: int


@dataclass(frozen=True)
class PropositionRow:
    """A proposition with who claims, denies, evades and weakens it."""

    proposition: Proposition
    claimed: Sequence[Said]
    denied: Sequence[Said]
    evaded: Sequence[Said]
    weakened: Sequence[Said]


def get_ledger(project: Project, view: str) -> Ledger | None:
    """Return a ledger of a project; None when it was never made."""
    return Ledger.objects.filter(project=project, view=view).order_by("id").first()


def views_of(project: Project) -> list[str]:
    """Return the views that a ledger of the project can have, those of single annotators last."""
    ordered = sorted({name for _kind, name in authors_of(project, lifecycle.sets_for_agreement())})
    return [ADJUDICATED, CONSENSUS, *(f"{ONE_SET}{name}" for name in ordered)]


def propositions_of(ledger: Ledger, filters: LedgerFilters) -> QuerySet[Proposition]:
    """Return the propositions of a ledger that match, the most disputed first."""
    rows = Proposition.objects.filter(ledger=ledger)
    if filters.status in LedgerStatus.values:
        rows = rows.filter(status=filters.status)
    if filters.speaker or filters.role:
        speakers = PropositionSpeaker.objects.filter(proposition=OuterRef("pk"))
        if filters.speaker:
            speakers = speakers.filter(name=filters.speaker)
        if filters.role:
            speakers = speakers.filter(role=filters.role)
        rows = rows.filter(Exists(speakers))
    if filters.words:
        rows = rows.filter(text__icontains=filters.words)
    if filters.document is not None:
        rows = rows.filter(entries__ledger_document__document=filters.document).distinct()
    if filters.since:
        rows = rows.filter(last_seen__gte=filters.since)
    if filters.until:
        rows = rows.filter(~Q(first_seen=""), first_seen__lte=filters.until)
    if filters.only_warnings:
        rows = rows.filter(has_warning=True)
    return rows.order_by("rank", "-documents", "-statements", "id")


def get_proposition(project: Project, proposition_id: int) -> Proposition:
    """Return a proposition of a project, or raise `NotFound`."""
    found = Proposition.objects.select_related("ledger").filter(ledger__project=project, pk=proposition_id).first()
    if found is None:
        raise NotFound(
            _("The ledger has no such proposition. It may have become part of another: search for its words.")
        )
    return found


def get_entry(project: Project, entry_id: int) -> LedgerEntry:
    """Return an entry of a ledger of a project, or raise `NotFound`."""
    entries = LedgerEntry.objects.select_related("ledger_document__ledger", "proposition")
    found = entries.filter(ledger_document__ledger__project=project, pk=entry_id).first()
    if found is None:
        raise NotFound(_("The ledger has no such claim any more: its document has been read again. Reload the page."))
    return found


def rows_of(propositions: Sequence[Proposition]) -> list[PropositionRow]:
    """Return rows for some propositions, in their order."""
    by_proposition = entries_of(propositions)
    return [row_of(proposition, statements_of(by_proposition.get(proposition.pk, []))) for proposition in propositions]


def entries_of(propositions: Iterable[Proposition], *, with_texts: bool = False) -> dict[int, list[LedgerEntry]]:
    """Return the entries of propositions by the order of their documents, whose texts are left out unless asked for."""
    left_out = ("words",) if with_texts else ("words", "ledger_document__document__text")
    entries = (
        LedgerEntry.objects.filter(proposition__in=[proposition.pk for proposition in propositions])
        .select_related("ledger_document__document")
        .defer(*left_out)
        .order_by("ledger_document__document__position", "ledger_document__document_id", "start", "id")
    )
    by_proposition: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if entry.proposition_id is not None:
            by_proposition[entry.proposition_id].append(entry)
    return by_proposition


def row_of(proposition: Proposition, statements: Sequence[Statement]) -> PropositionRow:
    """Return the row of a proposition with these statements."""
    said = {role: _said(statements, role) for role in Role}
    return PropositionRow(proposition, said[Role.CLAIM], said[Role.DENIAL], said[Role.EVASION], said[Role.WEAKENING])


def _said(statements: Iterable[Statement], role: Role) -> list[Said]:
    by_speaker: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.role == role:
            for name in statement.speakers or ("",):
                by_speaker[name].append(statement)
    named_first = sorted(by_speaker.items(), key=lambda pair: not pair[0])
    return [_said_by(name, own) for name, own in named_first]


def _said_by(name: str, statements: Sequence[Statement]) -> Said:
    kinds = Counter((statement.kind, statement.form) for statement in statements)
    supports = [statement.support for statement in statements if statement.support]
    widest = max(supports, key=lambda support: support.k / support.n, default=None)
    return Said(
        name,
        [(kind, form, count) for (kind, form), count in kinds.items()],
        list(dict.fromkeys(target for statement in statements for target in statement.defers_to)),
        widest.k if widest else 0,
        widest.n if widest else 0,
    )


def status_counts(ledger: Ledger) -> dict[str, int]:
    """Return how many propositions have each status."""
    # By rank, which stands for the status and is in the index of the page's order.
    counts = Proposition.objects.filter(ledger=ledger).order_by().values_list("rank").annotate(count=Count("id"))
    status_of_rank = {rank: status.value for status, rank in RANKS.items()}
    return {status_of_rank[rank]: count for rank, count in counts}


def speakers_of(ledger: Ledger) -> list[tuple[str, Mapping[str, int]]]:
    """Return each speaker with the number of propositions they claim, deny and evade; the most active first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    rows = PropositionSpeaker.objects.filter(proposition__ledger=ledger).values_list("name", "role")
    for name, role in rows:
        counts[name][role] += 1
    return sorted(counts.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))


@dataclass(frozen=True)
class Matrix:
    """What the most active speakers do to the most disputed propositions: a cell has the roles with their counts."""

    propositions: Sequence[Proposition]
    rows: Sequence[tuple[str, Sequence[Sequence[tuple[str, int]]]]]


def matrix_of(ledger: Ledger) -> Matrix:
    """Return the matrix of a ledger."""
    columns = list(propositions_of(ledger, LedgerFilters())[:MOST_COLUMNS])
    cells: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    totals: Counter[str] = Counter()
    for name, role, count, proposition in PropositionSpeaker.objects.filter(
        proposition__in=[column.pk for column in columns]
    ).values_list("name", "role", "count", "proposition_id"):
        cells[name, proposition].append((role, count))
        totals[name] += count
    names = sorted(totals, key=lambda name: (-totals[name], name))[:MOST_SPEAKERS]
    rows = [(name, [sorted(cells.get((name, column.pk), [])) for column in columns]) for name in names]
    return Matrix(columns, rows)


def open_pairs(ledger: Ledger) -> QuerySet[LedgerPair]:
    """Return the pairs that wait for a decision, the most similar first: neither joined nor decided to differ."""
    pairs = LedgerPair.objects.filter(first__ledger_document__ledger=ledger)
    return (
        pairs.exclude(first__proposition=F("second__proposition"))
        .exclude(pk__in=_decided_to_differ(ledger))
        .select_related("first__ledger_document__document", "second__ledger_document__document")
        .order_by("-cosine", "id")
    )


def count_open_pairs(ledger: Ledger) -> int:
    """Return how many pairs wait for a decision; one more than `MOST_COUNTED` stands for any larger number."""
    return open_pairs(ledger).order_by()[: MOST_COUNTED + 1].count()


def _decided_to_differ(ledger: Ledger) -> list[int]:
    decisions = list(
        LedgerDecision.objects.filter(
            project=ledger.project_id, kind=LedgerDecision.Kind.DIFFERENT, undone_at=None
        ).order_by("id")
    )
    entries = entries_at(ledger, {place for decision in decisions for place in _places(decision)})
    apart = {frozenset(entries.get(place) for place in _places(decision)) for decision in decisions}
    ends = {entry for pair in apart for entry in pair if entry is not None}
    pairs = LedgerPair.objects.filter(first__in=ends, second__in=ends).values_list("id", "first_id", "second_id")
    return [pk for pk, first, second in pairs if frozenset((first, second)) in apart]


def _places(decision: LedgerDecision) -> tuple[Place, Place]:
    return first_place(decision), second_place(decision)


def get_pair(project: Project, pair_id: int) -> LedgerPair:
    """Return a pair of a ledger of a project, or raise `NotFound`."""
    pairs = LedgerPair.objects.select_related("first__ledger_document__ledger", "second__ledger_document")
    found = pairs.filter(first__ledger_document__ledger__project=project, pk=pair_id).first()
    if found is None:
        raise NotFound(_("There is no such pair any more: one of its documents has been read again. Reload the page."))
    return found


def decisions_of(project: Project) -> QuerySet[LedgerDecision]:
    """Return the decisions of a project, newest first."""
    decisions = LedgerDecision.objects.filter(project=project).select_related(
        "first_document", "second_document", "decided_by", "undone_by"
    )
    return decisions.order_by("-decided_at", "-id")


def get_decision(project: Project, decision_id: int) -> LedgerDecision:
    """Return a decision of a project, or raise `NotFound`."""
    found = decisions_of(project).filter(pk=decision_id).first()
    if found is None:
        raise NotFound(_("This project has no such decision."))
    return found
