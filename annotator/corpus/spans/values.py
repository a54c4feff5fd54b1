"""Spans and relations as values, and how they are read from the wire: strict types, bounded sizes. Pure.

The shapes are those of `docs/developers/api.md`, *Saving changes*. Offsets are code points.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from annotator.formats.records import DocumentValue, RelationRecord, SpanRecord, SuggestionRecord

Fragment = tuple[int, int]
Fragments = tuple[Fragment, ...]

MOST_FRAGMENTS = 2_000
MOST_ATTRIBUTES = 50
LONGEST_ID = 64
LONGEST_LABEL = 64
LONGEST_VALUE = 2_000
LONGEST_NOTE = 2_000
LARGEST_OFFSET = 2**31 - 1
LARGEST_NUMBER = 2**53
MOST_CHOICES = 2_000

ORIGINS = ("manual", "imported", "suggested")
LONGEST_SOURCE = 64
LONGEST_VERSION = 150
CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class ChangeError(ValueError):
    """A change that cannot be read or does not fit the state.

    `reason` is a stable name for programs, `pointer` a JSON pointer into the change.
    """

    def __init__(self, reason: str, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.pointer = pointer
        self.detail = detail


@dataclass(frozen=True, slots=True)
class SpanValue:
    """A label on one or more fragments; `attributes` holds only those that are set.

    `suggestion` says which suggestion an annotator accepted.
    """

    id: str
    label: str
    fragments: Fragments
    attributes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    origin: str = "manual"
    suggestion: SuggestionRecord | None = None

    def wire(self) -> SpanRecord:
        """Return the span as on the wire and in the log."""
        record: SpanRecord = {
            "id": self.id,
            "label": self.label,
            "fragments": [list(fragment) for fragment in self.fragments],
            "attributes": dict(self.attributes),
            "note": self.note,
            "origin": self.origin,
        }
        if self.suggestion is not None:
            record["suggestion"] = self.suggestion
        return record


@dataclass(frozen=True, slots=True)
class RelationValue:
    """A labelled, directed link between two spans, by their ids."""

    id: str
    label: str
    source: str
    target: str

    def wire(self) -> RelationRecord:
        """Return the relation as on the wire and in the log."""
        return {"id": self.id, "label": self.label, "from": self.source, "to": self.target}


def read_span(raw: object, pointer: str) -> SpanValue:
    """Read a span; `attributes`, `note`, `origin` and `suggestion` may be left out. Raises `ChangeError`."""
    optional = ("attributes", "note", "origin", "suggestion")
    fields = read_object(raw, pointer, required=("id", "label", "fragments"), optional=optional)
    origin = fields.get("origin", "manual")
    if origin not in ORIGINS:
        raise ChangeError("malformed", f"{pointer}/origin", f"The origin is one of {', '.join(ORIGINS)}.")
    attributes = read_attributes(fields.get("attributes", {}), f"{pointer}/attributes")
    return SpanValue(
        id=read_id(fields["id"], f"{pointer}/id"),
        label=read_id(fields["label"], f"{pointer}/label"),
        fragments=read_fragments(fields["fragments"], f"{pointer}/fragments"),
        attributes={name: value for name, value in attributes.items() if value is not None},
        note=read_note(fields.get("note", ""), f"{pointer}/note"),
        origin=origin,
        suggestion=read_suggestion(fields.get("suggestion"), f"{pointer}/suggestion"),
    )


def read_suggestion(raw: object, pointer: str) -> SuggestionRecord | None:
    """Read which suggestion was accepted: source, version, id, and the score or null. Raises `ChangeError`."""
    if raw is None:
        return None
    fields = read_object(raw, pointer, required=("source", "version", "id"), optional=("score",))
    score = fields.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float) or not isfinite(score)):
        raise ChangeError("malformed", f"{pointer}/score", "This must be a number or null.")
    return {
        "source": _read_text(fields["source"], f"{pointer}/source", longest=LONGEST_SOURCE),
        "version": _read_text(fields["version"], f"{pointer}/version", longest=LONGEST_VERSION),
        "id": read_id(fields["id"], f"{pointer}/id"),
        "score": score,
    }


def read_relation(raw: object, pointer: str) -> RelationValue:
    """Read a relation. Raises `ChangeError`."""
    fields = read_object(raw, pointer, required=("id", "label", "from", "to"))
    source, target = read_id(fields["from"], f"{pointer}/from"), read_id(fields["to"], f"{pointer}/to")
    label = read_id(fields["label"], f"{pointer}/label")
    return RelationValue(id=read_id(fields["id"], f"{pointer}/id"), label=label, source=source, target=target)


def read_object(
    raw: object, pointer: str, *, required: Iterable[str] = (), optional: Iterable[str] = ()
) -> dict[str, Any]:
    """Read an object that has all `required` members and no others than these and the `optional` ones."""
    required = set(required)
    if not isinstance(raw, dict):
        raise ChangeError("malformed", pointer, "This must be an object.")
    if missing := required - raw.keys():
        raise ChangeError("malformed", pointer, f"Missing: {_listed(missing)}.")
    if unknown := raw.keys() - required - set(optional):
        raise ChangeError("malformed", pointer, f"Unknown: {_listed(unknown)}.")
    return raw


def read_id(raw: object, pointer: str) -> str:
    """Read an id or a label: 1 to 64 characters without control characters."""
    if not isinstance(raw, str) or not 1 <= len(raw) <= LONGEST_ID or CONTROL.search(raw):
        detail = f"This must be a string of 1 to {LONGEST_ID} characters without control characters."
        raise ChangeError("malformed", pointer, detail)
    return raw


def read_note(raw: object, pointer: str) -> str:
    """Read a note: any text of at most 2,000 characters."""
    return _read_text(raw, pointer, longest=LONGEST_NOTE)


def read_attributes(raw: object, pointer: str) -> dict[str, str | None]:
    """Read values by name; null stands for an attribute that is not set."""
    if not isinstance(raw, dict) or len(raw) > MOST_ATTRIBUTES:
        raise ChangeError("malformed", pointer, f"This must be an object with at most {MOST_ATTRIBUTES} members.")
    values: dict[str, str | None] = {}
    for name, value in raw.items():
        key = read_id(name, pointer)
        place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        values[key] = None if value is None else _read_text(value, place, longest=LONGEST_VALUE)
    return values


def read_document_attributes(raw: object, pointer: str) -> dict[str, DocumentValue | None]:
    """Read attributes of the document by name: strings, numbers, or lists of choices; null for one that is not set."""
    if not isinstance(raw, dict) or len(raw) > MOST_ATTRIBUTES:
        raise ChangeError("malformed", pointer, f"This must be an object with at most {MOST_ATTRIBUTES} members.")
    values: dict[str, DocumentValue | None] = {}
    for name, value in raw.items():
        key = read_id(name, pointer)
        place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        values[key] = None if value is None else _read_document_value(value, place)
    return values


def _read_document_value(value: object, pointer: str) -> DocumentValue:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not abs(value) <= LARGEST_NUMBER:  # NaN as well
            raise ChangeError("malformed", pointer, "This number is too large.")
        return int(value) if value == int(value) else value
    if isinstance(value, list) and len(value) <= MOST_CHOICES:
        return [read_id(item, f"{pointer}/{index}") for index, item in enumerate(value)]
    return _read_text(value, pointer, longest=LONGEST_VALUE)


def read_fragments(raw: object, pointer: str) -> Fragments:
    """Read fragments: sorted pairs `[start, end)`, none empty, with at least one character between two of them."""
    if not isinstance(raw, list | tuple) or not 1 <= len(raw) <= MOST_FRAGMENTS:
        detail = f"A span has 1 to {MOST_FRAGMENTS:,} fragments, in a list."
        raise ChangeError("malformed", pointer, detail)
    fragments = []
    previous = -1
    for index, item in enumerate(raw):
        start, end = _read_pair(item, f"{pointer}/{index}")
        if start <= previous:
            detail = f"The fragment {start} to {end} is out of order, or touches the one before. Merge or sort them."
            raise ChangeError("fragments", f"{pointer}/{index}", detail)
        fragments.append((start, end))
        previous = end
    return tuple(fragments)


def _read_pair(raw: object, pointer: str) -> Fragment:
    match raw:
        case [int(start), int(end)] if not isinstance(start, bool) and not isinstance(end, bool):
            pass
        case _:
            raise ChangeError("malformed", pointer, "A fragment is a pair of whole numbers: start and end.")
    if not 0 <= start < end <= LARGEST_OFFSET:
        detail = f"The fragment {start} to {end} is empty or reversed; offsets count from 0 and end is exclusive."
        raise ChangeError("fragments", pointer, detail)
    return start, end


def _read_text(raw: object, pointer: str, *, longest: int) -> str:
    if not isinstance(raw, str):
        raise ChangeError("malformed", pointer, "This must be a string.")
    if len(raw) > longest:
        detail = f"This has {len(raw):,} characters; at most {longest:,} are allowed."
        raise ChangeError("malformed", pointer, detail)
    if UNSTORABLE.search(raw):
        raise ChangeError(
            "malformed", pointer, "This contains a NUL or half of a surrogate pair, which cannot be stored."
        )
    return raw


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{str(name)[:64]}”" for name in sorted(names, key=str)[:10])
