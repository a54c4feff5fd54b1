"""Reading active time: annotators see their own, leads that of their projects."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from annotator.corpus.spans import selectors as spans
from annotator.corpus.spans.lifecycle import FINISHED_STATES
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.problems import SetNotFound
from annotator.platform.accounts.models import User
from annotator.workload.timing.models import ActiveTime
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import role_in

# Deleted users are listed under the name of their set.
ANNOTATOR = Coalesce("annotation_set__annotator__username", "annotation_set__name")


@dataclass(frozen=True)
class Pace:
    """The total active time, and the median minutes per 1,000 words over finished sets; None without any."""

    active_seconds: int
    finished_sets: int
    minutes_per_1000_words: float | None

    def wire(self) -> dict[str, Any]:
        """Return the pace as the API returns it."""
        return {
            "active_seconds": self.active_seconds,
            "handed_in": self.finished_sets,  # wording: name on the wire
            "minutes_per_1000_words": self.minutes_per_1000_words,
        }


@dataclass(frozen=True)
class AnnotatorPace:
    """The pace of one annotator."""

    username: str
    pace: Pace


def active_seconds(annotation_set: AnnotationSet) -> int:
    """Return the active time of a set in seconds."""
    times = ActiveTime.objects.filter(annotation_set=annotation_set)
    return times.order_by("annotation_set").values_list("seconds", flat=True).first() or 0


def get_timed_set(set_id: int, *, user: User) -> AnnotationSet:
    """Return a set whose active time a user may see: their own, or one of a project that they lead."""
    annotation_set = spans.get_set(set_id, user=user)
    role = role_in(annotation_set.document.project, user)
    if spans.is_own(annotation_set, user=user) or (role is not None and can(role, Capability.MANAGE)):
        return annotation_set
    raise SetNotFound(set_id)


def times_of(project: Project) -> QuerySet[ActiveTime]:
    """Return the active times of a project, one for each set with its `annotator`, oldest set first."""
    times = ActiveTime.objects.filter(annotation_set__document__project=project)
    slim = times.select_related("annotation_set__document").defer(
        "periods", "annotation_set__document__text", "annotation_set__document__meta"
    )
    return slim.annotate(annotator=ANNOTATOR).order_by("annotation_set")


def paces(project: Project) -> list[AnnotatorPace]:
    """Return the pace of each annotator of a project, by name."""
    rows: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for name, *row in times_of(project).values_list(ANNOTATOR, "seconds", "words", "annotation_set__state"):
        rows[name].append(tuple(row))
    return [AnnotatorPace(name, pace_of(rows[name])) for name in sorted(rows)]


def project_pace(project: Project) -> Pace:
    """Return the pace of all annotators of a project together."""
    return pace_of(list(times_of(project).values_list("seconds", "words", "annotation_set__state")))


def pace_of(rows: Sequence[tuple[int, int, str]]) -> Pace:
    """Return the pace over sets, each with its seconds, the words of its document, and its state.

    >>> pace_of([(600, 500, "submitted"), (120, 200, "submitted"), (60, 100, "open")])
    Pace(active_seconds=780, finished_sets=2, minutes_per_1000_words=15.0)
    """
    finished = [(seconds, words) for seconds, words, state in rows if state in FINISHED_STATES and words]
    rates = [seconds / 60 / words * 1000 for seconds, words in finished]
    return Pace(sum(seconds for seconds, _, _ in rows), len(finished), round(median(rates), 1) if rates else None)
