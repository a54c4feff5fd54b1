"""Pictures of a model in units of their view boxes: learning curve and reliability diagram. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from django.utils.translation import gettext as _

WIDTH, HEIGHT = 270, 160
SIDE = 200
FEW = 3
"""Groups of fewer finds are left out of the reliability diagram."""
GROUPS = 10


@dataclass(frozen=True)
class Point:
    """A point of a picture with what it stands for."""

    x: int
    y: int
    text: str
    title: str
    radius: int = 4


@dataclass(frozen=True)
class Diagram:
    """The points of one label."""

    label: str
    points: Sequence[Point]


def learning_curve(rows: Sequence[Mapping[str, Any]]) -> Sequence[Point]:
    """Return F1 by training documents, on a logarithmic scale of documents."""
    if len(rows) < 2:
        return []
    first, last = log(rows[0]["documents"]), log(rows[-1]["documents"])
    span = (last - first) or 1.0
    return [
        Point(
            round(WIDTH * (log(row["documents"]) - first) / span),
            round(HEIGHT * (1 - row["f1"])),
            str(row["documents"]),
            _("%(documents)s documents: exact F1 %(f1)s") % {"documents": row["documents"], "f1": f"{row['f1']:.2f}"},
        )
        for row in rows
    ]


def reliability(labels: Mapping[str, Any]) -> list[Diagram]:
    """Return for each label the share that was right by expected precision, in tenths."""
    diagrams = []
    for label, counts in labels.items():
        groups: dict[int, list[float]] = {}
        for row in counts["calibration"]:
            group = groups.setdefault(min(GROUPS - 1, int(row["score"] * GROUPS)), [0, 0.0, 0])
            group[0] += row["suggested"]
            group[1] += row["suggested"] * row["score"]
            group[2] += row["right"]
        points = [
            Point(
                round(SIDE * total / count),
                round(SIDE * (1 - right / count)),
                "",
                _("%(label)s: expected %(expected)s %%, right %(right)s %% of %(count)s")
                % {"label": label, "expected": round(100 * total / count), "right": round(100 * right / count),
                   "count": round(count)},
                min(10, 3 + round(count**0.5 / 4)),
            )
            for count, total, right in (groups[key] for key in sorted(groups))
            if count >= FEW
        ]  # fmt: skip
        if points:
            diagrams.append(Diagram(label, points))
    return diagrams
