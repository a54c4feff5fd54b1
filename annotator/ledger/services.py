"""Bringing a ledger up to date, and deciding which claims state the same proposition."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import orjson
from django.db import connection, transaction
from django.db.models import Sum, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.speakers.mentions.resolution import Mention
from annotator.corpus.speakers.selectors import registry_state
from annotator.ledger import propositions
from annotator.ledger.models import Ledger, LedgerDecision, LedgerDocument, LedgerEntry, LedgerPair, Proposition
from annotator.ledger.problems import AlreadyDecided, NothingForLedger
from annotator.ledger.reading.pairing import Claims, ClaimWords, claim_words, find_pairs
from annotator.ledger.reading.sources import (
    Source,
    SourceReading,
    differing_sources,
    find_sources,
    read_sources,
    registered_names,
    sources_exist,
)
from annotator.ledger.reading.statements import CLAIM, DocumentProposition, Role, distinct_propositions
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import Row, insert_rows, reserve_keys, table_of
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from projects.models import Project
from projects.selectors import current_schema, schema_of

UPDATE_JOB = "update_ledger"
DOCUMENTS_AT_ONCE = 200
MOST_PAIRS_OF_AN_ENTRY = 5
_LENGTH_BYTES = 4
DOCUMENTS = table_of(LedgerDocument, "id ledger_id document_id basis sets without_target mentions")
ENTRIES = table_of(LedgerEntry, "ledger_document_id proposition_id start end text statements words is_new")


def start_update(
    project: Project, *, view: str, started_by: User | None, now: datetime, own_process: bool = False
) -> Job:
    """Start the job that brings a ledger up to date, or return the one under way.

    Raises `NothingForLedger` when there is nothing to read.
    """
    if CLAIM not in schema_of(current_schema(project)).labels:
        raise NothingForLedger(
            _("The ledger needs the labels Claim, Speaker, Denial and Hedge, and the schema has no label Claim.")
        )
    if not sources_exist(project, view):
        raise NothingForLedger(_("No document has finished work that this view reads. Adjudicate or submit one first."))
    with transaction.atomic():
        ledger, _made = Ledger.objects.select_for_update().get_or_create(project=project, view=view)
        return jobs.start_once(
            UPDATE_JOB,
            project_id=project.pk,
            params={"ledger": ledger.pk},
            same=["ledger"],
            started_by=started_by,
            now=now,
            own_process=own_process,
        )


def changed_sources(ledger: Ledger) -> tuple[list[Source], list[int]]:
    """Return the sources to read again, and the rows of documents that no longer have a source."""
    rows = ledger.documents.order_by().values_list("document_id", "basis", Cast("sets", TextField()))
    known = {document_id: (basis, sets) for document_id, basis, sets in rows.iterator(chunk_size=2000)}
    changed, gone = differing_sources(ledger.project, ledger.view, known)
    documents = ledger.documents.order_by("id").values_list("id", "document_id") if gone else ()
    return changed, [pk for pk, document_id in documents if document_id in gone]


def registry_has_changed(ledger: Ledger) -> bool:
    """Return whether the speaker registry has changed since the ledger was made."""
    return ledger.made_at is not None and ledger.registry != registry_state(ledger.project)


def renamed_sources(ledger: Ledger, *, besides: Collection[int]) -> list[Source]:
    """Return the sources whose speakers have other names by the registry now, besides some documents."""
    sources = find_sources(ledger.project, ledger.view)
    rows = ledger.documents.order_by("id").values_list("document_id", "mentions")
    stored = {pk: mentions for pk, mentions in rows.iterator(chunk_size=2000) if pk in sources and pk not in besides}
    renamed = [sources[pk] for pk, mentions in stored.items() if mentions is None]
    known = {pk: mentions for pk, mentions in stored.items() if mentions}
    keys = list(known)
    for begin in range(0, len(keys), DOCUMENTS_AT_ONCE):
        batch = keys[begin : begin + DOCUMENTS_AT_ONCE]
        mentions = {
            pk: [Mention(words, start, end, given) for start, end, words, given, _name in known[pk]] for pk in batch
        }
        names = registered_names(ledger.project, mentions)
        renamed += [sources[pk] for pk in batch if names[pk] != [row[-1] for row in known[pk]]]
    return renamed


@transaction.atomic
def read_documents(ledger: Ledger, sources: Sequence[Source]) -> None:
    """Read some documents again, in the place of what was read before; their propositions are made by `complete`."""
    ids = [source.document_id for source in sources]
    texts = dict(Document.objects.filter(pk__in=ids).values_list("id", "text"))
    kept = {
        (document_id, start, end): proposition
        for document_id, start, end, proposition in LedgerEntry.objects.filter(
            ledger_document__ledger=ledger, ledger_document__document__in=ids
        ).values_list("ledger_document__document_id", "start", "end", "proposition_id")
    }
    forget_documents(ledger, document_ids=ids)
    present = [source for source in sources if source.document_id in texts]
    readings = list(read_sources(ledger.project, present, texts))
    with connection.cursor() as cursor:
        keys = reserve_keys(cursor, DOCUMENTS, len(readings))
        rows = list(zip(keys, readings, strict=True))
        insert_rows(cursor, DOCUMENTS, [_document_row(key, ledger, read) for key, read in rows])
        entries = [
            _entry_row(key, proposition, kept.get((read.source.document_id, *proposition.extent)))
            for key, read in rows
            for proposition in distinct_propositions(read.reading)
        ]
        insert_rows(cursor, ENTRIES, entries)


def _document_row(key: int, ledger: Ledger, read: SourceReading) -> Row:
    sets = orjson.dumps(read.source.as_json()).decode()
    mentions = orjson.dumps(read.mentions).decode()
    return (
        key, ledger.pk, read.source.document_id, read.source.basis, sets, read.reading.without_target, mentions,
    )  # fmt: skip


def _entry_row(document_key: int, proposition: DocumentProposition, proposition_key: int | None) -> Row:
    texts = [statement.text for statement in proposition.statements if statement.role == Role.CLAIM]
    statements = orjson.dumps([statement.as_json() for statement in proposition.statements]).decode()
    words = _packed(claim_words(text) for text in dict.fromkeys(texts))
    return document_key, proposition_key, *proposition.extent, proposition.text, statements, words, True


def _packed(claims: Iterator[ClaimWords]) -> bytes:
    parts = (claim.packed() for claim in claims)
    return b"".join(len(part).to_bytes(_LENGTH_BYTES, "little") + part for part in parts)


def _unpacked(packed: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(packed):
        length = int.from_bytes(packed[position : position + _LENGTH_BYTES], "little")
        position += _LENGTH_BYTES + length
        yield packed[position - length : position]


def forget_documents(ledger: Ledger, *, document_ids: Sequence[int] = (), rows: Sequence[int] = ()) -> None:
    """Remove documents from a ledger, given by their keys or by their rows."""
    if document_ids:
        ledger.documents.filter(document__in=document_ids).delete()
    if rows:
        ledger.documents.filter(pk__in=rows).delete()


def complete(ledger: Ledger, *, registry: str, now: datetime) -> None:
    """Make the propositions of everything read since, by a state of the speaker registry, and find pairs for it.

    It commits in batches; entries count as new until all is done, so that an interrupted run does the rest again.
    """
    with_pairs = ledger.made_at is not None
    new = _new_entries(ledger)
    _store_pairs(ledger, since=new if with_pairs else None)
    propositions.rebuild(ledger, new)
    for begin in range(0, len(new), propositions.ROWS_AT_ONCE):
        LedgerEntry.objects.filter(pk__in=new[begin : begin + propositions.ROWS_AT_ONCE]).update(is_new=False)
    ledger.made_at = now
    ledger.registry = registry
    ledger.without_target = ledger.documents.aggregate(total=Sum("without_target"))["total"] or 0
    ledger.save(update_fields=["made_at", "registry", "without_target"])


def _new_entries(ledger: Ledger) -> list[int]:
    """Return the entries read since the ledger was made last."""
    entries = LedgerEntry.objects.filter(ledger_document__ledger=ledger)
    return list(entries.filter(is_new=True).order_by("id").values_list("id", flat=True))


def _store_pairs(ledger: Ledger, *, since: Sequence[int] | None) -> None:
    """Store the pairs of entries that may state the same proposition, the best of each entry."""
    entries = LedgerEntry.objects.filter(ledger_document__ledger=ledger)
    rows = entries.order_by("is_new", "id").values_list("id", "words")
    owners: list[int] = []
    claims: list[bytes] = []
    for entry_id, packed in rows.iterator():
        for words in _unpacked(bytes(packed)):
            owners.append(entry_id)
            claims.append(words)
    new = set(since) if since is not None else None
    begin = 0 if new is None else next((row for row, owner in enumerate(owners) if owner in new), len(owners))
    best: dict[tuple[int, int], float] = {}
    counts: dict[int, int] = {}
    for pair in find_pairs(Claims.of_packed(claims), since=begin):
        ends = sorted((owners[pair.first], owners[pair.second]))
        key = ends[0], ends[1]
        if ends[0] == ends[1] or key in best or max(counts.get(end, 0) for end in key) >= MOST_PAIRS_OF_AN_ENTRY:
            continue
        best[key] = pair.cosine
        for end in key:
            counts[end] = counts.get(end, 0) + 1
    LedgerPair.objects.bulk_create(
        (LedgerPair(first_id=first, second_id=second, cosine=cosine) for (first, second), cosine in best.items()),
        ignore_conflicts=True,
        batch_size=2000,
    )


@transaction.atomic
def decide(
    project: Project, *, kind: LedgerDecision.Kind, first: LedgerEntry, second: LedgerEntry, by: User, now: datetime
) -> LedgerDecision:
    """Decide that two entries state the same proposition, or different ones.

    Raises `AlreadyDecided` when they are one proposition already, or when both are one entry.
    """
    if first.pk == second.pk or (kind == LedgerDecision.Kind.SAME and first.proposition_id == second.proposition_id):
        raise AlreadyDecided(_("These claims are one proposition already. Reload the page to see it."))
    decision = LedgerDecision.objects.create(
        project=project,
        kind=kind,
        first_document_id=first.ledger_document.document_id,
        first_start=first.start,
        first_end=first.end,
        second_document_id=second.ledger_document.document_id,
        second_start=second.start,
        second_end=second.end,
        decided_by=by,
        decided_at=now,
    )
    _rebuild_everywhere(decision)
    return decision


@transaction.atomic
def undo_decision(decision: LedgerDecision, *, by: User, now: datetime) -> None:
    """Undo a decision; raises `AlreadyDecided` when it is undone already."""
    undone = LedgerDecision.objects.filter(pk=decision.pk, undone_at=None)
    if not undone.update(undone_by=by, undone_at=now):
        raise AlreadyDecided(_("This decision has been undone already."))
    _rebuild_everywhere(decision)


def _rebuild_everywhere(decision: LedgerDecision) -> None:
    """Make the propositions at both places of a decision again, in each ledger of the project."""
    if decision.kind != LedgerDecision.Kind.SAME:
        return
    places = [propositions.first_place(decision), propositions.second_place(decision)]
    for ledger in Ledger.objects.filter(project=decision.project_id).order_by("id"):
        entries = propositions.entries_at(ledger, places)
        if entries:
            propositions.rebuild(ledger, list(entries.values()))


def split_off(proposition: Proposition, entry: LedgerEntry, *, by: User, now: datetime) -> int:
    """Undo the decisions that join one entry to the others of its proposition; return how many."""
    ledger = proposition.ledger
    here = set(proposition.entries.values_list("id", flat=True))
    decisions = LedgerDecision.objects.filter(
        project=ledger.project_id, kind=LedgerDecision.Kind.SAME, undone_at=None
    ).order_by("id")
    undone = 0
    with transaction.atomic():
        for decision in decisions:
            ends = propositions.entries_at(
                ledger, [propositions.first_place(decision), propositions.second_place(decision)]
            )
            if entry.pk in ends.values() and set(ends.values()) <= here:
                undo_decision(decision, by=by, now=now)
                undone += 1
    if not undone:
        raise AlreadyDecided(_("This claim was not joined to the others by a decision, or no longer is."))
    return undone
