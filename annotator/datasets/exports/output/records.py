"""Reading annotation sets and their documents from the database, in batches of constant size."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet

from annotator.corpus.documents.models import Document
from annotator.corpus.relabelling.reading import Content, VersionReader
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, Relation, SetKind, Span
from annotator.corpus.spans.services import ADJUDICATED_NAME
from annotator.datasets.exports.options import Sets
from annotator.formats.records import DocumentRecord, RelationRecord, SetRecord, SpanRecord
from annotator.platform.bulk_rows import read_groups, read_rows, table_of
from annotator.platform.prepared import PreparedQuery, among, many
from annotator.platform.snapshots import read_snapshot
from projects.models import Project

DOCUMENTS = table_of(Document, "id external_id title text sha256 meta")
SPANS = table_of(Span, "id uid label start end fragments attributes note origin suggestion")
SPAN_UIDS = table_of(Span, "id uid")
RELATIONS = table_of(Relation, "annotation_set_id uid label source_id target_id")
_SUGGESTION = itemgetter(-1)
_HEAD = (
    "id",
    "document_id",
    "name",
    "annotator__username",
    "member__username",
    "kind",
    "revision",
    "state",
    "schema_version__number",
    "guideline_version__number",
    "document_attributes",
    "purpose",
)


# The same few combinations of attributes recur: parsing each text once halves the time of an export.
@lru_cache(maxsize=4096)
def _parse(attributes: str) -> dict[str, str]:
    """Return attributes sorted by name; each database keeps them in another order."""
    return dict(sorted(orjson.loads(attributes).items()))


@dataclass(frozen=True)
class Record:
    """A document with its exported sets by name, and the kind of each set."""

    document: DocumentRecord
    sets: dict[str, SetRecord]
    kinds: dict[str, str]
    read_through: tuple[tuple[int, int], ...] = ()
    """For each set that was read through a mapping: its version and the one it is read in, by number."""


def documents_in_order(project: Project, *, sets: Sets, gold_checks: bool = False) -> list[int]:
    """Return the keys of the documents that have a set to export, in code point order of their external ids.

    The order is Python's, so that it does not depend on the collation of the database.
    """
    # From the sets to their documents: the other way round the database looks through all sets for each document.
    rows = sets_to_export(project, sets=sets, gold_checks=gold_checks).order_by("document_id")
    pairs = sorted(rows.values_list("document__external_id", "document_id").distinct())
    return [key for _, key in pairs]


def sets_to_export(project: Project, *, sets: Sets, gold_checks: bool = False) -> QuerySet[AnnotationSet]:
    """Return the sets of a project that an export takes, out of those that are finished."""
    condition = lifecycle.exported_sets()
    if gold_checks:
        condition |= lifecycle.checking_sets()
    finished = AnnotationSet.objects.filter(condition, document__project=project)
    if sets == Sets.EACH:
        finished = finished.filter(kind__in=lifecycle.INDEPENDENT_KINDS)
    elif sets == Sets.ADJUDICATED:
        finished = finished.filter(kind=SetKind.ADJUDICATED)
    elif sets == Sets.MODELS:
        finished = finished.filter(lifecycle.model_sets())
    else:
        finished = finished.exclude(lifecycle.model_sets())
    return finished.order_by("id")


class RecordReader:
    """Reads documents of a project with the sets that one export takes."""

    def __init__(self, project: Project, *, sets: Sets, gold_checks: bool = False) -> None:
        self._project = project
        self._heads = PreparedQuery(
            lambda: (
                sets_to_export(project, sets=sets, gold_checks=gold_checks)
                .filter(document_id__in=among("documents", "bigint"))
                .order_by("document_id", "name", "id")
                .values_list(*_HEAD)
            )
        )

    def read(self, keys: list[int]) -> Iterator[Record]:
        """Yield documents in the order of `keys`, each set complete and at one revision."""
        with read_snapshot():
            rows = self._heads.all(documents=many(keys))
            heads = {row[0]: dict(zip(_HEAD, row, strict=True)) for row in rows}
            spans, relations = spans_of_sets(list(heads)), relations_of_sets(list(heads))
            _add_support([set_id for set_id, head in heads.items() if head["kind"] == SetKind.ADJUDICATED], spans)
            documents = documents_by_key(keys)
            reader = VersionReader.of(self._project)
        by_document: dict[int, list[int]] = defaultdict(list)
        for set_id, head in heads.items():
            by_document[head["document_id"]].append(set_id)
        for key in keys:
            own = [heads[set_id] for set_id in by_document[key]]
            yield _record(documents[key], own, spans, relations, reader)


def _record(
    document: DocumentRecord,
    heads: Sequence[Mapping[str, Any]],
    spans: Mapping[int, list[SpanRecord]],
    relations: Mapping[int, list[RelationRecord]],
    reader: VersionReader,
) -> Record:
    """Return a document with its sets, each read in the version in which it is exported."""
    by_key = {head["id"]: head for head in heads}
    records, kinds, read_through = {}, {}, []
    for name, set_id in sorted_by_author(heads):
        head = by_key[set_id]
        content: Content = (spans[set_id], relations[set_id], head["document_attributes"])
        version = head["schema_version__number"]
        mapped = reader.read(version, *content)
        if mapped is not None:
            content, new_version = mapped
            read_through.append((version, new_version))
            version = new_version
        records[name] = _set_record(head, version, content)
        kinds[name] = head["kind"]
    return Record(document=document, sets=records, kinds=kinds, read_through=tuple(read_through))


def sorted_by_author(heads: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return name and key of the sets of one document, in order of the names under which they are exported.

    That is the user name of the author, also of an outside name that is linked; a set keeps its own name where another
    set has that user name.
    """
    own_names = [head["name"] for head in heads]
    names = []
    for head in heads:
        author = head["annotator__username"] or head["member__username"] or head["name"]
        is_free = author not in own_names and author != ADJUDICATED_NAME
        names.append((author if is_free else head["name"], head["id"]))
    return sorted(names) if [name for name, _ in names] != own_names else names


def documents_by_key(keys: Sequence[int]) -> dict[int, DocumentRecord]:
    """Return documents by their keys."""
    with connection.cursor() as cursor:
        return {
            key: {"id": external_id, "title": title, "text": text, "sha256": sha256, "meta": json.loads(meta)}
            for key, external_id, title, text, sha256, meta in read_rows(cursor, DOCUMENTS, by="id", keys=keys)
        }


def spans_of_sets(set_ids: Sequence[int]) -> dict[int, list[SpanRecord]]:
    """Return the spans of sets as they are now, by the key of the set, in the order in which they were added."""
    spans: dict[int, list[SpanRecord]] = defaultdict(list)
    with connection.cursor() as cursor:
        for set_id, rows in read_groups(cursor, SPANS, by="annotation_set_id", keys=set_ids):
            records: list[SpanRecord] = [
                {
                    "id": uid,
                    "label": label,
                    "fragments": orjson.loads(fragments) if fragments else [[start, end]],
                    "attributes": _parse(attributes),
                    "note": note,
                    "origin": origin,
                }
                for _, uid, label, start, end, fragments, attributes, note, origin, _ in rows
            ]
            if any(map(_SUGGESTION, rows)):
                for record, row in zip(records, rows, strict=True):
                    if suggestion := _SUGGESTION(row):
                        record["suggestion"] = orjson.loads(suggestion)
            spans[set_id] = records
    return spans


def relations_of_sets(set_ids: Sequence[int]) -> dict[int, list[RelationRecord]]:
    """Return the relations of sets as they are now, by the key of the set."""
    relations: dict[int, list[RelationRecord]] = defaultdict(list)
    with connection.cursor() as cursor:
        rows = list(read_rows(cursor, RELATIONS, by="annotation_set_id", keys=set_ids))
        keys = sorted({key for row in rows for key in row[3:]})
        uids: dict[int, str] = dict(read_rows(cursor, SPAN_UIDS, by="id", keys=keys))
    for set_id, uid, label, source, target in rows:
        relations[set_id].append({"id": uid, "label": label, "from": uids[source], "to": uids[target]})
    return relations


def _add_support(set_ids: list[int], spans: dict[int, list[SpanRecord]]) -> None:
    """Add to adjudicated spans how many of how many annotators had exactly this span, and who."""
    if not set_ids:
        return
    # Agreement and its arrays come with it, which most exports do not need.
    from annotator.adjudication.selectors import origins_of

    origins = origins_of(set_ids)
    for set_id in set_ids:
        for span in spans[set_id]:
            origin = origins.get((set_id, span["id"]))
            if origin is not None:
                span["support"] = {"k": origin["support"], "n": origin["of"]}
                span["sources"] = sorted(origin["sources"])


def _set_record(head: Mapping[str, Any], schema_version: int, content: Content) -> SetRecord:
    spans, relations, values = content
    record: SetRecord = {
        "spans": spans,
        "relations": relations,
        "revision": head["revision"],
        "state": head["state"],
        "schema_version": schema_version,
        "guideline_version": head["guideline_version__number"],
    }
    if values:
        record["document_attributes"] = dict(sorted(values.items()))
    if head["purpose"]:
        record["purpose"] = head["purpose"]
    return record
