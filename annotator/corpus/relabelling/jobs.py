"""The job that previews a migration, carries it out or undoes it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.corpus.relabelling import selectors, services
from annotator.corpus.relabelling.models import MigratedSet
from annotator.corpus.relabelling.plans import Planner, SetPlan
from annotator.corpus.relabelling.previews import Preview
from annotator.corpus.relabelling.reversal import move_many_back
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.models import LineLevel
from annotator.platform.jobs.registry import job_kind
from annotator.platform.sqlite.waiting import make_way
from projects.models import SchemaMigration
from projects.selectors import mapping_of

SETS_AT_ONCE = 200
SPANS_AT_ONCE = 2_000
MOST_LINES = 1_000


@job_kind(selectors.MIGRATION_JOB, title="Label migration", page="relabelling:migrations")
def migrate_labels(context: JobContext) -> dict[str, Any]:
    """Preview, carry out or undo a migration, as its parameters say; each batch of sets commits with a checkpoint."""
    migration = SchemaMigration.objects.select_related("project", "source", "target").get(
        pk=context.params["migration"]
    )
    action = {"preview": _preview, "run": _run, "undo": _undo}[context.params["action"]]
    return {
        "migration": migration.pk,
        **action(context, migration),
        "url": reverse("relabelling:migration", args=[migration.pk]),
        "url_text": _("Open the migration"),
    }


def _preview(context: JobContext, migration: SchemaMigration) -> dict[str, Any]:
    planner, preview = Planner(mapping_of(migration), details=True), Preview()
    ids = list(selectors.sets_to_move(migration).values_list("pk", flat=True))
    for done, batch in _batches(ids):
        context.set_progress(done, len(ids))
        preview.add(planner.plan(batch))
    waiting = selectors.sets_being_adjudicated(migration).count()
    found = preview.as_json() | {"adjudicated_later": waiting, "made_at": timezone.now().isoformat()}
    SchemaMigration.objects.filter(pk=migration.pk).update(preview=found)
    summary = ngettext("%(count)s span changes.", "%(count)s spans change.", preview.spans)
    summary %= {"count": f"{preview.spans:,}"}
    refused = preview.refused.total()
    if refused:
        words = ngettext(
            "%(count)s annotation has no place in the new version.",
            "%(count)s annotations have no place in the new version.",
            refused,
        )
        summary += " " + words % {"count": f"{refused:,}"}
    return {"summary": summary, "spans": preview.spans, "refused": refused}


def _run(context: JobContext, migration: SchemaMigration) -> dict[str, Any]:
    planner = Planner(mapping_of(migration))
    progress = services.Progress(**(context.cursor or {}))
    ids = list(selectors.sets_to_move(migration).filter(pk__gt=progress.last).values_list("pk", flat=True))
    for done, batch in _batches(ids):
        context.set_progress(done, len(ids))
        with transaction.atomic():
            moved, refused = services.move_sets(migration, planner, batch, by=context.started_by, now=timezone.now())
            _count(progress, moved, refused)
            progress.last = batch[-1]
            _report(context, refused, progress)
            context.save_checkpoint(progress.as_json())
        make_way()
    context.set_progress(len(ids), len(ids))
    waiting = selectors.sets_being_adjudicated(migration).count()
    counts = progress.counts
    summary = ngettext(
        "Moved %(sets)s annotation set to version %(number)s with %(changes)s changes.",
        "Moved %(sets)s annotation sets to version %(number)s with %(changes)s changes.",
        counts["sets"],
    )
    summary %= {
        "sets": f"{counts['sets']:,}",
        "changes": f"{counts['changes']:,}",
        "number": migration.target.number,
    }
    kept = counts["refused"] + waiting
    if kept:
        words = ngettext(
            "%(count)s set was not moved: it is read through the mapping.",
            "%(count)s sets were not moved: they are read through the mapping.",
            kept,
        )
        summary += " " + words % {"count": f"{kept:,}"}
    return {"summary": summary, **counts, "adjudicated_later": waiting}


def _count(progress: services.Progress, moved: Sequence[SetPlan], refused: Sequence[SetPlan]) -> None:
    progress.counts["sets"] += len(moved)
    progress.counts["changes"] += sum(len(plan.entries) for plan in moved)
    progress.counts["by_hand"] += sum(len(plan.by_hand) for plan in moved)
    progress.counts["refused"] += len(refused)


def _report(context: JobContext, refused: Sequence[SetPlan], progress: services.Progress) -> None:
    if not refused or progress.counts["refused"] > MOST_LINES:
        return
    names = _names([plan.set_id for plan in refused])
    for plan in refused:
        context.add_line(LineLevel.WARNING, names[plan.set_id], plan.errors[0])


def _names(set_ids: Sequence[int]) -> dict[int, str]:
    rows = AnnotationSet.objects.filter(pk__in=set_ids).order_by("id")
    return {
        key: f"{document}, {name}" for key, document, name in rows.values_list("pk", "document__external_id", "name")
    }


def _undo(context: JobContext, migration: SchemaMigration) -> dict[str, Any]:
    progress = services.Progress(**(context.cursor or {}))
    prefix = services.entry_prefix(migration)
    moved = MigratedSet.objects.filter(migration=migration, is_undone=False, pk__gt=progress.last).order_by("id")
    rows = list(moved.values_list("pk", "annotation_set_id"))
    spans = dict(rows)
    for done, batch in _batches(list(spans), set_ids=spans):
        context.set_progress(done, len(rows))
        with transaction.atomic():
            rows_here = list(MigratedSet.objects.filter(pk__in=batch).order_by("id"))
            undone = move_many_back(migration, rows_here, prefix=prefix, by=context.started_by, now=timezone.now())
            progress.counts["sets"] += len(undone)
            for row in (row for row in rows_here if row.pk not in undone):
                reason = services.move_back(migration, row, by=context.started_by, now=timezone.now())
                progress.counts["kept" if reason else "sets"] += 1
                if reason and progress.counts["kept"] <= MOST_LINES:
                    name = _names([row.annotation_set_id])[row.annotation_set_id]
                    context.add_line(LineLevel.WARNING, name, reason)
            progress.last = batch[-1]
            context.save_checkpoint(progress.as_json())
        make_way()
    counts = progress.counts
    summary = ngettext(
        "%(sets)s annotation set has version %(number)s again.",
        "%(sets)s annotation sets have version %(number)s again.",
        counts["sets"],
    )
    summary %= {"sets": f"{counts['sets']:,}", "number": migration.source.number}
    if counts["kept"]:
        words = ngettext("%(count)s set keeps the new version.", "%(count)s sets keep the new version.", counts["kept"])
        summary += " " + words % {"count": f"{counts['kept']:,}"}
    return {"summary": summary, "sets": counts["sets"], "kept": counts["kept"]}


def _batches(ids: Sequence[int], *, set_ids: dict[int, int] | None = None) -> Iterator[tuple[int, list[int]]]:
    """Yield ids in batches of few spans, each with the number of ids before it; `set_ids` are the sets of the ids."""
    for begin in range(0, len(ids), SETS_AT_ONCE):
        slice_ = ids[begin : begin + SETS_AT_ONCE]
        sets = [set_ids[key] for key in slice_] if set_ids else slice_
        counts = Span.objects.filter(annotation_set_id__in=sets).order_by().values("annotation_set_id")
        spans = {row["annotation_set_id"]: row["spans"] for row in counts.annotate(spans=Count("id"))}
        batch: list[int] = []
        size = done = 0
        for key, set_id in zip(slice_, sets, strict=True):
            if batch and size + spans.get(set_id, 0) > SPANS_AT_ONCE:
                yield begin + done, batch
                done += len(batch)
                batch, size = [], 0
            batch.append(key)
            size += spans.get(set_id, 0)
        if batch:
            yield begin + done, batch
