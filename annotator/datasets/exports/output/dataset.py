"""Data sets and their manifests; the same data give the same bytes."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from annotator.corpus.documents.selectors import batches_of
from annotator.corpus.spans.exclusions import excluded_counts
from annotator.corpus.spans.models import SetKind
from annotator.datasets.exports.format_registry import FORMATS, JSONL
from annotator.datasets.exports.options import ExportOptions, Layout
from annotator.datasets.exports.output.archive import open_archive_folder
from annotator.datasets.exports.output.loss_report import LossReportWriter
from annotator.datasets.exports.output.records import Record, RecordReader, documents_in_order
from annotator.datasets.transforms.transformation import exported_schema, transform
from annotator.formats.jsonl.write import document_line, set_line
from annotator.formats.outgoing import ExportContext, ExportDocument, LossReport, Piece
from annotator.formats.records import SetRecord, SpanRecord
from annotator.platform.garbage import collect_young, paused_collector
from annotator.platform.shared_files import SharedPath
from projects.models import GuidelineVersion, Project, SchemaVersion
from projects.selectors import current_guideline, current_schema, schema_of

READ_AT_ONCE = 1 << 20
LOSS_LIST = "losses.jsonl.gz"
FORMAT = "span-annotation-jsonl/1"


@dataclass
class Tally:
    """What was written to a file so far."""

    read: int = 0
    documents: int = 0
    windows: int = 0
    lines: int = 0
    size: int = 0
    last: str | None = None
    digest: Any = field(default_factory=hashlib.sha256)
    annotation_sets: Counter[str] = field(default_factory=Counter)
    gold_checks: Counter[str] = field(default_factory=Counter)
    """Sets that check annotators, by purpose: their spans count nowhere."""
    spans: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    schema_versions: set[int] = field(default_factory=set)
    guideline_versions: set[int] = field(default_factory=set)
    read_through: Counter[tuple[int, int]] = field(default_factory=Counter)


def write_dataset(
    project: Project,
    file: BinaryIO,
    losses: LossReportWriter,
    *,
    options: ExportOptions,
    on_progress: Callable[[int, int], None],
) -> Tally:
    """Write all documents to `file`; `on_progress(done, total)` is called after each batch, in documents."""
    with paused_collector():
        return _write_all(project, file, losses, options, on_progress)


def _write_all(
    project: Project,
    file: BinaryIO,
    losses: LossReportWriter,
    options: ExportOptions,
    on_progress: Callable[[int, int], None],
) -> Tally:
    tally = Tally()
    documents = export_documents(project, options, tally, on_progress)
    pieces = pieces_of(project, documents, options, losses, tally)
    if FORMATS[options.format].archive:
        _write_archive(file, pieces, tally)
    else:
        for _, data in pieces:
            _write(file, data, tally)
    return tally


def export_documents(
    project: Project,
    options: ExportOptions,
    tally: Tally,
    on_progress: Callable[[int, int], None],
    *,
    at_most: int | None = None,
) -> Iterator[ExportDocument]:
    """Yield the documents in order, each with its sets in the order of their names in the export."""
    chosen_sets: dict[str, Any] = {"sets": options.sets, "gold_checks": options.gold_checks}
    keys = documents_in_order(project, **chosen_sets)
    if options.documents is not None:
        chosen = set(options.documents)
        keys = [key for key in keys if key in chosen]
    keys = keys[:at_most]
    on_progress(0, len(keys))
    reader = RecordReader(project, **chosen_sets)
    done = 0
    for batch in batches_of(keys):
        for record in reader.read(batch):
            # Sets may be reopened after the documents were listed and before this batch is read.
            if record.sets:
                tally.read += 1
                tally.read_through.update(record.read_through)
                yield ExportDocument(record.document, dict(renamed(project, record, options)))
        done += len(batch)
        on_progress(done, len(keys))
        collect_young()


def pieces_of(
    project: Project, documents: Iterable[ExportDocument], options: ExportOptions, losses: LossReport, tally: Tally
) -> Iterator[Piece]:
    """Yield what is written of documents after the transforms of the options; contents are counted on the way."""
    schema = schema_of(current_schema(project)).definition
    transformed = tallied(transform(documents, options.transforms, losses, schema=schema), tally)
    recipe = FORMATS[options.format]
    if recipe.write is None:
        raise ValueError(f"{recipe.name} cannot be written.")
    guideline = current_guideline(project).text if options.guideline else ""
    context = ExportContext(
        exported_schema(schema, options.transforms),
        losses,
        guideline,
        options.pair_sentences,
        line_per_set=options.layout == Layout.SET,
        escape_formulas=options.escape_formulas,
    )
    return recipe.write(transformed, context)


def renamed(project: Project, record: Record, options: ExportOptions) -> list[tuple[str, SetRecord]]:
    """Return the sets of a document by their names in the export, sorted; pseudonyms replace names if requested."""
    if not options.pseudonyms:
        return sorted(record.sets.items())
    names = {
        name: name if record.kinds[name] == SetKind.ADJUDICATED else pseudonym(project, name) for name in record.sets
    }
    return sorted((names[name], _with_pseudonyms(project, content)) for name, content in record.sets.items())


def _with_pseudonyms(project: Project, record: SetRecord) -> SetRecord:
    """Return a set with pseudonyms for the sources of its spans."""
    if not any("sources" in span for span in record["spans"]):
        return record
    spans: list[SpanRecord] = [
        {**span, "sources": sorted(pseudonym(project, name) for name in span.get("sources", ()))}
        for span in record["spans"]
    ]
    return {**record, "spans": spans}


def pseudonym(project: Project, name: str) -> str:
    """Return a name that is stable within a project and does not identify the annotator."""
    return "annotator-" + hmac.digest(project.seed.encode(), name.encode(), "sha256").hex()[:10]


def tallied(documents: Iterable[ExportDocument], tally: Tally) -> Iterator[ExportDocument]:
    """Yield documents unchanged and count them."""
    for entry in documents:
        identifier = entry.document.get("document", entry.document["id"])
        tally.documents += identifier != tally.last
        tally.windows += "window" in entry.document
        tally.last = identifier
        for name, content in entry.sets.items():
            if purpose := content.get("purpose"):
                tally.gold_checks[purpose] += 1
            else:
                tally.annotation_sets[name] += 1
                tally.spans.update([span["label"] for span in content["spans"]])
                tally.relations.update([relation["label"] for relation in content["relations"]])
            tally.schema_versions.add(content["schema_version"])
            tally.guideline_versions.add(content["guideline_version"])
        yield entry


def _write(file: BinaryIO, data: bytes, tally: Tally) -> None:
    file.write(data)
    tally.digest.update(data)
    tally.size += len(data)
    tally.lines += data.count(b"\n")


def _write_archive(file: BinaryIO, pieces: Iterable[Piece], tally: Tally) -> None:
    """Write an archive; its checksum is computed afterwards, because its headers are written last."""
    with open_archive_folder(Path(file.name).parent) as folder:
        for name, data in pieces:
            folder.add(name, data)
        folder.pack(file)
    file.flush()
    with Path(file.name).open("rb") as written:
        while piece := written.read(READ_AT_ONCE):
            tally.digest.update(piece)
            tally.size += len(piece)


def lines_of(entry: ExportDocument, options: ExportOptions) -> Iterator[bytes]:
    """Yield the lines of a document in the layout of the options."""
    if options.layout == Layout.DOCUMENT:
        yield document_line(entry.document, entry.sets)
    else:
        for name in sorted(entry.sets):
            yield set_line(entry.document, name, entry.sets[name])


def make_manifest(
    project: Project, tally: Tally, losses: LossReportWriter, *, options: ExportOptions, file_name: str
) -> dict[str, Any]:
    """Return the manifest of an export: counts, versions, checksum, unit of the offsets, losses."""
    schemas = SchemaVersion.objects.filter(project=project, number__in=tally.schema_versions).order_by("number", "id")
    guidelines = GuidelineVersion.objects.filter(project=project, number__in=tally.guideline_versions)
    data = {"file": file_name, "bytes": tally.size, "sha256": tally.digest.hexdigest()}
    return {
        "format": FORMAT if options.format == JSONL else options.format,
        "project": {"slug": project.slug, "name": project.name},
        "options": options.as_json(),
        "offsets": {"unit": FORMATS[options.format].unit, "start": "inclusive", "end": "exclusive"},
        "data": data if FORMATS[options.format].archive else data | {"lines": tally.lines},
        "losses": {
            "file": f"{file_name}.losses.json",
            "details": f"{file_name}.{LOSS_LIST}",
            "all": losses.count,
            "by_what": dict(sorted(losses.by_what.items())),
        },
        "documents": tally.documents,
        "documents_without_such_sets": project.documents.count() - tally.read,
        "documents_left_out": tally.read - tally.documents,
        **_excluded(project),
        **read_through_record(tally.read_through),
        **({"windows": tally.windows} if tally.windows else {}),
        "annotation_sets": dict(sorted(tally.annotation_sets.items())),
        **({"gold_checks": dict(sorted(tally.gold_checks.items()))} if tally.gold_checks else {}),
        "spans": {"all": tally.spans.total(), "by_label": dict(sorted(tally.spans.items()))},
        "relations": {"all": tally.relations.total(), "by_label": dict(sorted(tally.relations.items()))},
        "schema_versions": {str(row.number): row.sha256 for row in schemas},
        "guideline_versions": {str(row.number): row.sha256 for row in guidelines.order_by("number", "id")},
    }


def read_through_record(counts: Mapping[tuple[int, int], int]) -> dict[str, Any]:
    """Return how many sets were read through a mapping between schema versions; nothing when none was."""
    rows = [{"from_version": old, "to_version": new, "annotation_sets": n} for (old, new), n in sorted(counts.items())]
    return {"read_through_mapping": rows} if rows else {}


def _excluded(project: Project) -> dict[str, Any]:
    """Return what a lead has excluded, or has not approved yet; nothing when nothing is left out."""
    counts = excluded_counts(project)
    return {"excluded": asdict(counts)} if counts.any else {}


def manifest_bytes(manifest: dict[str, Any]) -> bytes:
    """Return a manifest as the bytes of its file."""
    return orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def data_path(directory: SharedPath) -> SharedPath:
    """Return the path of the data of an export, in any format."""
    return directory / "data.jsonl"


def losses_path(directory: SharedPath) -> SharedPath:
    """Return the path of the loss report of an export."""
    return directory / "losses.json"


def loss_list_path(directory: SharedPath) -> SharedPath:
    """Return the path of the list of all losses of an export."""
    return directory / LOSS_LIST


def manifest_path(directory: SharedPath) -> SharedPath:
    """Return the path of the manifest of an export."""
    return directory / "manifest.json"
