"""What people differ about again and again: made ready for the page, and drafted for the guideline meeting. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.agreement.alignment import Kind
from annotator.agreement.filters import CubeRow, Filters
from annotator.agreement.kinds import KINDS, KindShown
from annotator.agreement.presentation import Names, Record
from annotator.agreement.wording import counted, in_hundred

BOUNDARY_WORDS = {
    "article": "an article (a, an, the)",
    "quotation": "a quotation mark",
    "title": "a title or office",
    "punctuation": "punctuation",
    "connective": "a connective (that, and, because …)",
    "white space": "white space only",
    "other": "other words",
    "inside": "a part within",
}
MOST_IN_DRAFT = 5


@dataclass(frozen=True)
class StringShown:
    """A string that people differ about, with how often in which way."""

    words: str
    count: int
    kinds: str
    query: str


@dataclass(frozen=True)
class BoundaryShown:
    """What stands between boundaries: at how many starts and ends; `can_be_ruled` when one sentence could settle it."""

    name: str
    can_be_ruled: bool
    start: int
    end: int
    labels: str
    label_links: list[tuple[str, int, str]]
    query: str
    start_query: str
    end_query: str

    @property
    def is_inside(self) -> bool:
        """Whether only fragments within differ, so that there is no side."""
        return self.query == Filters(boundary="inside").query()


@dataclass(frozen=True)
class RuleShown:
    """A label or a relation: what there is a rule for, with its disagreements by kind as (count, query)."""

    name: str
    style: str
    cells: list[tuple[int, str]]
    total: int
    query: str


@dataclass(frozen=True)
class PlaceShown:
    """A sentence that people differ about more than others."""

    title: str
    words: str
    count: int
    query: str


@dataclass(frozen=True)
class ConfusedShown:
    """Two labels for the same place."""

    one: str
    one_style: str
    other: str
    other_style: str
    count: int
    query: str


@dataclass(frozen=True)
class OddOneShown:
    """Where somebody differs from the rest: their share of disagreements of a kind about a label, and the usual one."""

    name: str
    kind: str
    label: str
    count: int
    times: str
    query: str


@dataclass(frozen=True)
class PatternsShown:
    """Everything on the page."""

    strings: list[StringShown]
    kinds: list[KindShown]
    rules: list[RuleShown]
    places: list[PlaceShown]
    boundaries: list[BoundaryShown]
    confused: list[ConfusedShown]
    odd_ones: list[OddOneShown]
    draft: str


def patterns_shown(
    result: Record, repeated: Sequence[Record], places: Sequence[PlaceShown], names: Names
) -> PatternsShown:
    """Make the patterns of a report ready; `repeated` are its strings with how often people differ about them."""
    cube = result.get("disagreements", [])
    strings = [_string(row) for row in repeated]
    boundaries = _boundaries(result.get("boundaries", []), names)
    confused = _confused(result.get("confusion", []), names)
    odd_ones = _odd_ones(result.get("disagreements", []), result["annotators"], names)
    draft = "\n".join(_draft(result, names, strings, boundaries, confused))
    kinds = [KINDS[kind] for kind in ABOUT_SPANS]
    return PatternsShown(strings, kinds, _rules(cube, names), list(places), boundaries, confused, odd_ones, draft)


ABOUT_SPANS = [kind for kind in KINDS if kind is not Kind.RELATION]


def _rules(cube: Sequence[CubeRow], names: Names) -> list[RuleShown]:
    """Labels with what people differ about in each, and relations; those with most disagreements first."""
    labels: dict[str, Counter[str]] = {}
    relations: Counter[str] = Counter()
    for _first, _second, kind, label, other, _attribute, count in cube:
        for each in sorted({label, other} - {""}):
            if kind == Kind.RELATION:
                relations[each] += count
            else:
                labels.setdefault(each, Counter())[kind] += count
    found = [
        RuleShown(
            names.label(label),
            names.style(label),
            [(counts[kind], Filters(kind=kind, label=label).query()) for kind in ABOUT_SPANS],
            counts.total(),
            Filters(label=label).query(),
        )
        for label, counts in labels.items()
    ]
    found += [
        RuleShown(names.relation(relation), "", [], count, Filters(kind=Kind.RELATION, label=relation).query())
        for relation, count in relations.items()
    ]
    return sorted(found, key=lambda rule: (-rule.total, rule.name))


def _string(row: Record) -> StringShown:
    kinds = ", ".join(f"{KINDS[Kind(kind)].title} {count}" for kind, count in row["kinds"].items())
    return StringShown(row["words"], row["count"], kinds, Filters(words=row["words"]).query())


def _boundaries(rows: Sequence[Record], names: Names) -> list[BoundaryShown]:
    sides: dict[str, Counter[str]] = {}
    labels: dict[str, Counter[str]] = {}
    for row in rows:
        sides.setdefault(row["class"], Counter())[row["side"]] += row["count"]
        labels.setdefault(row["class"], Counter())[row["label"]] += row["count"]
    ordered = sorted(sides, key=lambda each: (-sides[each].total(), each))
    return [
        BoundaryShown(
            name=BOUNDARY_WORDS[each],
            can_be_ruled=each not in ("other", "inside"),
            start=sides[each]["start"],
            end=sides[each]["end"],
            labels=", ".join(f"{names.label(label)} {count}" for label, count in labels[each].most_common()),
            label_links=[
                (names.label(label), count, Filters(boundary=each, label=label).query())
                for label, count in labels[each].most_common()
            ],
            query=Filters(boundary=each).query(),
            start_query=Filters(boundary=each, side="start").query(),
            end_query=Filters(boundary=each, side="end").query(),
        )
        for each in ordered
    ]


def _confused(rows: Sequence[Sequence[str | int]], names: Names) -> list[ConfusedShown]:
    pairs = [(str(one), str(other), int(count)) for one, other, count in rows if other and one != other]
    return [
        ConfusedShown(
            names.label(one),
            names.style(one),
            names.label(other),
            names.style(other),
            count,
            Filters(kind=Kind.LABEL, label=one, other=other).query(),
        )
        for one, other, count in sorted(pairs, key=lambda pair: (-pair[2], pair))
    ]


LEAST_ODD, ODD_TIMES, MOST_ODD = 3, 1.5, 12


def _odd_ones(rows: Sequence[CubeRow], people: Sequence[Record], names: Names) -> list[OddOneShown]:
    """People with half as many again disagreements of a kind about a label as the mean of all, in a document they read.

    With two people each differs from the other exactly as often: there is no odd one.
    """
    if len(people) < 3:
        return []
    documents = {person["name"]: person["documents"] for person in people}
    counts: Counter[tuple[str, str, str]] = Counter()
    for first, second, kind, label, other, _attribute, count in rows:
        for name in (first, second):
            for each in {label, other} - {""}:
                counts[name, kind, each] += count
    found = []
    for kind, label in sorted({(kind, label) for _, kind, label in counts}):
        rates = {name: counts[name, kind, label] / documents[name] for name in documents}
        usual = sum(rates.values()) / len(rates)
        for name, rate in rates.items():
            if counts[name, kind, label] >= LEAST_ODD and rate >= ODD_TIMES * usual:
                found.append((rate / usual, name, kind, label, counts[name, kind, label]))
    return [
        OddOneShown(
            name=name,
            kind=KINDS[Kind(kind)].title,
            label=names.relation(label) if kind == Kind.RELATION else names.label(label),
            count=count,
            times=f"{times:.1f}",
            query=Filters(one=name, kind=kind, label=label).query(),
        )
        for times, name, kind, label, count in sorted(found, key=lambda each: (-each[0], each[1:]))[:MOST_ODD]
    ]


def _draft(
    result: Record,
    names: Names,
    strings: Sequence[StringShown],
    boundaries: Sequence[BoundaryShown],
    confused: Sequence[ConfusedShown],
) -> Iterator[str]:
    """A paragraph for the meeting, in Markdown."""
    yield "## What we read differently"
    yield ""
    people = counted(len(result["annotators"]), "annotator")
    yield f"{counted(result['documents'], 'document')}, {people}. Where one marks something, another marks the same:"
    yield ""
    for row in result["labels"]:
        if row["overlap_f1"]["value"] is not None:
            place, edges = in_hundred(row["overlap_f1"]["value"]), in_hundred(row["exact_f1"]["value"])
            yield f"- {_plain(names.label(row['label']))}: {place} times in 100, with the same edges {edges}."
    yield ""
    yield from _questions(strings, boundaries, confused)


def _questions(
    strings: Sequence[StringShown], boundaries: Sequence[BoundaryShown], confused: Sequence[ConfusedShown]
) -> Iterator[str]:
    yield "To decide:"
    yield ""
    for pair in confused[:MOST_IN_DRAFT]:
        times = counted(pair.count, "time")
        yield f"- **{_plain(pair.one)} or {_plain(pair.other)}?** The same words got both labels {times}."
    for boundary in [each for each in boundaries if each.can_be_ruled][:MOST_IN_DRAFT]:
        sides = [("start", boundary.start), ("end", boundary.end)]
        where = " and ".join(f"{counted(times, 'time')} at the {side}" for side, times in sides if times)
        yield f"- **Does it include {boundary.name}?** Boundaries differ by that {where} ({_plain(boundary.labels)})."
    for string in strings[:MOST_IN_DRAFT]:
        yield f"- **“{_plain(string.words)}”**: {string.count} disagreements ({string.kinds})."
    if not (strings or boundaries or confused):
        yield "- Nothing occurs more than once."


def _plain(text: str) -> str:
    """Text as it stands, in Markdown: what has a meaning there is escaped."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|~" else sign for sign in text)
