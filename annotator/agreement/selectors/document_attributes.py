"""Agreement on attributes of the document: what annotators of the same document answered, attribute by attribute."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import orjson
from django.db.models import F, Q

from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS
from annotator.agreement.models import AgreementReport, ReportedSet
from annotator.agreement.reports.label_figures import ReportFigure
from annotator.agreement.reports.report import Answer, DifferingAnswers, DocumentAttributeFigures
from annotator.agreement.selectors.mappings import ReportMappings
from annotator.agreement.selectors.sets import sets_in_scope
from annotator.corpus.authors import AUTHOR
from annotator.corpus.spans.models import AnnotationSet, Change
from annotator.formats.records import DocumentValue
from annotator.measures import bootstrap
from annotator.measures.figures import Figure, Undefined
from annotator.measures.jackknife import studentised
from annotator.measures.krippendorff import Coincidences
from annotator.platform.snapshots import read_snapshot
from projects.models import Project
from projects.schema import Attribute, describe_value
from projects.schema_mapping import SchemaMapping, Unmapped
from projects.selectors import current_schema, mapping_of, schema_of

MOST_LISTED = 100
MOST_CELLS = 5_000_000
"""Documents times different values; with more, alpha has no interval."""
Answers = Mapping[int, Mapping[str, DocumentValue]]
"""What each annotator answered, by document."""


class _AnsweredSet(NamedTuple):
    """The answers of a set, as it has them, and the mappings through which they are read."""

    document_id: int
    author: str
    values: Mapping[str, DocumentValue | None]
    mappings: Sequence[SchemaMapping]


def document_attribute_agreement(project: Project) -> tuple[DocumentAttributeFigures, ...]:
    """Return the agreement on each attribute of the document as it is now, in the order of the schema.

    Alpha is nominal; several choices are one value, and an attribute without a value is missing.
    """
    attributes = schema_of(current_schema(project)).document_attributes
    if not attributes:
        return ()
    steps = _Steps(ReportMappings.in_force(project))
    rows = sets_in_scope(project).exclude(document_attributes={})
    columns = ("document_id", AUTHOR, "document_attributes", "schema_version_id")
    answered = rows.values_list(*columns)
    return _figures(
        attributes, (_AnsweredSet(key, name, values, steps.of(version)) for key, name, values, version in answered)
    )


def reported_document_attributes(report: AgreementReport) -> tuple[DocumentAttributeFigures, ...] | None:
    """Return the agreement on each attribute of the document in the sets of a report, at their revisions then.

    None when the schema has no such attributes.
    """
    attributes = schema_of(current_schema(report.project)).document_attributes
    return _figures(attributes, _reported_sets(report)) if attributes else None


class _Steps:
    """The mappings through which sets of each schema version are read, looked up once."""

    def __init__(self, mappings: ReportMappings) -> None:
        self._mappings = mappings
        self._known: dict[int, list[SchemaMapping]] = {}

    def of(self, version: int) -> list[SchemaMapping]:
        if version not in self._known:
            self._known[version] = [mapping_of(step) for step in self._mappings.path(version)]
        return self._known[version]


def _reported_sets(report: AgreementReport) -> list[_AnsweredSet]:
    mappings = ReportMappings.of(report)
    steps, is_unchanged = _Steps(mappings), Q(revision=F("annotation_set__revision"))
    rows = ReportedSet.objects.filter(report=report).exclude(is_unchanged & Q(annotation_set__document_attributes={}))
    of_set = ("document_id", "document_attributes", "schema_version_id", "revision")
    columns = ("annotation_set_id", "author", "revision", *(f"annotation_set__{column}" for column in of_set))
    answered = []
    with read_snapshot():
        found = list(rows.order_by("id").values_list(*columns))
        earlier = _answers_at({key: revision for key, _author, revision, *_rest, now in found if revision != now})
    for key, author, revision, document_id, values, version, now in found:
        if revision == now:
            answered.append(_AnsweredSet(document_id, author, values, steps.of(version)))
        else:
            changed = AnnotationSet(pk=key, schema_version_id=version)
            read_through = mappings.mappings_at(changed, revision)
            answered.append(_AnsweredSet(document_id, author, values | earlier.get(key, {}), read_through))
    return answered


def _answers_at(revisions: Mapping[int, int]) -> dict[int, dict[str, DocumentValue | None]]:
    """Return what attributes of the document were at earlier revisions of sets, as far as they have changed since."""
    earlier: dict[int, dict[str, DocumentValue | None]] = defaultdict(dict)
    entries = Change.objects.filter(annotation_set__in=list(revisions), kind="update_span", payload__span_id="")
    columns = ("annotation_set_id", "revision", "payload")
    for set_id, revision, payload in entries.order_by("annotation_set_id", "-revision").values_list(*columns):
        if revision > revisions[set_id]:
            earlier[set_id].update(payload["before"]["attributes"])
    return earlier


def _figures(
    attributes: Mapping[str, Attribute], answered_sets: Iterable[_AnsweredSet]
) -> tuple[DocumentAttributeFigures, ...]:
    answered: dict[str, dict[int, dict[str, DocumentValue]]] = {name: defaultdict(dict) for name in attributes}
    for row in answered_sets:
        for name, value in _mapped(row).items():
            if name in answered:
                answered[name][row.document_id][row.author] = value
    return tuple(_agreement(attribute, answered[name]) for name, attribute in attributes.items())


def _mapped(row: _AnsweredSet) -> Mapping[str, DocumentValue]:
    """Return the answers of a set read through its mappings; as they are when one has no place there."""
    given = {name: value for name, value in row.values.items() if value is not None}
    for mapping in row.mappings:
        try:
            given = mapping.map_document(given)
        except Unmapped:
            break
    return given


def _agreement(attribute: Attribute, answered: Answers) -> DocumentAttributeFigures:
    answers = {key: own for key, own in sorted(answered.items()) if len(own) > 1}
    counts = [_coincidences(own) for own in answers.values()]
    differing = [key for key, own in answers.items() if len(set(map(_key, own.values()))) > 1]
    total = sum(counts, Coincidences())
    has_interval = len(counts) >= MINIMUM_DOCUMENTS and len(counts) * len(total.margins) <= MOST_CELLS
    return DocumentAttributeFigures(
        attribute=attribute.id,
        name=attribute.name,
        documents=len(answers),
        same_value=_same_value(answers),
        alpha=ReportFigure.of(
            total.alpha if counts else Figure.without_value(Undefined.NO_PAIRS),
            studentised(bootstrap.alpha_rows(counts), bootstrap.alpha) if has_interval else None,
        ),
        differing=len(differing),
        listed=tuple(
            DifferingAnswers(key, tuple(_in_words(attribute, answers[key]))) for key in differing[:MOST_LISTED]
        ),
    )


def _in_words(attribute: Attribute, own: Mapping[str, DocumentValue]) -> Iterator[Answer]:
    for name, value in sorted(own.items()):
        yield Answer(name, describe_value(attribute, value))


def _key(value: DocumentValue) -> bytes:
    return orjson.dumps(sorted(value) if isinstance(value, list) else value)


def _coincidences(own: Mapping[str, DocumentValue]) -> Coincidences:
    """Return what a document contributes to alpha; its annotators are one item's values."""
    margins: Counter[Hashable] = Counter(map(_key, own.values()))
    agreeing = sum(count * (count - 1) for count in margins.values()) / (len(own) - 1)
    return Coincidences(1, len(own), agreeing, dict(margins))


def _same_value(answers: Answers) -> ReportFigure:
    """Return the share of pairs of annotators of one document who gave the same answer."""
    rows = []
    for own in answers.values():
        pairs = [first == second for first, second in combinations(map(_key, own.values()), 2)]
        rows.append((2 * len(pairs), sum(pairs)))
    if not rows:
        return ReportFigure.of(Figure.without_value(Undefined.NO_PAIRS))
    sums = np.asarray(rows, dtype=np.float64)
    share = float(bootstrap.f1(sums.sum(axis=0, keepdims=True))[0])
    has_interval = len(rows) >= MINIMUM_DOCUMENTS
    return ReportFigure.of(Figure(share), studentised(sums, bootstrap.f1, least=0.0) if has_interval else None)
