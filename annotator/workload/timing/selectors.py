"""Reading active time: annotators see their own, leads that of their projects."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

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

# Who is gone is named as their set is.
ANNOTATOR = Coalesce("annotation_set__annotator__username", "annotation_set__name")


@dataclass(frozen=True)
class Pace:
    """How long work took: in all, and how many minutes 1,000 words take, the median over handed-in sets.

    The median is None as long as no set was handed in that time was measured for.
    """

    active_seconds: int
    handed_in: int
    minutes_per_1000_words: float | None


@dataclass(frozen=True)
class PersonsPace:
    """The pace of one annotator."""

    username: str
    pace: Pace


def active_seconds(annotation_set: AnnotationSet) -> int:
    """Return how long somebody was at work on a set, in seconds."""
    known = ActiveTime.objects.filter(annotation_set=annotation_set)
    return known.order_by("annotation_set").values_list("seconds", flat=True).first() or 0


def get_timed_set(set_id: int, *, user: User) -> AnnotationSet:
    """Return a set whose time a person may see: their own, or one of a project that they lead."""
    found = spans.get_set(set_id, user=user)
    role = role_in(found.document.project, user)
    if spans.is_own(found, user=user) or (role is not None and can(role, Capability.MANAGE)):
        return found
    raise SetNotFound(set_id)


def times_of(project: Project) -> QuerySet[ActiveTime]:
    """Return what was measured in a project, a row for each set with its `annotator`, oldest set first."""
    found = ActiveTime.objects.filter(annotation_set__document__project=project)
    slim = found.select_related("annotation_set__document").defer(
        "periods", "annotation_set__document__text", "annotation_set__document__meta"
    )
    return slim.annotate(annotator=ANNOTATOR).order_by("annotation_set")


def paces(project: Project) -> list[PersonsPace]:
    """Return the pace of each annotator of a project, by name."""
    rows: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for name, *row in times_of(project).values_list(ANNOTATOR, "seconds", "words", "annotation_set__state"):
        rows[name].append(tuple(row))
    return [PersonsPace(name, pace_of(rows[name])) for name in sorted(rows)]


def project_pace(project: Project) -> Pace:
    """Return the pace of all annotators of a project together."""
    return pace_of(list(times_of(project).values_list("seconds", "words", "annotation_set__state")))


def pace_of(rows: Sequence[tuple[int, int, str]]) -> Pace:
    """Return the pace over sets, each with its seconds, the words of its document, and its state.

    >>> pace_of([(600, 500, "submitted"), (120, 200, "submitted"), (60, 100, "open")])
    Pace(active_seconds=780, handed_in=2, minutes_per_1000_words=15.0)
    """
    done = [(seconds, words) for seconds, words, state in rows if state in FINISHED_STATES and words]
    rates = [seconds / 60 / words * 1000 for seconds, words in done]
    return Pace(sum(seconds for seconds, _, _ in rows), len(done), round(median(rates), 1) if rates else None)
