"""Writing a data set and its manifest: the same data gives the same bytes."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from annotator.datasets.options import ExportOptions, Layout
from annotator.datasets.records import Record, documents_in_order, read_records
from annotator.interchange.jsonl_writing import document_line, set_line
from annotator.spans.models import SetKind
from projects.models import GuidelineVersion, Project, SchemaVersion

BATCH = 200
FORMAT = "span-annotation-jsonl/1"


@dataclass
class Tally:
    """What went into a file so far."""

    documents: int = 0
    lines: int = 0
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    annotation_sets: Counter[str] = field(default_factory=Counter)
    spans: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    schema_versions: set[int] = field(default_factory=set)
    guideline_versions: set[int] = field(default_factory=set)


def write_dataset(
    project: Project, file: BinaryIO, *, options: ExportOptions, on_progress: Callable[[int, int], None]
) -> Tally:
    """Write all lines to `file`; `on_progress(done, total)` is called after each batch, in documents."""
    keys = documents_in_order(project, sets=options.sets)
    tally = Tally()
    on_progress(0, len(keys))
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        for record in read_records(project, batch, sets=options.sets):
            _write_record(project, record, file, options, tally)
        on_progress(start + len(batch), len(keys))
    return tally


def _write_record(project: Project, record: Record, file: BinaryIO, options: ExportOptions, tally: Tally) -> None:
    if not record.sets:
        # Reopened between the choice of documents and the reading of this batch.
        return
    renamed = {_name(project, name, record.kinds[name], options): one for name, one in sorted(record.sets.items())}
    tally.documents += 1
    for name, one in renamed.items():
        tally.annotation_sets[name] += 1
        tally.spans.update(span["label"] for span in one["spans"])
        tally.relations.update(relation["label"] for relation in one["relations"])
        tally.schema_versions.add(one["schema_version"])
        tally.guideline_versions.add(one["guideline_version"])
    for line in _lines(record, renamed, options):
        file.write(line)
        tally.digest.update(line)
        tally.size += len(line)
        tally.lines += 1


def _lines(record: Record, renamed: dict[str, Any], options: ExportOptions) -> Iterator[bytes]:
    if options.layout == Layout.DOCUMENT:
        yield document_line(record.document, renamed)
    else:
        for name in sorted(renamed):
            yield set_line(record.document, name, renamed[name])


def _name(project: Project, name: str, kind: str, options: ExportOptions) -> str:
    """The name a set leaves under; a pseudonym is stable within a project and says nothing about the person."""
    if not options.pseudonyms or kind == SetKind.ADJUDICATED:
        return name
    return "annotator-" + hmac.digest(project.seed.encode(), name.encode(), "sha256").hex()[:10]


def make_manifest(project: Project, tally: Tally, *, options: ExportOptions, file_name: str) -> dict[str, Any]:
    """Return what is to be known about the file beside it: counts, versions, checksum, unit of the offsets."""
    schemas = SchemaVersion.objects.filter(project=project, number__in=tally.schema_versions).order_by("number", "id")
    guidelines = GuidelineVersion.objects.filter(project=project, number__in=tally.guideline_versions)
    return {
        "format": FORMAT,
        "project": {"slug": project.slug, "name": project.name},
        "options": options.as_json(),
        "offsets": {"unit": "unicode-code-point", "start": "inclusive", "end": "exclusive"},
        "data": {"file": file_name, "bytes": tally.size, "lines": tally.lines, "sha256": tally.digest.hexdigest()},
        "documents": tally.documents,
        "documents_without_such_sets": project.documents.count() - tally.documents,
        "annotation_sets": dict(sorted(tally.annotation_sets.items())),
        "spans": {"all": tally.spans.total(), "by_label": dict(sorted(tally.spans.items()))},
        "relations": {"all": tally.relations.total(), "by_label": dict(sorted(tally.relations.items()))},
        "schema_versions": {str(row.number): row.sha256 for row in schemas},
        "guideline_versions": {str(row.number): row.sha256 for row in guidelines.order_by("number", "id")},
    }


def manifest_bytes(manifest: dict[str, Any]) -> bytes:
    """Return a manifest as it stands in its file."""
    return orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def data_path(directory: Path) -> Path:
    """Where the lines of an export lie."""
    return directory / "data.jsonl"


def manifest_path(directory: Path) -> Path:
    """Where the manifest of an export lies."""
    return directory / "manifest.json"
