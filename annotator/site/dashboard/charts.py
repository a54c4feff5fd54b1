"""Charts of the overview, drawn on the server as SVG: positions in units of their view boxes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from annotator.site.dashboard.progress import Forecast, Week
from annotator.workload.assignments.selectors.tallies import RoundProgress

WIDTH, HEIGHT = 600, 150
LONGEST_FORECAST = 26
"""The line of the forecast leaves the chart after so many weeks."""
STAGES = ("adjudicated", "submitted", "begun", "unassigned")


@dataclass(frozen=True)
class Point:
    """A week in a chart; `height` is that of its bar."""

    week: Week
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class BurnUp:
    """Submitted sets over weeks: points, their line, the line of the forecast, and the height of all slots."""

    points: Sequence[Point]
    line: str
    ahead: str
    top: float
    first: date
    last: date


def burn_up(past: Sequence[Week], forecast: Forecast, *, today: date) -> BurnUp | None:
    """Return the chart of submitted sets up to all slots, with the forecast; None before there are two weeks."""
    if len(past) < 2:
        return None
    first, end = past[0].monday, past[-1].monday + timedelta(days=7)
    ahead_until = min(forecast.ends, end + timedelta(weeks=LONGEST_FORECAST)) if forecast.ends else None
    last = max(end, ahead_until or end)
    highest = max(forecast.slots, past[-1].total, 1)

    def x(day: date) -> float:
        return round(WIDTH * (day - first).days / (last - first).days, 1)

    def y(count: float) -> float:
        return round(HEIGHT - HEIGHT * count / highest, 1)

    # A total is reached at the end of its week; the running week counts until today.
    ends = [min(week.monday + timedelta(days=7), max(today, week.monday + timedelta(days=1))) for week in past]
    points = [Point(week, x(day), y(week.total), 0, 0) for week, day in zip(past, ends, strict=True)]
    ahead = ""
    if ahead_until and forecast.ends:
        share = (ahead_until - ends[-1]).days / max((forecast.ends - ends[-1]).days, 1)
        reached = past[-1].total + share * (forecast.slots - forecast.done)
        ahead = f"{points[-1].x},{points[-1].y} {x(ahead_until)},{y(reached)}"
    line = " ".join(f"{point.x},{point.y}" for point in points)
    return BurnUp(points, line, ahead, y(forecast.slots), first, last)


@dataclass(frozen=True)
class WeekBars:
    """Bars of the sets of each week, and points of their median times, each from 0 to the largest."""

    sets: Sequence[Point]
    times: Sequence[Point]
    line: str
    most_sets: int
    most_seconds: int


def week_bars(past: Sequence[Week]) -> WeekBars | None:
    """Return the sets and median times of each week; None without work."""
    if not past:
        return None
    step = WIDTH / len(past)
    most, longest = max(week.submitted for week in past) or 1, max((week.median_seconds or 0) for week in past)
    sets, times = [], []
    for number, week in enumerate(past):
        height = round(HEIGHT * week.submitted / most, 1)
        sets.append(Point(week, round(number * step + 2, 1), round(HEIGHT - height, 1), round(step - 4, 1), height))
        if week.median_seconds is not None and longest:
            y = round(HEIGHT - HEIGHT * week.median_seconds / longest, 1)
            times.append(Point(week, round((number + 0.5) * step, 1), y, 0, 0))
    line = " ".join(f"{point.x},{point.y}" for point in times)
    return WeekBars(sets, times, line, most, longest)


@dataclass(frozen=True)
class Part:
    """The part of a bar that stands for documents at one stage."""

    stage: str
    x: float
    width: float
    documents: int


@dataclass(frozen=True)
class RoundBar:
    """The bar of a round: its parts by stage, and its figures."""

    row: RoundProgress
    parts: Sequence[Part]


def round_bars(rounds: Sequence[RoundProgress]) -> list[RoundBar]:
    """Return the bars of the rounds that have documents; a whole bar stands for all documents of its round."""
    return [RoundBar(row, _parts(row)) for row in rounds if row.documents]


def _parts(row: RoundProgress) -> list[Part]:
    parts, x = [], 0.0
    for stage in STAGES:
        documents = getattr(row.stages, stage)
        width = round(WIDTH * documents / row.documents, 1)
        if documents:
            parts.append(Part(stage, round(x, 1), width, documents))
        x += width
    return parts


@dataclass(frozen=True)
class Interval:
    """A figure from 0 to 1 with its interval, as positions on a line."""

    x: float
    low: float | None
    high: float | None


SCALE = 100


def interval(value: float | None, low: float | None, high: float | None) -> Interval | None:
    """Return the positions of a figure; None where it is not defined."""
    if value is None:
        return None
    return Interval(round(SCALE * value, 1), *(None if end is None else round(SCALE * end, 1) for end in (low, high)))


def trend(values: Sequence[float | None]) -> str:
    """Return the points of a line through figures from 0 to 1, oldest first; empty for fewer than two.

    >>> trend([0.5, None, 1.0])
    '0,10.0 100.0,0.0'
    """
    known = [(number, value) for number, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    step = SCALE / (len(values) - 1)
    return " ".join(f"{round(number * step, 1) or 0},{round(20 - 20 * value, 1)}" for number, value in known)
