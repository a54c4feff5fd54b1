"""Migrations: making one, starting its jobs, and carrying it out or undoing it batch by batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from annotator.corpus.relabelling import selectors
from annotator.corpus.relabelling.models import HandSpan, MigratedSet
from annotator.corpus.relabelling.plans import Planner, SetPlan
from annotator.corpus.spans import changes as log
from annotator.corpus.spans import rows
from annotator.corpus.spans.models import AnnotationSet, Change, Relation, Span
from annotator.corpus.spans.selectors import entries_between, state_of_rows
from annotator.corpus.spans.services import append_entries
from annotator.corpus.spans.state import State, apply
from annotator.corpus.spans.values import ChangeError
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import insert_rows, table_of
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.problems import Conflict, InvalidInput, gettext_noop
from projects.models import Project, SchemaMigration, SchemaVersion
from projects.schema import Schema
from projects.schema_mapping import read_mapping
from projects.selectors import schema_of

CHANGES = table_of(Change, "annotation_set_id revision change_id kind payload author_id created_at")
MIGRATED = table_of(
    MigratedSet, "migration_id annotation_set_id revision_before revision_after by_hand needs_review is_undone"
)


class MigrationRefused(Conflict):
    """The migration cannot be started, carried out or undone as things are."""

    code = "migration_refused"
    title = gettext_noop("Migration not possible")


def create_migration(
    project: Project,
    *,
    source: SchemaVersion,
    target: SchemaVersion,
    definition: object,
    by: User | None,
    now: datetime,
    review: str = SchemaMigration.Review.BY_HAND,
) -> SchemaMigration:
    """Store a mapping between two versions as a draft; raises `InvalidInput` for one that does not fit them."""
    if source.number >= target.number:
        detail = _("Choose a newer version to migrate to than the one to migrate from.")
        raise InvalidInput(detail, errors=[{"pointer": "/to_version", "detail": detail}])
    read_mapping(definition, schema_of(source), schema_of(target))
    return SchemaMigration.objects.create(
        project=project,
        source=source,
        target=target,
        definition=definition,
        review=review,
        created_by=by,
        created_at=now,
    )


@transaction.atomic
def start_job(
    migration: SchemaMigration, *, action: str, by: User | None, now: datetime, own_process: bool = False
) -> Job:
    """Start the preview of a migration, carry it out, or undo it. Raises `MigrationRefused` as things are.

    It is carried out only after a preview that found nothing without a place in the new version. From the moment it is
    started, agreement reports, exports and releases read the sets that are not moved yet through the mapping.
    """
    migration = SchemaMigration.objects.select_for_update(of=("self",), no_key=True).get(pk=migration.pk)
    if selectors.running_job(migration) is not None:
        raise MigrationRefused(_("A job of this migration is under way. Wait until it has ended."))
    if action == "run":
        _check_startable(migration)
        migration.state, migration.started_by, migration.started_at = (
            SchemaMigration.State.ACTIVE,
            by,
            migration.started_at or now,
        )
    elif action == "undo":
        _check_undoable(migration)
        migration.state, migration.undone_by, migration.undone_at = SchemaMigration.State.UNDONE, by, now
    elif migration.state == SchemaMigration.State.UNDONE:
        raise MigrationRefused(_("This migration was undone. Start a new one with the same mapping."))
    migration.save()
    return jobs.start(
        selectors.MIGRATION_JOB,
        project_id=migration.project_id,
        params={"migration": migration.pk, "action": action},
        started_by=by,
        now=now,
        own_process=own_process,
    )


def _check_startable(migration: SchemaMigration) -> None:
    if migration.state == SchemaMigration.State.UNDONE:
        raise MigrationRefused(_("This migration was undone. Start a new one with the same mapping."))
    if migration.preview is None:
        raise MigrationRefused(_("Preview the migration first: it shows what changes."))
    if migration.preview["refused"]["count"]:
        detail = _("%(count)s annotations have no place in version %(number)s. Change the mapping, then preview it.")
        count = f"{migration.preview['refused']['count']:,}"
        raise MigrationRefused(detail % {"count": count, "number": migration.target.number})
    others = SchemaMigration.objects.filter(source=migration.source_id, state=SchemaMigration.State.ACTIVE).exclude(
        pk=migration.pk
    )
    if others.exists():
        detail = _("Another migration from version %(number)s is in force. Undo it first.")
        raise MigrationRefused(detail % {"number": migration.source.number})


def _check_undoable(migration: SchemaMigration) -> None:
    if migration.state == SchemaMigration.State.DRAFT:
        raise MigrationRefused(_("This migration was not carried out."))
    later = SchemaMigration.objects.filter(source=migration.target_id, state=SchemaMigration.State.ACTIVE)
    if later.exists():
        detail = _("A migration from version %(number)s is in force. Undo it first.")
        raise MigrationRefused(detail % {"number": migration.target.number})


def entry_prefix(migration: SchemaMigration) -> str:
    """Return how the ids of the log entries of a migration begin; the revision follows, so each is used once."""
    return f"migration-{migration.pk}-"


@dataclass
class Progress:
    """What a job has done so far: the last set, and counts."""

    last: int = 0
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("sets", "changes", "by_hand", "refused", "kept"), 0)
    )

    def as_json(self) -> dict[str, Any]:
        """Return the progress as a checkpoint."""
        return {"last": self.last, "counts": self.counts}


def move_sets(
    migration: SchemaMigration, planner: Planner, set_ids: Sequence[int], *, by: User | None, now: datetime
) -> tuple[list[SetPlan], list[SetPlan]]:
    """Move sets to the new version inside the transaction of the caller; return the moved ones and the refused ones.

    The heads are locked first, as when an annotator saves: either is before the other as a whole.
    """
    heads = AnnotationSet.objects.select_for_update().filter(pk__in=set_ids, schema_version=migration.source_id)
    revisions = dict(heads.order_by("id").values_list("pk", "revision"))
    plans = planner.plan(list(revisions))
    moved = [plan for plan in plans if not plan.errors]
    _write(migration, moved, revisions, by=by, now=now)
    return moved, [plan for plan in plans if plan.errors]


def _write(
    migration: SchemaMigration,
    plans: Sequence[SetPlan],
    revisions: Mapping[int, int],
    *,
    by: User | None,
    now: datetime,
) -> None:
    prefix, author = entry_prefix(migration), by.pk if by else None
    at = connection.ops.adapt_datetimefield_value(now)
    entries, heads, migrated = [], [], []
    for plan in plans:
        revision = revisions[plan.set_id]
        entries += [
            (plan.set_id, number, f"{prefix}{number}", kind, payload, author, at)
            for number, (kind, payload) in enumerate(plan.entries, start=revision + 1)
        ]
        after = revision + len(plan.entries)
        heads.append((after, migration.target_id, plan.set_id))
        review = bool(plan.by_hand) or (bool(plan.entries) and migration.review == SchemaMigration.Review.ALL)
        review = review and migration.review != SchemaMigration.Review.NONE
        migrated.append((migration.pk, plan.set_id, revision, after, len(plan.by_hand), review, False))
    with connection.cursor() as cursor:
        _execute(cursor, _update_of(Span, "label"), [row for plan in plans for row in plan.relabelled])
        rewritten = [row for plan in plans for row in plan.rewritten]
        _execute(cursor, _update_of(Span, "label", "attributes", "note"), rewritten)
        Relation.objects.filter(pk__in=[key for plan in plans for key in plan.joined]).delete()
        _execute(cursor, _update_of(Relation, "label"), [row for plan in plans for row in plan.relations])
        answers = [(orjson.dumps(plan.answers).decode(), plan.set_id) for plan in plans if plan.answers is not None]
        _execute(cursor, _update_of(AnnotationSet, "document_attributes"), answers)
        insert_rows(cursor, CHANGES, entries)
        _execute(cursor, _update_of(AnnotationSet, "revision", "schema_version_id"), heads)
        insert_rows(cursor, MIGRATED, migrated)
    if by_hand := {plan.set_id: plan.by_hand for plan in plans if plan.by_hand}:
        keys = MigratedSet.objects.filter(migration=migration, annotation_set__in=list(by_hand)).order_by("id")
        HandSpan.objects.bulk_create(
            (
                HandSpan(moved_id=key, uid=uid, from_label=label)
                for key, set_id in keys.values_list("pk", "annotation_set_id")
                for uid, label in by_hand[set_id]
            ),
            batch_size=500,
        )


def _update_of(model: Any, *columns: str) -> str:
    table, quote = model._meta.db_table, connection.ops.quote_name  # noqa: SLF001 - public by documentation
    assignments = ", ".join(f"{quote(column)} = %s" for column in columns)
    return f"UPDATE {quote(table)} SET {assignments} WHERE {quote('id')} = %s"  # noqa: S608 - names of our own


def _execute(cursor: Any, statement: str, parameters: Sequence[tuple[Any, ...]]) -> None:
    if parameters:
        cursor.executemany(statement, parameters)


def move_back(migration: SchemaMigration, moved: MigratedSet, *, by: User | None, now: datetime) -> str:
    """Undo what a migration changed in a set by further changes; return why the set is kept as it is, "" when undone.

    What was annotated since stays, if the old version allows it; otherwise the whole set keeps the new version. The
    caller opens the transaction.
    """
    head = AnnotationSet.objects.select_for_update(of=("self",)).select_related("document").defer("document__text")
    annotation_set = head.get(pk=moved.annotation_set_id)
    if annotation_set.schema_version_id != migration.target_id:
        return _("It has another schema version now.")
    number, prefix = annotation_set.revision, entry_prefix(migration)
    # Also the labels that were chosen by hand, after which annotators may have gone on.
    later = entries_between(annotation_set, moved.revision_before, number)
    entries = [entry for entry in later if entry.change.id.startswith(prefix)]
    inverse = [
        log.invert(entry.change, change_id=f"{prefix}undo-{number + index}")
        for index, entry in enumerate(reversed(entries), start=1)
    ]
    part = rows.read_part(annotation_set, inverse) if inverse else None
    try:
        _check_reverted(annotation_set, inverse, schema_of(migration.source))
    except ChangeError as error:
        return error.detail
    if part is not None:
        after = part.state.copy()
        for change in inverse:
            apply(after, change, None)
        rows.write_part(annotation_set, part, after)
        append_entries(annotation_set, inverse, first=number + 1, author=by, now=now)
    AnnotationSet.objects.filter(pk=annotation_set.pk).update(
        revision=number + len(inverse), schema_version=migration.source_id, is_tallied=False
    )
    MigratedSet.objects.filter(pk=moved.pk).update(is_undone=True)
    return ""


def _check_reverted(annotation_set: AnnotationSet, inverse: Iterable[log.Change], schema: Schema) -> State:
    """Raise `ChangeError` when the set cannot be as it was, or the old version does not allow what it would hold."""
    state = state_of_rows(annotation_set)
    for change in inverse:
        apply(state, change, None)
    for span in state.spans.values():
        for error in schema.check_span(span.label, len(span.fragments), span.attributes):
            raise ChangeError("schema", "", error["detail"])
    for error in schema.check_document(state.document_attributes):
        raise ChangeError("schema", "", error["detail"])
    for relation in state.relations.values():
        ends = state.spans[relation.source].label, state.spans[relation.target].label
        for error in schema.check_relation(relation.label, *ends):
            raise ChangeError("schema", "", error["detail"])
    return state


@transaction.atomic
def mark_reviewed(migration: SchemaMigration, migrated_ids: Sequence[int], *, by: User, now: datetime) -> int:
    """Take moved sets out of the queue of those to look at again; return how many."""
    queue = selectors.review_queue(migration).filter(pk__in=migrated_ids)
    return queue.select_related(None).defer(None).order_by().update(reviewed_by=by, reviewed_at=now)
