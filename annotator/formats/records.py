"""The shapes that readers give and writers take. Offsets are code points."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class Support(TypedDict):
    """How many annotators stand behind something: `k` of `n`."""

    k: int
    n: int


class SpanRecord(TypedDict):
    """A span as on the wire; `fragments` are sorted `[start, end]` pairs that neither touch nor overlap.

    Spans of settled sets and of a consensus carry their support, and who stands behind them.
    """

    id: str
    label: str
    fragments: Sequence[Sequence[int]]
    attributes: Mapping[str, str]
    note: str
    origin: str
    support: NotRequired[Support]
    sources: NotRequired[Sequence[str]]


# "from" is a word of Python, hence the call.
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
    """One annotation set as it leaves; a missing `state` or version means that it is not known.

    A consensus is `made_of` sets, by the name each leaves under with its revision.
    """

    spans: Sequence[SpanRecord]
    relations: Sequence[RelationRecord]
    revision: NotRequired[int]
    state: NotRequired[str]
    schema_version: NotRequired[int]
    guideline_version: NotRequired[int]
    made_of: NotRequired[Mapping[str, int]]


class DocumentRecord(TypedDict):
    """One document as it leaves; `meta` is any JSON object.

    A window is a document of its own; it says of which `document` it is, from where to where (`window`, in the offsets
    of that document), and which part of its own text it is about (`focus`, in its own offsets) beside the context.
    """

    id: str
    title: str
    text: str
    sha256: str
    meta: Mapping[str, object]
    document: NotRequired[str]
    window: NotRequired[Sequence[int]]
    focus: NotRequired[Sequence[int]]
