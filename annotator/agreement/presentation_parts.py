"""What the pages show of a stored report beyond labels and pairs. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from annotator.agreement.alignment import Kind
from annotator.agreement.filters import NOTHING, CubeRow, Filters
from annotator.agreement.presentation import CountsShown, Names, Record, counts_by_label, counts_of_all
from annotator.agreement.wording import Shown, shown

EVERYTHING = Filters()
TALLEST = 100
STEPS = 5


@dataclass(frozen=True)
class ConfusionCell:
    """How many aligned spans have these labels; `heat` from 0 (none) to 4, of those off the diagonal.

    `differing` counts the disagreements of spans on the diagonal: same label, other boundaries, parts or attributes.
    """

    count: int
    query: str
    heat: int | None
    is_diagonal: bool
    differing: int


@dataclass(frozen=True)
class ConfusionRow:
    """A label against every label, and against nothing."""

    name: str
    style: str
    cells: list[ConfusionCell]


@dataclass(frozen=True)
class Confusion:
    """The matrix of labels on aligned spans."""

    names: list[tuple[str, str]]
    rows: list[ConfusionRow]


def confusion_shown(
    cells: Sequence[Sequence[object]], names: Names, order: Sequence[str], disagreements: Sequence[CubeRow]
) -> Confusion:
    """The matrix, out of rows of (label, other or "", count); symmetric, for pairs of people have no order."""
    differing = _differing_alike(disagreements)
    counts = {(str(one), str(other)): int(str(count)) for one, other, count in cells}
    both = counts | {(other, one): count for (one, other), count in counts.items()}
    labels = [label for label in order if any(label in pair for pair in counts)]
    highest = max((count for (one, other), count in counts.items() if one != other and other), default=0)

    def cell(one: str, other: str) -> ConfusionCell:
        count = both.get((one, other), 0)
        filters = Filters(label=one, other=other or NOTHING)
        if other and one != other:
            filters = Filters(kind=Kind.LABEL, label=one, other=other)
        heat = -(-4 * count // highest) if other and one != other and highest else None
        differing_here = differing[one] if one == other else 0
        return ConfusionCell(count, filters.query() if count else "", heat, one == other, differing_here)

    return Confusion(
        names=[(names.label(label), names.style(label)) for label in labels],
        rows=[
            ConfusionRow(names.label(one), names.style(one), [cell(one, other) for other in [*labels, ""]])
            for one in labels
        ],
    )


def _differing_alike(disagreements: Sequence[CubeRow]) -> Counter[str]:
    """By label how many disagreements there are between spans that both have it."""
    found: Counter[str] = Counter()
    for _first, _second, kind, label, other, _attribute, count in disagreements:
        if label == other and kind != Kind.RELATION:
            found[label] += count
    return found


@dataclass(frozen=True)
class PersonShown:
    """One annotator against all others."""

    name: str
    documents: int
    counts: CountsShown
    by_label: list[CountsShown | None]


def people_shown(rows: Sequence[Record], names: Names, labels: Sequence[str]) -> list[PersonShown]:
    """Each annotator against the others, with their figures for each of `labels`; None where nobody marked one."""
    found = []
    for row in rows:
        filters = Filters(one=row["name"])
        shown_counts = counts_by_label(row["labels"], names, filters)
        by_label = dict(zip([each["label"] for each in row["labels"]], shown_counts, strict=True))
        overall = counts_of_all(row["overall"], filters)
        found.append(PersonShown(row["name"], row["documents"], overall, [by_label.get(label) for label in labels]))
    return found


@dataclass(frozen=True)
class Bar:
    """A bar of a chart, in units of its view box."""

    x: int
    y: int
    height: int
    count: int
    title: str


def distribution_shown(record: Mapping[str, Sequence[int] | int] | None) -> list[Bar]:
    """Documents by same-place F1, as bars."""
    bins = record["bins"] if record else []
    if not isinstance(bins, Sequence) or not any(bins):
        return []
    highest = max(bins)
    bars = []
    for at, count in enumerate(bins):
        height = round(TALLEST * count / highest)
        low, high = at / len(bins), (at + 1) / len(bins)
        bars.append(Bar(at * 50, TALLEST - height, height, count, f"{low:.1f} to {high:.1f}: {count}"))
    return bars


@dataclass(frozen=True)
class TokensRow:
    """Coefficients over tokens."""

    name: str
    style: str
    cohen: Shown
    fleiss: Shown
    ac1: Shown
    query: str


def tokens_shown(record: Record | None, names: Names) -> list[TokensRow]:
    """Per label, and last for sets of labels."""
    if not record:
        return []
    rows = [(names.label(row["label"]), names.style(row["label"]), row) for row in record["labels"]]
    return [
        TokensRow(
            name,
            style,
            shown(row["cohen"]),
            shown(row["fleiss"]),
            shown(row["ac1"]),
            Filters(label=row.get("label", "")).query(),
        )
        for name, style, row in [*rows, ("All labels, as sets", "", record["overall"])]
    ]


@dataclass(frozen=True)
class TrendRow:
    """One report, or one import, in a trend; `listed` with `query` leads to the disagreements behind its figures."""

    name: str
    address: str
    listed: str
    query: str
    documents: int
    overlap: Shown
    exact: Shown
    labels: "Sequence[tuple[Shown, str] | None]"


def trend_row(
    record: Record, *, name: str, labels: Sequence[str], listed: str, limits: Filters = EVERYTHING, address: str = ""
) -> TrendRow:
    """A row with same-place F1 of each label; None where it does not occur.

    `listed` is the page of disagreements, `limits` which of them are meant.
    """
    by_label = {
        row["label"]: (shown(row["overlap_f1"]), replace(limits, label=row["label"]).query())
        for row in record["labels"]
    }
    overall = record["overall"]
    return TrendRow(
        name=name,
        address=address,
        listed=listed,
        query=limits.query(),
        documents=record["documents"],
        overlap=shown(overall["overlap_f1"]),
        exact=shown(overall["exact_f1"]),
        labels=[by_label.get(label) for label in labels],
    )


@dataclass(frozen=True)
class Point:
    """A point of a line, in units of its view box."""

    x: int
    y: int
    title: str


def trend_points(rows: Sequence[TrendRow]) -> list[Point]:
    """Same-place F1 over the rows, oldest left, evenly apart."""
    width = 500 // max(len(rows) - 1, 1)
    return [
        Point(at * width, round(TALLEST * (1 - float(row.overlap.text))), f"{row.name}: {row.overlap.text}")
        for at, row in enumerate(rows)
        if row.overlap.is_defined
    ]
