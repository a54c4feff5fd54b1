"""The results of benchmarks: figures with a target, printed as a table."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Target(Enum):
    """The side of its target on which a figure has to be."""

    AT_MOST = "≤"
    AT_LEAST = "≥"
    NONE = ""


@dataclass(frozen=True)
class Figure:
    """One line of a table: the median of `values` in `unit`, and its target."""

    what: str
    values: Sequence[float]
    unit: str
    target: float = 0.0
    direction: Target = Target.NONE

    @property
    def median(self) -> float:
        """The median of the values."""
        return statistics.median(self.values)

    @property
    def reached(self) -> bool:
        """Whether the median is on the right side of the target; always true without a target."""
        if self.direction is Target.AT_MOST:
            return self.median <= self.target
        return self.direction is Target.NONE or self.median >= self.target

    def cells(self) -> tuple[str, str, str, str, str]:
        """Return the cells of the line: what, median with unit, target, median divided by the target, verdict."""
        if self.direction is Target.NONE:
            return self.what, f"{_number(self.median)} {self.unit}", "", "", ""
        target = f"{self.direction.value} {_number(self.target)}"
        verdict = "reached" if self.reached else "MISSED"
        return (
            self.what,
            f"{_number(self.median)} {self.unit}",
            target,
            f"{self.median / self.target:.2f}" if self.target else "",
            verdict,
        )


def at_most(what: str, values: Iterable[float] | float, unit: str, target: float) -> Figure:
    """Return a figure that should not be above its target."""
    return Figure(what, _values(values), unit, target, Target.AT_MOST)


def at_least(what: str, values: Iterable[float] | float, unit: str, target: float) -> Figure:
    """Return a figure that should not be below its target."""
    return Figure(what, _values(values), unit, target, Target.AT_LEAST)


def noted(what: str, values: Iterable[float] | float, unit: str) -> Figure:
    """Return a figure without a target."""
    return Figure(what, _values(values), unit)


def table(title: str, figures: Sequence[Figure]) -> str:
    """Return the lines of a table, as wide as its cells."""
    rows = [("what", "median", "target", "ratio", ""), *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [title]
    for what, median, target, ratio, verdict in rows:
        cells = [what.ljust(widths[0]), median.rjust(widths[1]), target.rjust(widths[2]), ratio.rjust(widths[3])]
        lines.append("  ".join([*cells, verdict]).rstrip())
    return "\n".join(lines)


def report(title: str, measure: Callable[[], Sequence[Figure]]) -> None:
    """Measure, and print the table; every benchmark's `main` calls this."""
    print(table(title, measure()), flush=True)


def _values(values: Iterable[float] | float) -> Sequence[float]:
    return [values] if isinstance(values, int | float) else list(values)


def _number(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
