"""The documents and annotation sets of a release, as they were when it was created."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from annotator.corpus.documents.selectors import batches_of
from annotator.corpus.relabelling.reading import Content, VersionReader
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import replay
from annotator.datasets.exports.output.records import documents_by_key, relations_of_sets, spans_of_sets
from annotator.datasets.releases.contents.source import ReleaseSource
from annotator.datasets.releases.problems import FrozenDataChanged
from annotator.formats.records import DocumentRecord, RelationRecord, SetRecord, SpanRecord
from annotator.platform.garbage import collect_young
from annotator.platform.snapshots import read_snapshot
from annotator.text.digest import text_digest
from projects.models import SchemaVersion
from projects.schema_mapping import read_mapping
from projects.selectors import schema_of


@dataclass(frozen=True)
class FrozenRecord:
    """A document with its frozen sets by name, and the kind of each; sets in `evidence` are not released."""

    document: DocumentRecord
    sets: Mapping[str, SetRecord]
    kinds: Mapping[str, str]
    evidence: frozenset[str]


def read_frozen(source: ReleaseSource, keys: Sequence[int]) -> Iterator[FrozenRecord]:
    """Yield documents in the order of `keys`; raise `FrozenDataChanged` if a text is not the frozen one."""
    for batch in batches_of(keys):
        yield from _read_batch(source, batch)
        collect_young()


def version_reader(source: ReleaseSource) -> VersionReader:
    """Return the reader with the mappings that were in force when the release was created."""
    rows = source.head["origin"].get("read_through_mappings", [])
    if not rows:
        return VersionReader({})
    numbers = {number for row in rows for number in (row["from_version"], row["to_version"])}
    versions = SchemaVersion.objects.filter(project=source.project, number__in=numbers).order_by("id")
    schemas = {version.number: schema_of(version) for version in versions}
    return VersionReader.of_mappings({
        row["from_version"]: (
            read_mapping(row["mapping"], schemas[row["from_version"]], schemas[row["to_version"]]), row["to_version"]
        )
        for row in rows
    })  # fmt: skip


def _read_batch(source: ReleaseSource, keys: Sequence[int]) -> Iterator[FrozenRecord]:
    with read_snapshot():
        heads = _heads(source, keys)
        digests = source.digests(keys)
        documents = documents_by_key(keys)
        contents = contents_of([head for own in heads.values() for head in own])
    reader = version_reader(source)
    for key in keys:
        document = documents[key]
        if text_digest(document["text"]) != digests[key]:
            raise FrozenDataChanged(f"The text of document “{document['id']}” was changed after the release.")
        own = heads.get(key, [])
        yield FrozenRecord(
            document=_with_sorted_meta(document),
            sets={head["name"]: _set_record(*_mapped(reader, head, contents)) for head in own},
            kinds={head["name"]: head["kind"] for head in own},
            evidence=frozenset(head["name"] for head in own if head["is_evidence"]),
        )


def _heads(source: ReleaseSource, keys: Sequence[int]) -> dict[int, list[Mapping[str, Any]]]:
    """Return sets by document, in code point order of their names."""
    heads: dict[int, list[Mapping[str, Any]]] = {}
    for row in sorted(source.heads(keys), key=lambda row: str(row["name"])):
        heads.setdefault(row["document_id"], []).append(row)
    return heads


def contents_of(heads: Sequence[Mapping[str, Any]]) -> dict[int, Content]:
    """Return the content by set: from rows if the revision is current, otherwise from the change log."""
    revisions = {head["annotation_set_id"]: head["revision"] for head in heads}
    rows = AnnotationSet.objects.filter(pk__in=revisions).order_by()
    now = {
        key: (revision, values) for key, revision, values in rows.values_list("id", "revision", "document_attributes")
    }
    same = [key for key, revision in revisions.items() if now[key][0] == revision]
    spans, relations = spans_of_sets(same), relations_of_sets(same)
    contents: dict[int, Content] = {key: (spans[key], relations[key], now[key][1]) for key in same}
    for key, revision in revisions.items():
        if now[key][0] != revision:
            state = replay(AnnotationSet(pk=key), revision=revision).wire()
            for span in state["spans"]:
                span["attributes"] = dict(sorted(span["attributes"].items()))
            contents[key] = state["spans"], state["relations"], state["document_attributes"]
    return contents


def _mapped(
    reader: VersionReader, head: Mapping[str, Any], contents: Mapping[int, Content]
) -> tuple[Mapping[str, Any], Content]:
    """Return a set in the version in which it is released."""
    content = contents[head["annotation_set_id"]]
    read = reader.read(head["schema_version"], *content)
    return (head, content) if read is None else ({**head, "schema_version": read[1]}, read[0])


def _set_record(head: Mapping[str, Any], content: Content) -> SetRecord:
    spans, relations, values = content
    if head["origins"]:
        for span in spans:
            if origin := head["origins"].get(span["id"]):
                span["support"], span["sources"] = {"k": origin["k"], "n": origin["n"]}, origin["sources"]
    record: SetRecord = {
        "spans": sorted(spans, key=_text_order),
        "relations": sorted(relations, key=_relation_order),
        "revision": head["revision"],
        "state": head["state"],
        "schema_version": head["schema_version"],
        "guideline_version": head["guideline_version"],
    }
    if values:  # releases made before documents had attributes keep their bytes
        record["document_attributes"] = dict(sorted(values.items()))
    return record


def _text_order(span: SpanRecord) -> tuple[int, int, str, str]:
    fragments = span["fragments"]
    return fragments[0][0], fragments[-1][1], span["label"], span["id"]


def _relation_order(relation: RelationRecord) -> tuple[str, str, str, str]:
    return relation["label"], relation["from"], relation["to"], relation["id"]


def _with_sorted_meta(document: DocumentRecord) -> DocumentRecord:
    """Return the document with sorted keys of `meta`: each database keeps them in another order."""
    if document["meta"]:
        document["meta"] = orjson.loads(orjson.dumps(document["meta"], option=orjson.OPT_SORT_KEYS))
    return document
