"""What the pages show of a stored report: figures as text, names as the schema has them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotator.agreement import wording
from annotator.agreement.alignment import Kind
from annotator.agreement.filters import Filters
from annotator.agreement.wording import Shown, shown
from annotator.corpus.spans.markup import label_classes
from projects.schema import Schema

Record = dict[str, Any]


@dataclass(frozen=True)
class LabelShown:
    """A label with its sentences and figures."""

    id: str
    name: str
    style: str
    spans: int
    sentence: str
    chance: str
    cautions: list[str]
    overlap: Shown
    exact: Shown
    alpha_tokens: Shown
    alpha_code_points: Shown
    query: str


@dataclass(frozen=True)
class CountsShown:
    """F1 of a pair, a label of a pair, or a relation; `query` leads to the disagreements behind it."""

    name: str
    style: str
    first_count: int
    second_count: int
    overlap: Shown
    exact: Shown
    query: str


@dataclass(frozen=True)
class RelationShown(CountsShown):
    """A relation, with F1 of what was drawn between spans that both marked; None in reports from before."""

    shared_overlap: Shown | None
    shared_exact: Shown | None


@dataclass(frozen=True)
class PairShown:
    """Two annotators."""

    first: str
    second: str
    documents: int
    counts: CountsShown
    unlabelled: Shown
    labels: list[CountsShown]


@dataclass(frozen=True)
class MatrixRow:
    """One annotator against each other, with what leads to the disagreements; None where two share no document."""

    name: str
    cells: list[tuple[Shown, str] | None]


@dataclass(frozen=True)
class AttributeShown:
    """An attribute on identical spans."""

    label: str
    style: str
    name: str
    matched: int
    observed: Shown
    kappa: Shown
    query: str


@dataclass(frozen=True)
class ReportShown:
    """A whole report."""

    documents: int
    annotators: list[Record]
    left_out: str
    mixed: str
    labels: list[LabelShown]
    spans: int
    overlap: Shown
    exact: Shown
    unlabelled: Shown
    alpha_tokens: Shown
    pairs: list[PairShown]
    names: list[str]
    matrix: list[MatrixRow]
    attributes: list[AttributeShown]
    relations: list[RelationShown]


class Names:
    """Names and looks of labels; what the schema does not know keeps its id."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def label(self, label: str) -> str:
        """What people call a label."""
        known = self._schema.labels.get(label)
        return known.name if known else label

    def style(self, label: str) -> str:
        """The classes that give a label its colour and its pattern."""
        return label_classes(self._schema, label)

    def relation(self, label: str) -> str:
        """What people call a relation."""
        known = self._schema.relations.get(label)
        return known.name if known else label

    def attribute(self, label: str, name: str) -> str:
        """What people call an attribute of a label."""
        known = self._schema.labels.get(label)
        attribute = known.attributes.get(name) if known else None
        return attribute.name if attribute else name


def report_shown(result: Record, schema: Schema) -> ReportShown:
    """Make a stored result ready to be read."""
    names = Names(schema)
    overall, annotators = result["overall"], result["annotators"]
    people = [annotator["name"] for annotator in annotators]
    return ReportShown(
        documents=result["documents"],
        annotators=annotators,
        left_out=wording.left_out_sentence(result["left_out"]),
        mixed=wording.mixed_sentence(result.get("mixed_versions"), label_name=names.label),
        labels=[_label(row, names, result) for row in result["labels"]],
        spans=overall["spans"],
        overlap=shown(overall["overlap_f1"]),
        exact=shown(overall["exact_f1"]),
        unlabelled=shown(overall["unlabelled_f1"]),
        alpha_tokens=shown(overall["alpha_tokens"]),
        pairs=[_pair(row, names) for row in result["pairs"]],
        names=people,
        matrix=_matrix(people, result["pairs"]),
        attributes=[_attribute(row, names) for row in result["attributes"]],
        relations=[_relation(row, names) for row in result["relations"]],
    )


def _relation(row: Record, names: Names) -> RelationShown:
    drawn = _counts(row, names.relation(row["label"]), "", Filters(kind=Kind.RELATION, label=row["label"]))
    overlap, exact = (shown(row[name]) if name in row else None for name in ("shared_overlap_f1", "shared_exact_f1"))
    return RelationShown(**vars(drawn), shared_overlap=overlap, shared_exact=exact)


def _label(row: Record, names: Names, result: Record) -> LabelShown:
    name = names.label(row["label"])
    defined = row["overlap_f1"]["value"] is not None
    return LabelShown(
        id=row["label"],
        name=name,
        style=names.style(row["label"]),
        spans=row["spans"],
        sentence=wording.label_sentence(row, result, name=name),
        chance=wording.chance_sentence(row) if defined else "",
        cautions=[
            *wording.cautions(row, documents=result["documents"]),
            *wording.covering_sentences(result.get("covering", []), row, name=name),
        ],
        overlap=shown(row["overlap_f1"]),
        exact=shown(row["exact_f1"]),
        alpha_tokens=shown(row["alpha_tokens"]),
        alpha_code_points=shown(row["alpha_code_points"]),
        query=Filters(label=row["label"]).query(),
    )


def _counts(row: Record, name: str, style: str, filters: Filters) -> CountsShown:
    return CountsShown(
        name,
        style,
        row["first_count"],
        row["second_count"],
        shown(row["overlap_f1"]),
        shown(row["exact_f1"]),
        filters.query(),
    )


def counts_by_label(rows: Sequence[Record], names: Names, filters: Filters) -> list[CountsShown]:
    """Figures of each label, leading to the disagreements of these people about it."""
    return [
        _counts(each, names.label(each["label"]), names.style(each["label"]), replace(filters, label=each["label"]))
        for each in rows
    ]


def counts_of_all(row: Record, filters: Filters) -> CountsShown:
    """Figures of all labels together."""
    return _counts(row, "", "", filters)


def _pair(row: Record, names: Names) -> PairShown:
    filters = Filters(one=row["first"], another=row["second"])
    return PairShown(
        first=row["first"],
        second=row["second"],
        documents=row["documents"],
        counts=counts_of_all(row["overall"], filters),
        unlabelled=shown(row["unlabelled_f1"]),
        labels=counts_by_label(row["labels"], names, filters),
    )


def _matrix(people: Sequence[str], pairs: Sequence[Record]) -> list[MatrixRow]:
    """Same-place F1 of everybody with everybody."""
    cells: Mapping[frozenset[str], tuple[Shown, str]] = {
        frozenset((pair["first"], pair["second"])): (
            shown(pair["overall"]["overlap_f1"]),
            Filters(one=pair["first"], another=pair["second"]).query(),
        )
        for pair in pairs
    }
    return [MatrixRow(one, [cells.get(frozenset((one, other))) for other in people]) for one in people]


def _attribute(row: Record, names: Names) -> AttributeShown:
    return AttributeShown(
        label=names.label(row["label"]),
        style=names.style(row["label"]),
        name=names.attribute(row["label"], row["attribute"]),
        matched=row["matched"],
        observed=shown(row["observed"]),
        kappa=shown(row["kappa"]),
        query=Filters(kind=Kind.ATTRIBUTE, label=row["label"], attribute=row["attribute"]).query(),
    )
