"""The shapes that readers give and writers take. Offsets are code points."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class SpanShape(TypedDict):
    """A span as on the wire; `fragments` are sorted `[start, end]` pairs that neither touch nor overlap."""

    id: str
    label: str
    fragments: Sequence[Sequence[int]]
    attributes: Mapping[str, str]
    note: str
    origin: str


# "from" is a word of Python, hence the call.
RelationShape = TypedDict("RelationShape", {"id": str, "label": str, "from": str, "to": str})


class SetRecord(TypedDict):
    """One annotation set as it leaves; a missing `state` or version means that it is not known."""

    spans: Sequence[SpanShape]
    relations: Sequence[RelationShape]
    revision: NotRequired[int]
    state: NotRequired[str]
    schema_version: NotRequired[int]
    guideline_version: NotRequired[int]


class DocumentRecord(TypedDict):
    """One document as it leaves; `meta` is any JSON object."""

    id: str
    title: str
    text: str
    sha256: str
    meta: Mapping[str, object]
