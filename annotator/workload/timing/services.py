"""Taking in reports of active time."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.problems import SetNotFound
from annotator.text.tokens import token_boundaries
from annotator.workload.timing.models import ActiveTime
from annotator.workload.timing.periods import Period, at_most, shifted, total_seconds, union, within
from projects.services.locks import lock_project

# A browser whose clock is further off than this, in milliseconds, is wrong; less may be the way of the report.
CLOCK_TOLERANCE = 120_000


def report(annotation_set: AnnotationSet, periods: Sequence[Period], *, sent_at: int, now: datetime) -> int:
    """Add periods of work, and return how long somebody was at work on the set by now, in seconds.

    Only the union of all reports counts, so that one that comes twice adds nothing, nor do two windows at once.
    `sent_at` is what the clock of the browser showed, in milliseconds since 1970, when the report left. Raises
    `SetNotFound` when the set was deleted meanwhile, with its project.
    """
    moment = _milliseconds(now)
    off = moment - sent_at
    told = shifted(periods, off) if abs(off) > CLOCK_TOLERANCE else periods
    fresh = within(told, _milliseconds(annotation_set.created_at), moment)
    known = ActiveTime.objects.filter(annotation_set=annotation_set)
    if not fresh:
        return known.values_list("seconds", flat=True).first() or 0
    if not known.exists():
        # Counted outside the transaction: a long text takes its time.
        _begin(annotation_set, words=_count_words(annotation_set), now=now)
    return _add(annotation_set, fresh, now=now)


@transaction.atomic
def _begin(annotation_set: AnnotationSet, *, words: int, now: datetime) -> None:
    """Store a row without time yet, unless there is one by now."""
    # Whoever deletes the project holds this lock: a row that came in between would point at a set that goes.
    lock_project(annotation_set.document.project)
    if not AnnotationSet.objects.filter(pk=annotation_set.pk).exists():
        raise SetNotFound(annotation_set.pk)
    first = {"words": words, "reported_at": now}
    ActiveTime.objects.get_or_create(annotation_set=annotation_set, defaults=first)


@transaction.atomic
def _add(annotation_set: AnnotationSet, fresh: Sequence[Period], *, now: datetime) -> int:
    time = ActiveTime.objects.select_for_update().filter(annotation_set=annotation_set).first()
    if time is None:
        raise SetNotFound(annotation_set.pk)
    known = [(start, end) for start, end in time.periods]
    whole = at_most(union(known, fresh))
    if whole != known:
        time.periods, time.seconds, time.reported_at = whole, total_seconds(whole), now
        time.save(update_fields=["periods", "seconds", "reported_at"])
    return time.seconds


def _count_words(annotation_set: AnnotationSet) -> int:
    text = Document.objects.filter(pk=annotation_set.document_id).values_list("text", flat=True).first()
    if text is None:
        raise SetNotFound(annotation_set.pk)
    return sum(1 for start, end in token_boundaries(text) if any(map(str.isalnum, text[start:end])))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
