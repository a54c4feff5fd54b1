"""Merging of documents with equal texts in a converted file, so that the tasks of one annotator become one set. Pure.

Prodigy writes a task for each question, which may hold a single span of a text; other tools write a record for each
annotator. Only hashes and byte offsets of the file are kept in memory, and the lines of one text at a time.
"""

from collections import Counter
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from annotator.formats.item_counts import ItemCounts, numbers_of


def merge_equal_texts(lines: Path, locations: Path, items: ItemCounts) -> int:
    """Merge the lines of a converted file that have the same text; return how many were merged into earlier ones.

    The first line of a text gives id and title; fields of `meta` come from the first line that has them. Spans that
    occur twice in a set are stored once and counted as repeated.
    """
    groups = _groups(lines)
    merged = sum(len(offsets) - 1 for offsets in groups.values())
    if not merged:
        return 0
    places = locations.read_bytes().splitlines(keepends=True)
    new_lines, new_locations = lines.with_suffix(".merged"), locations.with_suffix(".merged-places")
    with lines.open("rb") as source, new_lines.open("wb") as target, new_locations.open("wb") as place_target:
        for members in groups.values():
            data = _line_at(source, members[0][1])
            if len(members) > 1:
                records = [orjson.loads(_line_at(source, offset)) for _, offset in members]
                data = orjson.dumps(_merge(records, items), option=orjson.OPT_APPEND_NEWLINE)
            target.write(data)
            place_target.write(places[members[0][0]])
    new_lines.replace(lines)
    new_locations.replace(locations)
    items.lose("merged", {"documents": merged})
    return merged


def _groups(lines: Path) -> dict[bytes, list[tuple[int, int]]]:
    """Return number and byte offset of each line, by a hash of its text."""
    groups: dict[bytes, list[tuple[int, int]]] = {}
    offset = 0
    with lines.open("rb") as source:
        for number, data in enumerate(source):
            digest = blake2b(orjson.loads(data)["text"].encode(), digest_size=16).digest()
            groups.setdefault(digest, []).append((number, offset))
            offset += len(data)
    return groups


def _line_at(source: BinaryIO, offset: int) -> bytes:
    source.seek(offset)
    return source.readline()


def _merge(records: list[dict[str, Any]], items: ItemCounts) -> dict[str, Any]:
    first = dict(records[0])
    first["meta"] = {name: value for record in reversed(records) for name, value in record["meta"].items()}
    sets: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        for name, work in record["annotators"].items():
            sets.setdefault(name, []).append(work)
    first["annotators"] = {
        name: works[0] if len(works) == 1 else _merge_sets(works, items) for name, works in sets.items()
    }
    return first


def _merge_sets(works: list[dict[str, Any]], items: ItemCounts) -> dict[str, Any]:
    before = Counter[str]()
    for work in works:
        before += numbers_of(work["spans"], work["relations"], work.get("document_attributes"))
    spans: dict[bytes, dict[str, Any]] = {}
    relations: dict[tuple[str, str, str], dict[str, Any]] = {}
    span_ids, relation_ids = (f"s{number}" for number in count(1)), (f"r{number}" for number in count(1))
    for work in works:
        new_id: dict[Any, str] = {}
        for span in work["spans"]:
            content = orjson.dumps({**span, "id": ""}, option=orjson.OPT_SORT_KEYS)
            if content not in spans:
                spans[content] = {**span, "id": next(span_ids)}
            new_id[span["id"]] = spans[content]["id"]
        for relation in work["relations"]:
            source, target = new_id.get(relation["from"], relation["from"]), new_id.get(relation["to"], relation["to"])
            link = (str(relation["label"]), source, target)
            if link not in relations:
                relations[link] = {**relation, "id": next(relation_ids), "from": source, "to": target}
    kept_spans, kept_relations = list(spans.values()), list(relations.values())
    values: dict[str, Any] = {}
    for work in reversed(works):
        values |= work.get("document_attributes", {})
    others = [name for work in works for name, value in work.get("document_attributes", {}).items()
              if values[name] != value]  # fmt: skip
    items.lose("other_version", {"attributes": len(others)})
    items.lose("repeated", before - numbers_of(kept_spans, kept_relations, values) - Counter(attributes=len(others)))
    return {"spans": kept_spans, "relations": kept_relations} | ({"document_attributes": values} if values else {})
