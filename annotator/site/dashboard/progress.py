"""How far a project is, when it will be done, and who needs help: figures of the overview, by week in UTC."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import CharField, Count
from django.db.models.functions import Cast, Substr

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.exclusions import AUTHOR
from annotator.corpus.spans.models import AnnotationSet
from annotator.workload.assignments.models import Skip, SkipReason
from annotator.workload.assignments.selectors import sets_to_review, stuck_slots
from annotator.workload.assignments.selectors.board import RoundProgress, round_progress
from projects.models import Project

WEEKS_SHOWN = 26
WEEKS_OF_PACE = 4
WIDTH, HEIGHT = 500, 120


@dataclass(frozen=True)
class Week:
    """A week by its Monday: the sets submitted in it and until its end, and the sets by person."""

    monday: date
    submitted: int
    total: int
    by_person: Mapping[str, int]


@dataclass(frozen=True)
class Waiting:
    """What waits for a lead."""

    sets: int
    skips: int
    slots: int

    @property
    def total(self) -> int:
        """The number of all of them."""
        return self.sets + self.skips + self.slots


@dataclass(frozen=True)
class Forecast:
    """Slots in all and done, the sets submitted a week in the last weeks, and when that pace ends; None without one."""

    slots: int
    done: int
    pace: float
    ends: date | None

    @property
    def percent(self) -> int:
        """The share of slots that is done."""
        return round(100 * self.done / self.slots) if self.slots else 0


@dataclass(frozen=True)
class RoundBar:
    """The bar of a round: the ends of its parts in units of the chart, and its figures."""

    row: RoundProgress
    y: int
    submitted: int
    taken: int


def waiting_for_lead(project: Project, *, now: datetime) -> Waiting:
    """Return how much waits for a lead."""
    skips = Skip.objects.filter(document__project=project, decision="").exclude(reason=SkipReason.WITHDRAWN)
    return Waiting(sets_to_review(project).count(), skips.count(), len(stuck_slots(project, now=now)))


def weeks(project: Project) -> list[Week]:
    """Return the last weeks, oldest first, without those before the first submission."""
    sets = AnnotationSet.objects.filter(
        lifecycle.submitted_sets(), document__project=project, submitted_at__isnull=False
    )
    # The day as text: cheaper than the date functions that Django adds to SQLite, which call Python for each row.
    day = Substr(Cast("submitted_at", CharField()), 1, 10)
    rows = sets.order_by().annotate(day=day, author=AUTHOR).values_list("day", "author").annotate(count=Count("id"))
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    for text, author, count in rows:
        submitted = date.fromisoformat(text)
        counts[submitted - timedelta(days=submitted.weekday())][author] += count
    if not counts:
        return []
    monday, total, result = min(counts), 0, []
    while monday <= max(counts):
        submitted_here = counts[monday].total()
        total += submitted_here
        result.append(Week(monday, submitted_here, total, dict(counts[monday])))
        monday += timedelta(days=7)
    return result[-WEEKS_SHOWN:]


def forecast(rounds: Sequence[RoundProgress], past: Sequence[Week], *, today: date) -> Forecast:
    """Return when the slots of open rounds are done at the pace of the last weeks."""
    slots, done = sum(row.slots for row in rounds), sum(row.submitted for row in rounds)
    since = today - timedelta(weeks=WEEKS_OF_PACE)
    recent = [week for week in past if week.monday > since - timedelta(days=7)]
    pace = sum(week.submitted for week in recent) / WEEKS_OF_PACE
    left = slots - done
    ends = today + timedelta(weeks=left / pace) if pace and left > 0 else None
    return Forecast(slots, done, round(pace, 1), ends)


def round_bars(rounds: Sequence[RoundProgress]) -> list[RoundBar]:
    """Return the bars of the rounds that have documents."""
    shown = [row for row in rounds if row.slots]
    return [
        RoundBar(row, index * 24, _part(row.submitted, row.slots), _part(row.taken, row.slots))
        for index, row in enumerate(shown)
    ]


def burn_up(past: Sequence[Week], *, slots: int) -> str:
    """Return the points of the line of submitted sets, below a top edge that stands for all slots."""
    if len(past) < 2:
        return ""
    step = WIDTH / (len(past) - 1)
    highest = max(slots, past[-1].total, 1)
    points = [(index * step, HEIGHT - HEIGHT * week.total / highest) for index, week in enumerate(past)]
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in points)


def people_by_week(past: Sequence[Week], *, most: int = 8) -> tuple[list[date], list[tuple[str, list[int]]]]:
    """Return the last weeks, and for each person the sets submitted in them, by name."""
    shown = past[-most:]
    names = sorted({name for week in shown for name in week.by_person})
    return [week.monday for week in shown], [(name, [week.by_person.get(name, 0) for week in shown]) for name in names]


def _part(count: int, of: int) -> int:
    return round(WIDTH * min(count, of) / of)


__all__ = [
    "Forecast",
    "RoundBar",
    "Waiting",
    "Week",
    "burn_up",
    "forecast",
    "people_by_week",
    "round_bars",
    "round_progress",
    "waiting_for_lead",
    "weeks",
]
