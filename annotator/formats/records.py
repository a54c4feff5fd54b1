"""Documents, annotation sets, spans and relations as JSON. Offsets are code points."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

MOST_SPANS = 50_000
"""The most spans that one annotation set holds."""

DocumentValue = str | int | float | list[str]
"""A value of an attribute of the document; a list for several choices."""


class Support(TypedDict):
    """The number of annotators who support something: `k` of `n`."""

    k: int
    n: int


class SuggestionRecord(TypedDict):
    """The suggestion that a span was accepted from."""

    source: str
    version: str
    id: str
    score: float | None


class SpanRecord(TypedDict):
    """A span; `fragments` are sorted `[start, end]` pairs that neither touch nor overlap.

    Spans of adjudicated sets and of a consensus have their support and the annotators who support them; those that an
    annotator accepted have the suggestion.
    """

    id: str
    label: str
    fragments: Sequence[Sequence[int]]
    attributes: Mapping[str, str]
    note: str
    origin: str
    support: NotRequired[Support]
    sources: NotRequired[Sequence[str]]
    suggestion: NotRequired[SuggestionRecord]


# "from" is a keyword of Python, hence the call.
RelationRecord = TypedDict(
    "RelationRecord",
    {
        "id": str,
        "label": str,
        "from": str,
        "to": str,
        "support": NotRequired[Support],
        "sources": NotRequired[Sequence[str]],
    },
)


class SetRecord(TypedDict):
    """One annotation set; a missing `state` or version is unknown.

    `document_attributes` is left out where the author has set none. A consensus is `made_of` sets: their revisions by
    exported name. A set that checks or trains its annotator has a `purpose`; it is no data.
    """

    spans: Sequence[SpanRecord]
    relations: Sequence[RelationRecord]
    revision: NotRequired[int]
    state: NotRequired[str]
    schema_version: NotRequired[int]
    guideline_version: NotRequired[int]
    made_of: NotRequired[Mapping[str, int]]
    document_attributes: NotRequired[Mapping[str, DocumentValue]]
    purpose: NotRequired[str]


class DocumentRecord(TypedDict):
    """One document; `meta` is any JSON object.

    A window is a document of its own, with the id of its `document`, its location there (`window`, in offsets of that
    document), and the part of its text without the context (`focus`, in its own offsets).
    """

    id: str
    title: str
    text: str
    sha256: str
    meta: Mapping[str, object]
    document: NotRequired[str]
    window: NotRequired[Sequence[int]]
    focus: NotRequired[Sequence[int]]
