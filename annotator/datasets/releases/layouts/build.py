"""Building the archive of a release from the parts of its layout: in which order its files are written, and by what.

What differs between layouts is in `LayoutParts`; a change here that moves a byte of an existing layout fails its tests
(`tests/unit/datasets/releases/test_layout_1.py`).
"""

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import orjson

from annotator.datasets.exports.format_registry import FORMATS, JSONL
from annotator.datasets.exports.options import ExportOptions, Layout
from annotator.datasets.exports.output.archive import ArchiveFolder, open_archive_folder
from annotator.datasets.exports.output.dataset import (
    Tally,
    lines_of,
    manifest_bytes,
    renamed,
    tallied,
)
from annotator.datasets.exports.output.records import Record
from annotator.datasets.releases.contents.frozen import FrozenRecord, read_frozen
from annotator.datasets.releases.contents.rule_versions import RuleVersions
from annotator.datasets.releases.contents.source import ReleaseSource
from annotator.datasets.releases.contents.split_plan import plan_of
from annotator.datasets.releases.layouts.layout_1 import file_names, manifest
from annotator.datasets.releases.layouts.layout_1.agreement import AgreementCount
from annotator.datasets.releases.layouts.layout_1.archive_files import ArchiveFiles
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.splits.requests import SplitPlan
from annotator.datasets.transforms.transformation import exported_schema, transform
from annotator.formats.outgoing import ExportContext, ExportDocument, LossReport, Piece
from annotator.platform.garbage import paused_collector
from annotator.text.rules import TextRules
from projects.schema import Schema

OnProgress = Callable[[int, int], None]
WriteDocuments = Callable[[Iterable[ExportDocument], ExportContext], Iterator[Piece]]
_LINE = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
EXAMPLE = Path(__file__).parent / "layout_1" / "load.py"


@dataclass(frozen=True)
class BuiltArchive:
    """The manifest and the card of a written archive, and the split of each document by its key."""

    manifest: dict[str, Any]
    split_of: dict[int, str]
    card: str


class LossFiles(Protocol):
    """The files of an archive with what its formats cannot carry."""

    def report(self, key: str, *, lost: Sequence[str], unit: str) -> AbstractContextManager[LossReport]:
        """Provide the report of a format; `lost` is what it never carries, in sentences."""

    def close(self, files: ArchiveFiles) -> None:
        """Add the files to the archive."""

    @property
    def summary(self) -> dict[str, dict[str, Any]]:
        """What the manifest says, by format."""


class Selected(Protocol):
    """The file that lists documents and sets; counts annotators and agreement on the way."""

    agreement: AgreementCount
    blind: Collection[str]

    def add(self, record: FrozenRecord, split: str) -> None:
        """Write the line of a document."""

    def annotators(self) -> dict[str, Any]:
        """Return what the manifest says of annotators."""

    def name_of(self, record: FrozenRecord, name: str) -> str:
        """Return the name under which a set is released."""


class LedgerLines(Protocol):
    """The ledger of a release."""

    def write(self) -> Iterator[bytes]:
        """Yield the lines of its file."""

    def other_files(self, options: ReleaseOptions) -> Mapping[str, Callable[[bytes | None], bytes]]:
        """Return the further files by name, each with how it has a line of the ledger; for None, its beginning."""

    def record(self) -> dict[str, Any]:
        """Return what the manifest says of it, once its lines are written."""


@dataclass(frozen=True)
class LayoutParts:
    """What a layout decides: rules for texts, writers, and the words of losses, manifest and card.

    `writers` replaces those of `FORMATS` by key. `finish` returns the manifest of the layout from the common one.
    `ledger` is the name of the file of the ledger and makes its lines; None in layouts without one.
    """

    rules: TextRules
    writers: Mapping[str, WriteDocuments]
    open_losses: Callable[[Path], AbstractContextManager[LossFiles]]
    select: Callable[[ReleaseSource, Mapping[int, Schema], BinaryIO], Selected]
    finish: Callable[[dict[str, Any], ReleaseOptions], dict[str, Any]]
    card: Callable[..., str]
    ledger: tuple[str, Callable[..., LedgerLines]] | None = None


@dataclass
class _Build:
    """What the steps of writing an archive share."""

    source: ReleaseSource
    options: ReleaseOptions
    rules: RuleVersions
    files: ArchiveFiles
    folder: Path
    plan: SplitPlan | None
    keys: dict[str, list[int]]
    advance: Callable[[int], None]
    parts: LayoutParts
    losses: LossFiles
    tallies: dict[str, Tally] = field(default_factory=dict)


class _Progress:
    """Adds up the documents read in several passes."""

    def __init__(self, on_progress: OnProgress, *, total: int) -> None:
        self._on_progress, self._done, self._total = on_progress, 0, total
        on_progress(0, total)

    def advance(self, documents: int) -> None:
        """Add documents that were read."""
        self._done += documents
        self._on_progress(self._done, self._total)


def write_archive(
    source: ReleaseSource, target: BinaryIO, *, parts: LayoutParts, on_progress: OnProgress
) -> BuiltArchive:
    """Write the archive to `target`, a new file; temporary files go to a folder beside it, which is removed."""
    folder = Path(target.name).parent
    with (
        paused_collector(),
        open_archive_folder(folder) as archive_folder,
        parts.open_losses(folder) as losses,
    ):
        build = _prepare(source, archive_folder, folder, on_progress, (parts, losses))
        written, text = _write_files(build)
        archive_folder.pack(target)
    split_of = {} if build.plan is None else {key: split for split, own in build.keys.items() for key in own}
    return BuiltArchive(written, split_of, text)


def _prepare(
    source: ReleaseSource,
    archive_folder: ArchiveFolder,
    folder: Path,
    on_progress: OnProgress,
    layout: tuple[LayoutParts, LossFiles],
) -> _Build:
    options = ReleaseOptions.from_json(source.head["options"])
    documents = source.documents()
    passes = 1 + len(options.formats) + (options.splits is not None) + options.ledger
    progress = _Progress(on_progress, total=passes * len(documents))
    plan = plan_of(source, options, [key for _, key in documents], advance=progress.advance)
    keys: dict[str, list[int]] = {name: [] for name in manifest.split_names(plan, options)}
    for name, key in documents:
        keys[file_names.WHOLE if plan is None else plan.split_of[name]].append(key)
    files, rules = ArchiveFiles(archive_folder), source.versions()
    return _Build(source, options, rules, files, folder, plan, keys, progress.advance, *layout)


def _write_files(build: _Build) -> tuple[dict[str, Any], str]:
    """Write every file and return manifest and card."""
    files = build.files
    with tempfile.TemporaryFile(dir=build.folder) as selection:
        selected = build.parts.select(build.source, build.rules.schemas, selection)
        selected.blind = frozenset(build.plan.blind or ()) if build.plan is not None else frozenset()
        _write_data(build, selected)
        for key in build.options.formats:
            _write_format(build, key)
        files.add_file(file_names.SELECTION, selection)
        ledger = _write_ledger(build, selected)
        build.losses.close(files)
    _write_groups(build)
    _write_rules(build)
    files.add(file_names.EXAMPLE, EXAMPLE.read_bytes())
    content = build.parts.finish(ledger | _manifest(build, selected), build.options)
    text = build.parts.card(content, schema=build.rules.newest_schema, notes=build.options.notes)
    files.add(file_names.CARD, text.encode())
    content["files"] = manifest.files_record(files)
    files.add(file_names.MANIFEST, manifest_bytes(content))
    files.add_checksums()
    return content, text


def _write_data(build: _Build, selected: Selected) -> None:
    """Write the complete data, and the selection on the way."""
    for split in build.keys:
        build.tallies[split] = Tally()
        build.files.open(file_names.data_file(split), **manifest.about_file(JSONL, FORMATS[JSONL], split))
    with build.losses.report(JSONL, lost=FORMATS[JSONL].lost, unit=FORMATS[JSONL].unit) as report:
        for split, keys in build.keys.items():
            documents = _read(build, keys, build.options.data, selected=selected, split=split)
            transforms, schema = build.options.data.transforms, build.rules.newest_schema
            transformed = transform(documents, transforms, report, schema=schema, rules=build.parts.rules)
            tally = build.tallies[split]
            for entry in tallied(transformed, tally):
                for line in lines_of(entry, build.options.data):
                    build.files.add(file_names.data_file(split), line)
                    tally.lines += 1


def _write_format(build: _Build, key: str) -> None:
    """Write the data once more in another format, beside the complete data."""
    options = replace(build.options.data, format=key, layout=Layout.DOCUMENT)
    recipe, schema = FORMATS[key], build.rules.newest_schema
    write = build.parts.writers.get(key, recipe.write)
    if write is None:
        raise ValueError(f"{recipe.name} cannot be written.")
    guideline = build.rules.newest_guideline if options.guideline else ""
    with build.losses.report(key, lost=recipe.lost, unit=recipe.unit) as report:
        context = ExportContext(
            exported_schema(schema, options.transforms),
            report,
            guideline,
            options.pair_sentences,
            rules=build.parts.rules,
        )
        for split, keys in build.keys.items():
            about = manifest.about_file(key, recipe, split)
            path = file_names.format_file(key, split, recipe.endings[0])
            if not recipe.archive:
                build.files.open(path, **about)
            documents = transform(
                _read(build, keys, options), options.transforms, report, schema=schema, rules=build.parts.rules
            )
            for member, data in write(documents, context):
                name = file_names.format_member(key, split, member) if recipe.archive else path
                if recipe.archive and name not in build.files.members:
                    build.files.open(name, **about)
                build.files.add(name, data)


def _read(
    build: _Build,
    keys: Sequence[int],
    options: ExportOptions,
    *,
    selected: Selected | None = None,
    split: str = "",
) -> Iterator[ExportDocument]:
    """Yield documents with their released sets, under the names that the sets have in the release."""
    for record in read_frozen(build.source, keys):
        if selected is not None:
            selected.add(record, split)
        own = {name: content for name, content in record.sets.items() if name not in record.evidence}
        sets = renamed(build.source.project, Record(record.document, own, dict(record.kinds)), options)
        yield ExportDocument(record.document, dict(sets))
        build.advance(1)


def _write_ledger(build: _Build, selected: Selected) -> dict[str, Any]:
    """Write the ledger if the release has one; return what the manifest says of it."""
    if not build.options.ledger or build.parts.ledger is None:
        return {}
    name, make = build.parts.ledger
    plan = build.plan
    with tempfile.TemporaryFile(dir=build.folder) as spool:
        ledger = make(
            build.source,
            build.options.data,
            name_of=selected.name_of,
            split_of=lambda document: file_names.WHOLE if plan is None else plan.split_of[document],
            advance=build.advance,
            spool=spool,
        )
        build.files.open(name)
        others = ledger.other_files(build.options)
        for other, written in others.items():
            build.files.open(other)
            build.files.add(other, written(None))
        for line in ledger.write():
            build.files.add(name, line)
            for other, written in others.items():
                build.files.add(other, written(line))
    return {"ledger": ledger.record()}


def _write_groups(build: _Build) -> None:
    if build.plan is not None:
        build.files.open(file_names.GROUPS)
        for group in build.plan.groups:
            line = {
                "documents": group.members,
                "together_by": group.reasons,
                "split": build.plan.split_of[group.members[0]],
            }
            build.files.add(file_names.GROUPS, orjson.dumps(line, option=_LINE))


def _write_rules(build: _Build) -> None:
    """Write schema and guidelines: the newest version used at the top, earlier versions in a folder."""
    rules = build.rules
    for number, version in rules.schema_versions.items():
        newest = number == max(rules.schema_versions)
        name = file_names.SCHEMA if newest else file_names.older_schema(number)
        build.files.add(name, orjson.dumps(version.definition, option=_LINE | orjson.OPT_INDENT_2))
    for number, guideline in rules.guideline_versions.items():
        newest = number == max(rules.guideline_versions)
        name = file_names.GUIDELINE if newest else file_names.older_guideline(number)
        build.files.open(name)
        build.files.add(name, guideline.text.encode())


def _manifest(build: _Build, selected: Selected) -> dict[str, Any]:
    """Return the manifest without the card among its files."""
    rules = build.rules
    head = manifest.head(**build.source.head)
    return head | {
        "counts": manifest.totals_of(build.tallies),
        "splits": manifest.splits_record(build.options, build.plan, build.tallies),
        "annotators": selected.annotators(),
        "agreement": selected.agreement.record(),
        "schema_versions": {str(number): version.sha256 for number, version in rules.schema_versions.items()},
        "guideline_versions": {str(number): version.sha256 for number, version in rules.guideline_versions.items()},
        "losses": build.losses.summary,
        "files": manifest.files_record(build.files),
    }
