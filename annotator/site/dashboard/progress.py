"""How far a project is, when it will be done, and who needs help: figures of the overview, by week in UTC."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from urllib.parse import urlencode

import numpy as np

from annotator.platform.accounts.models import User
from annotator.quality.selectors import count_alerts
from annotator.workload.assignments.models import Skip, SkipReason
from annotator.workload.assignments.selectors import count_stuck_slots, sets_to_review
from annotator.workload.assignments.selectors.tallies import PersonWeek, RoundProgress, person_weeks, round_progress
from annotator.workload.questions import selectors as questions
from projects.models import Project

WEEKS_SHOWN = 26
WEEKS_OF_PEOPLE = 8
WEEKS_OF_PACE = 4
WHOLE_PACE = 10
"""From so many sets a week on, a tenth says nothing."""
QUIET_WEEKS = 2
"""A person who has worked before and submitted nothing for so many weeks is marked."""
FEWEST_SETS, SLOW, FAST = 5, 2.0, 1 / 3
"""With so many sets in the last weeks, a median beyond these multiples of that of all people is marked."""


@dataclass(frozen=True)
class Week:
    """A week by its Monday: the sets submitted in it and until its end, their median time, and the sets by person."""

    monday: date
    submitted: int
    total: int
    median_seconds: int | None
    by_person: Mapping[str, int]


@dataclass(frozen=True)
class Waiting:
    """What waits for a lead."""

    questions: int
    sets: int
    skips: int
    slots: int
    alerts: int

    @property
    def total(self) -> int:
        """The number of all of them."""
        return self.questions + self.sets + self.skips + self.slots + self.alerts


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


@dataclass(frozen=True, slots=True)
class WeekCell:
    """The sets of a person in a week, their median time, and the query of the table of documents that lists them."""

    sets: int
    median_seconds: int | None
    query: str


@dataclass(frozen=True)
class PersonWork:
    """The work of a person: each of the last weeks (None without work), totals, and what may need help."""

    name: str
    weeks: Sequence[WeekCell | None]
    sets: int
    seconds: int
    pace: float | None
    last_at: datetime
    is_quiet: bool
    is_slow: bool
    is_fast: bool


def waiting_for_lead(project: Project, user: User, *, now: datetime) -> Waiting:
    """Return how much waits for a lead."""
    skips = Skip.objects.filter(document__project=project, decision="").exclude(reason=SkipReason.WITHDRAWN)
    return Waiting(
        questions=questions.unanswered(user).filter(project=project).order_by().count(),
        sets=sets_to_review(project).count(),
        skips=skips.count(),
        slots=count_stuck_slots(project, now=now),
        alerts=count_alerts([project.pk]),
    )


def weeks(work: Sequence[PersonWeek]) -> list[Week]:
    """Return the last weeks, oldest first, without those before the first submission."""
    if not work:
        return []
    by_week: dict[date, list[PersonWeek]] = defaultdict(list)
    for row in work:
        by_week[row.week].append(row)
    monday, total, result = min(by_week), 0, []
    while monday <= max(by_week):
        rows = by_week.get(monday, [])
        total += sum(row.sets for row in rows)
        people: dict[str, int] = defaultdict(int)
        for row in rows:
            people[row.name] += row.sets
        result.append(Week(monday, sum(row.sets for row in rows), total, _median_of(rows), dict(people)))
        monday += timedelta(days=7)
    return result[-WEEKS_SHOWN:]


def _median_of(rows: Iterable[PersonWeek]) -> int | None:
    """Return the median time of a set: that of the people's medians, each as often as they submitted sets."""
    weighted = sorted((row.median_seconds, row.sets) for row in rows if row.median_seconds is not None)
    left = sum(sets for _seconds, sets in weighted) / 2
    for seconds, sets in weighted:
        left -= sets
        if left <= 0:
            return seconds
    return None


def forecast(rounds: Sequence[RoundProgress], past: Sequence[Week], *, today: date) -> Forecast:
    """Return when the slots of open rounds are done at the pace of the last weeks."""
    slots, done = sum(row.slots for row in rounds), sum(row.submitted for row in rounds)
    since = today - timedelta(weeks=WEEKS_OF_PACE)
    recent = [week for week in past if week.monday > since - timedelta(days=7)]
    pace = sum(week.submitted for week in recent) / WEEKS_OF_PACE
    left = slots - done
    ends = today + timedelta(weeks=left / pace) if pace and left > 0 else None
    return Forecast(slots, done, round(pace) if pace >= WHOLE_PACE else round(pace, 1), ends)


def people_by_week(work: Sequence[PersonWeek], *, today: date) -> tuple[list[date], list[PersonWork]]:
    """Return the last weeks with that of today, and the work of each person who submitted anything, by name.

    Weeks before the first work of the project are left out; without any work there are none.
    """
    this_week = today - timedelta(days=today.weekday())
    mondays = [this_week - timedelta(weeks=number) for number in reversed(range(WEEKS_OF_PEOPLE))]
    by_person: dict[str, list[PersonWeek]] = defaultdict(list)
    for row in work:
        by_person[row.name].append(row)
    recent = {name: _recent_median(rows, mondays) for name, rows in by_person.items()}
    usual = median(known) if len(known := [value for value in recent.values() if value is not None]) > 1 else None
    first = min((row.week for row in work), default=None)
    shown = [monday for monday in mondays if first is not None and monday >= min(first, this_week)]
    people = [_person(name, by_person[name], shown, recent[name], usual) for name in sorted(by_person)]
    return shown, people


def _cell(row: PersonWeek | None) -> WeekCell | None:
    if row is None:
        return None
    values = {"week": row.week.isoformat()} | ({"person": row.name} if row.name else {})
    return WeekCell(row.sets, row.median_seconds, urlencode(values))


def _recent_median(rows: Sequence[PersonWeek], mondays: Sequence[date]) -> int | None:
    recent = [row for row in rows if row.week >= mondays[-WEEKS_OF_PACE]]
    return _median_of(recent) if sum(row.sets for row in recent) >= FEWEST_SETS else None


def _person(
    name: str, rows: Sequence[PersonWeek], mondays: Sequence[date], recent: int | None, usual: float | None
) -> PersonWork:
    by_week = {row.week: row for row in rows}
    paces = np.array([pace for row in rows for pace in row.paces])
    ratio = recent / usual if recent is not None and usual else None
    return PersonWork(
        name=name,
        weeks=[_cell(by_week.get(monday)) for monday in mondays],
        sets=sum(row.sets for row in rows),
        seconds=sum(row.seconds for row in rows),
        pace=round(float(np.median(paces)), 1) if len(paces) else None,
        last_at=max(row.last_at for row in rows),
        is_quiet=max(by_week) <= mondays[-1] - timedelta(weeks=QUIET_WEEKS),
        is_slow=ratio is not None and ratio > SLOW,
        is_fast=ratio is not None and ratio < FAST,
    )


__all__ = [
    "Forecast",
    "PersonWork",
    "Waiting",
    "Week",
    "forecast",
    "people_by_week",
    "person_weeks",
    "round_progress",
    "waiting_for_lead",
    "weeks",
]
