"""Tallies of work: sums that pages read instead of all annotation sets.

Everything that changes a set clears its `is_tallied`; the sets without it are counted again before a page reads the
tallies, few of them at once, many by a job. A tally of a week is made of the `SetTally` rows of its sets, so that a set
that moves from one week or person to another leaves nothing behind.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind, Span
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import table_of, update_rows
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.workload.assignments.models import DocumentPlan, SetTally, Stage, WeekTally
from annotator.workload.assignments.services.plans import ensure_plans
from projects.models import Project
from projects.services.locks import lock_project

TALLY_JOB = "tally_work"
COUNTED_AT_ONCE = 1_000
"""So many changed sets are counted by the page that needs them; more are counted by a job."""

Group = tuple[int | None, date]
"""A person and the Monday of a week."""


def bring_up_to_date(project: Project, *, by: User | None, now: datetime) -> Job | None:
    """Count changed sets: a few at once, many by a job, which is returned while it is not finished."""
    ensure_plans(project)
    waiting = _not_tallied(project).order_by()[: COUNTED_AT_ONCE + 1].count()
    if waiting <= COUNTED_AT_ONCE:
        if waiting:
            count_sets(project)
        return None
    with transaction.atomic():
        lock_project(project)
        return jobs.start_once(TALLY_JOB, project_id=project.pk, params={}, started_by=by, now=now)


def count_not_tallied(project: Project) -> int:
    """Return how many sets of a project have to be counted."""
    return _not_tallied(project).count()


@transaction.atomic
def count_sets(project: Project, *, most: int = COUNTED_AT_ONCE) -> int:
    """Count up to so many changed sets, and return their number."""
    lock_project(project)
    keys = list(_not_tallied(project).order_by("document_id", "id").values_list("pk", flat=True)[:most])
    if keys:
        # First the mark, which locks the rows: a change from here on waits, and clears the mark again.
        AnnotationSet.objects.filter(pk__in=keys).update(is_tallied=True)
        _tally_groups(project, keys)
        documents = AnnotationSet.objects.filter(pk__in=keys).order_by().values_list("document", flat=True)
        _tally_documents(set(documents))
    return len(keys)


def forget_sets(project: Project, keys: Sequence[int]) -> None:
    """Take sets that are about to be deleted out of the tallies; the caller opens the transaction."""
    old = SetTally.objects.filter(annotation_set__in=keys)
    groups: set[Group] = set(old.order_by().values_list("annotator", "week"))
    if groups:
        lock_project(project)
        old.delete()
        _tally_weeks(project, groups)


def _not_tallied(project: Project) -> QuerySet[AnnotationSet]:
    return lifecycle.few_sets_of(project, Q(is_tallied=False))


def _tally_groups(project: Project, keys: Collection[int]) -> None:
    """Count the weeks of people that these sets are in, and those that they were in before."""
    old = SetTally.objects.filter(annotation_set__in=keys)
    groups: set[Group] = set(old.order_by().values_list("annotator", "week"))
    old.delete()
    sets = AnnotationSet.objects.filter(lifecycle.submitted_sets(), pk__in=keys).annotate(
        at=Coalesce("submitted_at", "changed_at")
    )
    columns = ("pk", "annotator", "at", "active_time__seconds", "active_time__words")
    rows = [
        SetTally(
            annotation_set_id=key, project=project, annotator_id=annotator, week=monday_of(at),
            submitted_at=at, seconds=seconds or 0, words=words or 0,
        )
        for key, annotator, at, seconds, words in sets.order_by("id").values_list(*columns)
    ]  # fmt: skip
    SetTally.objects.bulk_create(rows, batch_size=500)
    groups |= {(row.annotator_id, row.week) for row in rows}
    _tally_weeks(project, groups)


def _tally_weeks(project: Project, groups: set[Group]) -> None:
    """Make the rows of weeks of people again from their sets."""
    weeks = {week for _, week in groups}
    WeekTally.objects.filter(_in_groups(groups), project=project, week__in=weeks).delete()
    WeekTally.objects.bulk_create(_week_tallies(project, groups), batch_size=500)


def _in_groups(groups: Iterable[Group]) -> Q:
    """Return the condition for the rows of groups: people of many weeks in one condition."""
    by_week: dict[date, set[int | None]] = defaultdict(set)
    for annotator, week in groups:
        by_week[week].add(annotator)
    condition = Q(pk__in=[])
    for week, people in by_week.items():
        known = Q(annotator__in=[person for person in people if person is not None])
        condition |= Q(week=week) & (known | Q(annotator=None) if None in people else known)
    return condition


def _week_tallies(project: Project, groups: set[Group]) -> list[WeekTally]:
    rows: dict[Group, list[Any]] = defaultdict(list)
    sets = SetTally.objects.filter(_in_groups(groups), project=project).order_by("annotation_set")
    columns = ("annotator", "week", "submitted_at", "seconds", "words")
    for annotator, week, *row in sets.values_list(*columns):
        rows[annotator, week].append(row)
    return [_week_tally(project, group, members) for group, members in rows.items()]


def _week_tally(project: Project, group: Group, sets: Sequence[Any]) -> WeekTally:
    timed = [(seconds, words) for _at, seconds, words in sets if words]
    return WeekTally(
        project=project,
        annotator_id=group[0],
        week=group[1],
        sets=len(sets),
        seconds=sum(seconds for _at, seconds, _words in sets),
        median_seconds=round(median(seconds for seconds, _words in timed)) if timed else None,
        paces=sorted(round(seconds / 60 / words * 1000, 2) for seconds, words in timed),
        last_at=max(at for at, _seconds, _words in sets),
    )


def monday_of(moment: datetime) -> date:
    """Return the Monday on or before a moment, in UTC.

    >>> monday_of(datetime(2026, 11, 29, 23, 59, tzinfo=UTC))
    datetime.date(2026, 11, 23)
    """
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _tally_documents(documents: Collection[int]) -> None:
    """Write how far documents are, with their spans and active time, into their plans."""
    sets = AnnotationSet.objects.filter(lifecycle.included(), document__in=documents).order_by()
    spans = dict(
        Span.objects.filter(lifecycle.included("annotation_set__"), annotation_set__document__in=documents)
        .exclude(annotation_set__kind=SetKind.MODEL)
        .order_by()
        .values_list("annotation_set__document")
        .annotate(count=Count("id"))
    )
    timed = AnnotationSet.objects.filter(document__in=documents).order_by().values_list("document")
    seconds = dict(timed.annotate(seconds=Coalesce(Sum("active_time__seconds"), 0)))
    counted = sets.values("document").annotate(
        submitted=Count("id", filter=lifecycle.submitted_sets()),
        begun=Count("id", filter=lifecycle.annotator_sets()),
        gold=Count("id", filter=lifecycle.gold_sets()),
        imported=Count("id", filter=Q(kind=SetKind.IMPORTED)),
    )
    found: dict[int, Mapping[str, Any]] = {row["document"]: row for row in counted}
    comparable = dict(
        AnnotationSet.objects.filter(lifecycle.sets_for_agreement(), document__in=documents)
        .order_by()
        .values_list("document")
        .annotate(count=Count("id"))
    )
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows = [
        (*_progress(found.get(key, {})), spans.get(key, 0), seconds.get(key, 0), comparable.get(key, 0), now, key)
        for key in documents
    ]
    with connection.cursor() as cursor:
        update_rows(cursor, _PLANS, rows)


_PLANS = table_of(DocumentPlan, "stage submitted has_imported spans seconds comparable changed_at document_id")


def _progress(counts: Mapping[str, Any]) -> tuple[str, int, bool]:
    """Return stage, number of submitted sets, and whether there is an imported set."""
    stage = Stage.ADJUDICATED if counts.get("gold") else Stage.BEGUN if counts.get("begun") else Stage.UNASSIGNED
    return stage.value, counts.get("submitted", 0), bool(counts.get("imported"))
