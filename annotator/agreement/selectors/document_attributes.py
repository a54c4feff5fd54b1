"""Agreement on attributes of the document: what annotators of the same document answered, attribute by attribute."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import orjson

from annotator.agreement.selectors.sets import sets_in_scope
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.exclusions import AUTHOR
from annotator.formats.records import DocumentValue
from annotator.measures.figures import Figure, Undefined
from annotator.measures.krippendorff import MISSING, alpha_nominal
from projects.models import Project
from projects.schema import Attribute, describe_value
from projects.selectors import current_schema, schema_of

MOST_LISTED = 100
Answers = Mapping[int, Mapping[str, DocumentValue]]
"""What each annotator answered, by document."""


@dataclass(frozen=True)
class DifferingDocument:
    """A document whose annotators answered differently: each answer with who gave it, in words."""

    document_id: int
    title: str
    answers: list[tuple[str, str]]


@dataclass(frozen=True)
class AttributeAgreement:
    """Agreement on one attribute of the document, over the documents that two or more annotators answered."""

    attribute: Attribute
    documents: int
    observed: Figure
    alpha: Figure
    differing: int
    listed: list[DifferingDocument]


def document_attribute_agreement(project: Project) -> list[AttributeAgreement]:
    """Return the agreement on each attribute of the document, in the order of the schema.

    Alpha is nominal; several choices are one value, and an attribute without a value is missing.
    """
    attributes = schema_of(current_schema(project)).document_attributes
    if not attributes:
        return []
    answered: dict[str, dict[int, dict[str, DocumentValue]]] = {name: defaultdict(dict) for name in attributes}
    rows = sets_in_scope(project).exclude(document_attributes={})
    for document_id, author, values in rows.values_list("document_id", AUTHOR, "document_attributes"):
        for name, value in values.items():
            if name in answered:
                answered[name][document_id][author] = value
    return [_agreement(attribute, answered[name]) for name, attribute in attributes.items()]


def _agreement(attribute: Attribute, answered: Answers) -> AttributeAgreement:
    answers = {key: own for key, own in sorted(answered.items()) if len(own) > 1}
    differing = [key for key, own in answers.items() if len(set(map(_key, own.values()))) > 1]
    listed = differing[:MOST_LISTED]
    rows = Document.objects.filter(pk__in=listed).order_by("id").values_list("pk", "title", "external_id")
    titles = {key: title or external_id for key, title, external_id in rows}
    return AttributeAgreement(
        attribute=attribute,
        documents=len(answers),
        observed=_observed(answers),
        alpha=_alpha(answers),
        differing=len(differing),
        listed=[DifferingDocument(key, titles[key], list(_in_words(attribute, answers[key]))) for key in listed],
    )


def _in_words(attribute: Attribute, own: Mapping[str, DocumentValue]) -> Iterator[tuple[str, str]]:
    for name, value in sorted(own.items()):
        yield name, describe_value(attribute, value)


def _key(value: DocumentValue) -> bytes:
    return orjson.dumps(sorted(value) if isinstance(value, list) else value)


def _observed(answers: Answers) -> Figure:
    """Return the share of pairs of annotators of one document who gave the same answer."""
    pairs = [first == second for own in answers.values() for first, second in combinations(map(_key, own.values()), 2)]
    return Figure(sum(pairs) / len(pairs)) if pairs else Figure.without_value(Undefined.NO_PAIRS)


def _alpha(answers: Answers) -> Figure:
    if not answers:
        return Figure.without_value(Undefined.NO_PAIRS)
    codes: dict[bytes, int] = {}
    columns = max(map(len, answers.values()))
    values = np.full((len(answers), columns), MISSING, dtype=np.int64)
    for row, own in enumerate(answers.values()):
        for column, (_name, value) in enumerate(sorted(own.items())):
            values[row, column] = codes.setdefault(_key(value), len(codes))
    return alpha_nominal(values)
