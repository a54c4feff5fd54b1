"""Two reports beside each other. Pure."""

from dataclasses import dataclass

from annotator.agreement.filters import Filters
from annotator.agreement.presentation import Record, ReportShown
from annotator.agreement.wording import Shown, shown, signed

EVERYTHING = Filters()


@dataclass(frozen=True)
class Row:
    """A figure in both reports, and how far it has moved; "" where it is not defined in one of them.

    `is_clear` when the intervals do not touch: what moved is more than chance would move.
    """

    name: str
    style: str
    first: Shown | None
    second: Shown | None
    difference: str
    is_clear: bool
    query: str


@dataclass(frozen=True)
class Section:
    """Rows of one kind; `anchor` is where its meaning is told, `undefined` names what has no figure in either."""

    title: str
    anchor: str
    rows: list[Row]
    undefined: list[str]


def compared_reports(first: ReportShown, second: ReportShown, one: Record, another: Record) -> list[Section]:
    """Labels by place, by edges and by alpha, pairs by place, and gamma; `one` and `another` are their results."""
    styles = {label.id: (label.name, label.style) for label in (*first.labels, *second.labels)}
    sections = []
    for title, part, anchor in (
        ("Same place, F1", "overlap_f1", "overlap"),
        ("Same edges, F1", "exact_f1", "exact"),
        ("Alpha, tokens", "alpha_tokens", "alpha-tokens"),
    ):
        here, there = ({row["label"]: row[part] for row in result["labels"]} for result in (one, another))
        rows = [_row(*styles[label], here.get(label), there.get(label), Filters(label=label)) for label in styles]
        rows.append(_row("All labels", "", one["overall"][part], another["overall"][part]))
        sections.append(_section(title, anchor, rows))
    sections.append(_section("Gamma", "gamma", [_row("Gamma", "", one.get("gamma"), another.get("gamma"))]))
    return [*sections, _section("Pairs: same place, F1", "overlap", _pairs(first, second, one, another))]


def _section(title: str, anchor: str, rows: list[Row]) -> Section:
    """What is defined in one of the two at least stands in the table."""
    empty = [row for row in rows if not any(each and each.is_defined for each in (row.first, row.second))]
    return Section(title, anchor, [row for row in rows if row not in empty], [row.name for row in empty])


def _pairs(first: ReportShown, second: ReportShown, one_result: Record, other_result: Record) -> list[Row]:
    here, there = (
        {(pair["first"], pair["second"]): pair["overall"]["overlap_f1"] for pair in result["pairs"]}
        for result in (one_result, other_result)
    )
    pairs = dict.fromkeys((pair.first, pair.second) for pair in (*first.pairs, *second.pairs))
    return [
        _row(f"{one} and {other}", "", here.get((one, other)), there.get((one, other)), Filters(one=one, another=other))
        for one, other in pairs
    ]


def _row(name: str, style: str, first: Record | None, second: Record | None, filters: Filters = EVERYTHING) -> Row:
    difference, is_clear = "", False
    if first and second and first["value"] is not None and second["value"] is not None:
        difference = signed(second["value"] - first["value"])
        if first.get("low") is not None and second.get("low") is not None:
            is_clear = first["high"] < second["low"] or second["high"] < first["low"]
    return Row(
        name,
        style,
        shown(first) if first else None,
        shown(second) if second else None,
        difference,
        is_clear,
        filters.query(),
    )
