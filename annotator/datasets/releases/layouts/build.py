"""The archive of layout 1: which files it has, in which order they are written, and what stands in them."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

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
from annotator.datasets.exports.output.loss_report import LossReportWriter
from annotator.datasets.exports.output.records import Record
from annotator.datasets.releases.contents.frozen import frozen_documents, read_frozen
from annotator.datasets.releases.contents.rule_versions import RuleVersions, rule_versions_of
from annotator.datasets.releases.contents.split_plan import plan_of
from annotator.datasets.releases.layouts.layout_1 import file_names, manifest
from annotator.datasets.releases.layouts.layout_1.archive_files import ArchiveFiles
from annotator.datasets.releases.layouts.layout_1.card import card
from annotator.datasets.releases.layouts.layout_1.loss_words import NEVER_CARRIED
from annotator.datasets.releases.layouts.layout_1.loss_words import SENTENCES as LOSS_SENTENCES
from annotator.datasets.releases.layouts.layout_1.selection_file import SelectionFile
from annotator.datasets.releases.layouts.layout_1.text_rules import TEXT_RULES
from annotator.datasets.releases.layouts.layout_1.writers import WRITERS
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.splits.requests import SplitPlan
from annotator.datasets.transforms.transformation import exported_schema, transform
from annotator.formats.outgoing import ExportContext, ExportDocument
from annotator.platform.garbage import paused_collector

OnProgress = Callable[[int, int], None]
_LINE = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
EXAMPLE = Path(__file__).with_name("load.py")


@dataclass(frozen=True)
class BuiltArchive:
    """The manifest of a written archive, and the split of each document by its key (empty without splits)."""

    manifest: dict[str, Any]
    split_of: dict[int, str]


@dataclass
class _Build:
    """What the steps of writing an archive share."""

    release: Release
    options: ReleaseOptions
    rules: RuleVersions
    files: ArchiveFiles
    folder: Path
    plan: SplitPlan | None
    keys: dict[str, list[int]]
    advance: Callable[[int], None]
    tallies: dict[str, Tally] = field(default_factory=dict)
    losses: dict[str, dict[str, Any]] = field(default_factory=dict)


class _Progress:
    """Adds up the documents read in several passes."""

    def __init__(self, on_progress: OnProgress, *, total: int) -> None:
        self._on_progress, self._done, self._total = on_progress, 0, total
        on_progress(0, total)

    def advance(self, documents: int) -> None:
        """Add documents that were read."""
        self._done += documents
        self._on_progress(self._done, self._total)


def write_archive(release: Release, target: BinaryIO, *, on_progress: OnProgress) -> BuiltArchive:
    """Write the archive to `target`, a new file; temporary files go to a folder beside it, which is removed."""
    folder = Path(target.name).parent
    with paused_collector(), open_archive_folder(folder) as archive_folder:
        build = _prepare(release, archive_folder, folder, on_progress)
        written = _write_files(build)
        archive_folder.pack(target)
    split_of = {} if build.plan is None else {key: split for split, own in build.keys.items() for key in own}
    return BuiltArchive(written, split_of)


def _prepare(release: Release, archive_folder: ArchiveFolder, folder: Path, on_progress: OnProgress) -> _Build:
    options = ReleaseOptions.from_json(release.options)
    documents = frozen_documents(release)
    passes = 1 + len(options.formats) + (options.splits is not None)
    progress = _Progress(on_progress, total=passes * len(documents))
    plan = plan_of(release, options, [key for _, key in documents], advance=progress.advance)
    keys: dict[str, list[int]] = {name: [] for name in manifest.split_names(plan, options)}
    for name, key in documents:
        keys[file_names.WHOLE if plan is None else plan.split_of[name]].append(key)
    files, rules = ArchiveFiles(archive_folder), rule_versions_of(release)
    return _Build(release, options, rules, files, folder, plan, keys, progress.advance)


def _write_files(build: _Build) -> dict[str, Any]:
    """Write every file and return the manifest."""
    files = build.files
    with tempfile.TemporaryFile(dir=build.folder) as selection, tempfile.TemporaryFile(dir=build.folder) as losses:
        selected = SelectionFile(build.release, build.rules.schemas, selection)
        _write_data(build, selected, losses)
        for key in build.options.formats:
            _write_format(build, key, losses)
        losses.write(b"}\n")
        files.add_file(file_names.SELECTION, selection)
        files.add_file(file_names.LOSSES, losses)
    _write_groups(build)
    _write_rules(build)
    files.add(file_names.EXAMPLE, EXAMPLE.read_bytes())
    content = _manifest(build, selected)
    text = card(content, schema=build.rules.newest_schema, notes=build.options.notes)
    files.add(file_names.CARD, text.encode())
    content["files"] = manifest.files_record(files)
    files.add(file_names.MANIFEST, manifest_bytes(content))
    files.add_checksums()
    return content


def _write_data(build: _Build, selected: SelectionFile, losses: BinaryIO) -> None:
    """Write the complete data, and the selection on the way."""
    for split in build.keys:
        build.tallies[split] = Tally()
        build.files.open(file_names.data_file(split), **manifest.about_file(JSONL, FORMATS[JSONL], split))
    with _loss_report(build, JSONL, losses) as report:
        for split, keys in build.keys.items():
            documents = _read(build, keys, build.options.data, selected=selected, split=split)
            transformed = transform(
                documents, build.options.data.transforms, report, schema=build.rules.newest_schema, rules=TEXT_RULES
            )
            tally = build.tallies[split]
            for entry in tallied(transformed, tally):
                for line in lines_of(entry, build.options.data):
                    build.files.add(file_names.data_file(split), line)
                    tally.lines += 1


def _write_format(build: _Build, key: str, losses: BinaryIO) -> None:
    """Write the data once more in another format, beside the complete data."""
    options = replace(build.options.data, format=key, layout=Layout.DOCUMENT)
    recipe, schema = FORMATS[key], build.rules.newest_schema
    write = WRITERS.get(key, recipe.write)
    if write is None:
        raise ValueError(f"{recipe.name} cannot be written.")
    guideline = build.rules.newest_guideline if options.guideline else ""
    with _loss_report(build, key, losses) as report:
        context = ExportContext(
            exported_schema(schema, options.transforms), report, guideline, options.pair_sentences, rules=TEXT_RULES
        )
        for split, keys in build.keys.items():
            about = manifest.about_file(key, recipe, split)
            path = file_names.format_file(key, split, recipe.endings[0])
            if not recipe.archive:
                build.files.open(path, **about)
            documents = transform(
                _read(build, keys, options), options.transforms, report, schema=schema, rules=TEXT_RULES
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
    selected: SelectionFile | None = None,
    split: str = "",
) -> Iterator[ExportDocument]:
    """Yield documents with their released sets, under the names that the sets have in the release."""
    for record in read_frozen(build.release, keys):
        if selected is not None:
            selected.add(record, split)
        own = {name: content for name, content in record.sets.items() if name not in record.evidence}
        sets = renamed(build.release.project, Record(record.document, own, dict(record.kinds)), options)
        yield ExportDocument(record.document, dict(sets))
        build.advance(1)


@contextmanager
def _loss_report(build: _Build, key: str, losses: BinaryIO) -> Iterator[LossReportWriter]:
    """Provide the loss report of a format, a member of the one object in the file of losses."""
    losses.write((b"," if build.losses else b"{") + orjson.dumps(key) + b":")
    report = LossReportWriter(
        losses,
        format_name=key,
        never_carried=NEVER_CARRIED.get(key, FORMATS[key].lost),
        unit=FORMATS[key].unit,
        sentences=LOSS_SENTENCES,
    )
    yield report
    report.close()
    build.losses[key] = {"all": report.count, "by_what": dict(sorted(report.by_what.items()))}


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


def _manifest(build: _Build, selected: SelectionFile) -> dict[str, Any]:
    """Return the manifest without the card among its files."""
    release, rules = build.release, build.rules
    head = manifest.head(
        name=release.name,
        software=release.software,
        layout=release.layout,
        origin=release.origin,
        options=release.options,
    )
    return head | {
        "counts": manifest.totals_of(build.tallies),
        "splits": manifest.splits_record(build.options, build.plan, build.tallies),
        "annotators": selected.annotators(),
        "agreement": selected.agreement.record(),
        "schema_versions": {str(number): version.sha256 for number, version in rules.schema_versions.items()},
        "guideline_versions": {str(number): version.sha256 for number, version in rules.guideline_versions.items()},
        "losses": build.losses,
        "files": manifest.files_record(build.files),
    }
