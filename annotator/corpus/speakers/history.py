"""Writing rows of the registry with their history, and undoing a step.

A step writes values into rows that it names by uid; its record has the values before and after. Undoing puts the values
before back, provided that each row still is as the step left it. Keys follow the names of their entries.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.speakers.mentions.names import keys_of_entry
from annotator.corpus.speakers.models import EntryKind, MentionDecision, SpeakerChange, SpeakerEntry, SpeakerKey
from annotator.corpus.speakers.problems import RegistryChanged
from annotator.platform.accounts.models import User
from projects.models import Project

ENTRY, DECISION = "entry", "decision"
ENTRY_VALUES = ("name", "kind", "role", "affiliation", "outside_id", "aliases", "is_removed")
LONGEST_DETAIL = 400
ROWS_AT_ONCE = 500

Values = Mapping[str, Any]


class Write(NamedTuple):
    """Values to write into a row, which is made when it does not exist."""

    table: str
    uid: str
    values: Values


def new_uid() -> str:
    """Return the uid of a new row."""
    return uuid4().hex


@transaction.atomic
def record(
    project: Project, kind: SpeakerChange.Kind, detail: str, writes: Sequence[Write], *, by: User | None, now: datetime
) -> SpeakerChange:
    """Write rows, and remember the step. One step of a project at a time."""
    Project.objects.select_for_update().get(pk=project.pk)
    before = _values_of(project, writes)
    after = {(write.table, write.uid): {**(before[write.table, write.uid] or {}), **write.values} for write in writes}
    _store(project, after)
    payload = [
        {"table": table, "uid": uid, "before": before[table, uid], "after": values}
        for (table, uid), values in after.items()
        if before[table, uid] != values
    ]
    return SpeakerChange.objects.create(
        project=project, kind=kind, detail=detail[:LONGEST_DETAIL], payload=payload, made_by=by, made_at=now
    )


@transaction.atomic
def undo(change: SpeakerChange, *, by: User | None, now: datetime) -> None:
    """Put back what a step changed; raises `RegistryChanged` when it was undone, or its rows changed again since."""
    Project.objects.select_for_update().get(pk=change.project_id)
    if not SpeakerChange.objects.filter(pk=change.pk, undone_at=None).update(undone_by=by, undone_at=now):
        raise RegistryChanged(_("This step was undone already. Reload the page."))
    rows = [Write(row["table"], row["uid"], row["after"]) for row in change.payload]
    current = _values_of(change.project, rows)
    if any(current[row.table, row.uid] != row.values for row in rows):
        raise RegistryChanged(_("A later step changed the same entries or mentions. Undo that step first."))
    _store(
        change.project,
        {
            (row["table"], row["uid"]): row["before"] or {**row["after"], "is_removed": True}
            for row in reversed(change.payload)
        },
    )


def _values_of(project: Project, writes: Sequence[Write]) -> dict[tuple[str, str], dict[str, Any] | None]:
    """Return the values of the rows that are written; None for those that do not exist yet, or no longer."""
    values: dict[tuple[str, str], dict[str, Any] | None] = {(write.table, write.uid): None for write in writes}
    for uids in _batches([write.uid for write in writes if write.table == ENTRY]):
        entries = SpeakerEntry.objects.filter(project=project, uid__in=uids).select_related("merged_into")
        values |= {(ENTRY, entry.uid): _entry_values(entry) for entry in entries.order_by("id")}
    for uids in _batches([write.uid for write in writes if write.table == DECISION]):
        decisions = MentionDecision.objects.filter(project=project, uid__in=uids).select_related("entry", "document")
        decisions = decisions.defer("document__text")
        values |= {(DECISION, decision.uid): _decision_values(decision) for decision in decisions.order_by("id")}
    return values


def _batches(uids: Sequence[str]) -> list[Sequence[str]]:
    return [uids[begin : begin + ROWS_AT_ONCE] for begin in range(0, len(uids), ROWS_AT_ONCE)]


def _entry_values(entry: SpeakerEntry) -> dict[str, Any]:
    merged_into = entry.merged_into.uid if entry.merged_into is not None else ""
    return {name: getattr(entry, name) for name in ENTRY_VALUES} | {"merged_into": merged_into}


def _decision_values(decision: MentionDecision) -> dict[str, Any]:
    return {
        "document": decision.document.external_id,
        "words": decision.words,
        "start": decision.start,
        "end": decision.end,
        "entry": decision.entry.uid if decision.entry is not None else "",
        "is_removed": decision.is_removed,
    }


def _store(project: Project, rows: Mapping[tuple[str, str], Values]) -> None:
    """Write the values of rows; rows that do not exist are made."""
    entries = {uid: values for (table, uid), values in rows.items() if table == ENTRY}
    decisions = {uid: values for (table, uid), values in rows.items() if table == DECISION}
    for uids in _batches(list(entries)):
        _store_entries(project, {uid: entries[uid] for uid in uids})
    _merge(project, entries)
    for uids in _batches(list(decisions)):
        _store_decisions(project, {uid: decisions[uid] for uid in uids})


def _store_entries(project: Project, rows: Mapping[str, Values]) -> None:
    known = _keys_of(project, rows)
    stored = [
        SpeakerEntry(
            pk=known.get(uid), project=project, uid=uid, **{name: values.get(name, "") for name in ENTRY_VALUES}
        )
        for uid, values in rows.items()
    ]
    SpeakerEntry.objects.bulk_create([entry for entry in stored if entry.uid not in known])
    SpeakerEntry.objects.bulk_update([entry for entry in stored if entry.uid in known], ENTRY_VALUES)


def _merge(project: Project, rows: Mapping[str, Values]) -> None:
    """Point merged entries to what they became a part of, and make the keys of all the entries again."""
    for uids in _batches(list(rows)):
        targets = _keys_of(project, {rows[uid].get("merged_into", "") for uid in uids})
        entries = list(SpeakerEntry.objects.filter(project=project, uid__in=uids).order_by("id"))
        for entry in entries:
            entry.merged_into_id = targets.get(rows[entry.uid].get("merged_into", ""))
        SpeakerEntry.objects.bulk_update(entries, ["merged_into"])
        SpeakerKey.objects.filter(entry__in=entries).delete()
        in_use = [entry for entry in entries if not rows[entry.uid].get("merged_into") and not entry.is_removed]
        SpeakerKey.objects.bulk_create(
            SpeakerKey(entry=entry, project=project, key=key)
            for entry in in_use
            for key in keys_of_entry(entry.name, entry.aliases, is_person=entry.kind in ("", EntryKind.PERSON))
        )


def _store_decisions(project: Project, rows: Mapping[str, Values]) -> None:
    known = dict(MentionDecision.objects.filter(project=project, uid__in=list(rows)).values_list("uid", "id"))
    entries = _keys_of(project, {values["entry"] for values in rows.values()})
    ids = {values["document"] for values in rows.values()}
    documents = dict(Document.objects.filter(project=project, external_id__in=ids).values_list("external_id", "id"))
    for uid, values in sorted(rows.items(), key=lambda row: not row[1]["is_removed"]):
        if values["document"] not in documents:
            raise RegistryChanged(_("The document of this mention was deleted."))
        MentionDecision(
            pk=known.get(uid),
            project=project,
            uid=uid,
            document_id=documents[values["document"]],
            words=values["words"],
            start=values["start"],
            end=values["end"],
            entry_id=entries.get(values["entry"]),
            is_removed=values["is_removed"],
        ).save()


def _keys_of(project: Project, uids: Iterable[str]) -> dict[str, int]:
    return dict(SpeakerEntry.objects.filter(project=project, uid__in=list(uids)).values_list("uid", "id"))
