"""Suggestions as compressed JSON. Pure."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from annotator.formats.records import RelationRecord, SpanRecord

Suggested = dict[str, list[dict[str, Any]]]


def pack(
    spans: Sequence[SpanRecord], relations: Sequence[RelationRecord], scores: Mapping[str, float] | None = None
) -> bytes:
    """Return spans, each with its score if it has one, and relations as bytes."""
    known = scores or {}
    scored = [{**span, "score": known[span["id"]]} if span["id"] in known else span for span in spans]
    return pack_records(scored, relations)


def pack_records(spans: Sequence[Mapping[str, Any]], relations: Sequence[Mapping[str, Any]]) -> bytes:
    """Return spans that have their scores already, and relations, as bytes."""
    return zlib.compress(orjson.dumps({"spans": spans, "relations": relations}), 6)


def unpack(packed: bytes) -> Suggested:
    """Return spans and relations.

    >>> unpack(pack([], []))
    {'spans': [], 'relations': []}
    """
    value: Suggested = orjson.loads(zlib.decompress(packed))
    return value
