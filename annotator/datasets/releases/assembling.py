"""Making the archive of a release out of what is frozen: the same bytes each time, on every database."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from annotator.datasets.exports.formats import FORMATS, JSONL
from annotator.datasets.exports.losses import LossReportWriter
from annotator.datasets.exports.options import ExportOptions, Layout
from annotator.datasets.exports.packing import opened_parcel
from annotator.datasets.exports.records import Record
from annotator.datasets.exports.writing import Tally, counted, lines_of, manifest_bytes, renamed
from annotator.datasets.releases import layout, manifest
from annotator.datasets.releases.bundle import Bundle
from annotator.datasets.releases.card import card
from annotator.datasets.releases.frozen import frozen_documents, read_frozen
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.options import ReleaseOptions, parse_release
from annotator.datasets.releases.rules import Rules, rules_of
from annotator.datasets.releases.splitting import plan_of
from annotator.datasets.releases.witness import Witness
from annotator.datasets.splits.requests import SplitPlan
from annotator.datasets.training.shaping import schema_left, shaped
from annotator.formats.outgoing import ExportContext, ExportDocument
from annotator.platform.garbage import paused_collector

OnProgress = Callable[[int, int], None]
_LINE = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
EXAMPLE = Path(__file__).with_name("example") / "load.py"


@dataclass(frozen=True)
class Assembled:
    """What came of it: the manifest, and the split of each document by its key (empty without splits)."""

    manifest: dict[str, Any]
    split_of: dict[int, str]


@dataclass
class _Work:
    """Everything that the steps share."""

    release: Release
    options: ReleaseOptions
    rules: Rules
    bundle: Bundle
    folder: Path
    plan: SplitPlan | None
    keys: dict[str, list[int]]
    advance: Callable[[int], None]
    tallies: dict[str, Tally] = field(default_factory=dict)
    losses: dict[str, dict[str, Any]] = field(default_factory=dict)


def assemble(release: Release, target: BinaryIO, *, on_progress: OnProgress) -> Assembled:
    """Write the archive to `target`, a new file; what is in between lies in a folder beside it, which vanishes."""
    folder = Path(target.name).parent
    with paused_collector(), opened_parcel(folder) as parcel:
        options = parse_release(release.options)
        documents = frozen_documents(release)
        passes = 1 + len(options.formats) + (options.splits is not None)
        progress = _Progress(on_progress, total=passes * len(documents))
        plan = plan_of(release, options, [key for _, key in documents], advance=progress.advance)
        keys: dict[str, list[int]] = {name: [] for name in manifest.split_names(plan, options)}
        for name, key in documents:
            keys[layout.WHOLE if plan is None else plan.split_of[name]].append(key)
        bundle = Bundle(parcel)
        work = _Work(release, options, rules_of(release), bundle, folder, plan, keys, progress.advance)
        made = _write_everything(work)
        parcel.pack(target)
    split_of = {} if plan is None else {key: split for split, own in keys.items() for key in own}
    return Assembled(made, split_of)


class _Progress:
    """Adds up the documents read in several passes."""

    def __init__(self, on_progress: OnProgress, *, total: int) -> None:
        self._on_progress, self._done, self._total = on_progress, 0, total
        on_progress(0, total)

    def advance(self, documents: int) -> None:
        """Note that so many more have been read."""
        self._done += documents
        self._on_progress(self._done, self._total)


def _write_everything(work: _Work) -> dict[str, Any]:
    with tempfile.TemporaryFile(dir=work.folder) as selection, tempfile.TemporaryFile(dir=work.folder) as losses:
        seen = Witness(work.release, work.rules.schemas, selection)
        _write_data(work, seen, losses)
        for key in work.options.formats:
            _write_shape(work, key, losses)
        losses.write(b"}\n")
        work.bundle.add_file(layout.SELECTION, selection)
        work.bundle.add_file(layout.LOSSES, losses)
    _write_groups(work)
    _write_rules(work)
    work.bundle.add(layout.EXAMPLE, EXAMPLE.read_bytes())
    about = _about(work, seen)
    text = card(about, schema=work.rules.newest_schema, notes=work.options.notes)
    work.bundle.add(layout.CARD, text.encode())
    about["files"] = manifest.files_record(work.bundle)
    work.bundle.add(layout.MANIFEST, manifest_bytes(about))
    work.bundle.add_checksums()
    return about


def _write_data(work: _Work, seen: Witness, losses: BinaryIO) -> None:
    """Write the complete data, and look at every set on the way."""
    for split in work.keys:
        work.tallies[split] = Tally()
        name = layout.data_file(split)
        work.bundle.open(name, **manifest.about_shape(JSONL, FORMATS[JSONL], split))
    with _book(work, JSONL, losses) as book:
        for split, keys in work.keys.items():
            read = _read(work, keys, work.options.data, seen=seen, split=split)
            entry = shaped(read, work.options.data.shaping, book, schema=work.rules.newest_schema)
            tally = work.tallies[split]
            for one in counted(entry, tally):
                for line in lines_of(one, work.options.data):
                    work.bundle.add(layout.data_file(split), line)
                    tally.lines += 1


def _write_shape(work: _Work, key: str, losses: BinaryIO) -> None:
    """Write another shape of the data beside the complete one."""
    options = replace(work.options.data, format=key, layout=Layout.DOCUMENT)
    recipe = FORMATS[key]
    if recipe.write is None:
        raise ValueError(f"{recipe.name} cannot be written.")
    with _book(work, key, losses) as book:
        for split, keys in work.keys.items():
            about = manifest.about_shape(key, recipe, split)
            only = layout.shape_file(key, split, recipe.endings[0])
            if not recipe.archive:
                work.bundle.open(only, **about)
            entry = shaped(_read(work, keys, options), options.shaping, book, schema=work.rules.newest_schema)
            left = schema_left(work.rules.newest_schema, options.shaping)
            guideline = work.rules.newest_guideline if options.guideline else ""
            context = ExportContext(left, book, guideline, options.pair_sentences)
            for member, data in recipe.write(entry, context):
                name = layout.shape_member(key, split, member) if recipe.archive else only
                if recipe.archive and name not in work.bundle.members:
                    work.bundle.open(name, **about)
                work.bundle.add(name, data)


def _read(
    work: _Work, keys: Sequence[int], options: ExportOptions, *, seen: Witness | None = None, split: str = ""
) -> Iterator[ExportDocument]:
    """Yield documents with the sets that leave, under the names that they leave under."""
    for record in read_frozen(work.release, keys):
        if seen is not None:
            seen.look(record, split)
        own = {name: one for name, one in record.sets.items() if name not in record.evidence}
        entry = renamed(work.release.project, Record(record.document, own, dict(record.kinds)), options)
        yield ExportDocument(record.document, dict(entry))
        work.advance(1)


@contextmanager
def _book(work: _Work, key: str, losses: BinaryIO) -> Iterator[LossReportWriter]:
    """Give the book of losses of a shape, a member of the one object in the file of losses."""
    losses.write((b"," if work.losses else b"{") + orjson.dumps(key) + b":")
    book = LossReportWriter(losses, format_name=key, always=FORMATS[key].lost, unit=FORMATS[key].unit)
    yield book
    book.close()
    work.losses[key] = {"all": book.count, "by_what": dict(sorted(book.by_what.items()))}


def _write_groups(work: _Work) -> None:
    if work.plan is not None:
        work.bundle.open(layout.GROUPS)
        for group in work.plan.groups:
            line = {
                "documents": group.members,
                "together_by": group.reasons,
                "split": work.plan.split_of[group.members[0]],
            }
            work.bundle.add(layout.GROUPS, orjson.dumps(line, option=_LINE))


def _write_rules(work: _Work) -> None:
    """Write schema and guidelines: the newest version used as a file to begin with, the others beside it."""
    rules = work.rules
    for number, version in rules.schema_versions.items():
        name = layout.SCHEMA if number == max(rules.schema_versions) else layout.older_schema(number)
        work.bundle.add(name, orjson.dumps(version.definition, option=_LINE | orjson.OPT_INDENT_2))
    for number, guideline in rules.guideline_versions.items():
        name = layout.GUIDELINE if number == max(rules.guideline_versions) else layout.older_guideline(number)
        work.bundle.open(name)
        work.bundle.add(name, guideline.text.encode())


def _about(work: _Work, seen: Witness) -> dict[str, Any]:
    """Return the manifest but for what can be known only in the end."""
    release, rules = work.release, work.rules
    head = manifest.head(
        name=release.name,
        software=release.software,
        layout=release.layout,
        origin=release.origin,
        options=release.options,
    )
    return head | {
        "counts": manifest.totals_of(work.tallies),
        "splits": manifest.splits_record(work.options, work.plan, work.tallies),
        "annotators": seen.annotators(),
        "agreement": seen.agreement.record(),
        "schema_versions": {str(number): version.sha256 for number, version in rules.schema_versions.items()},
        "guideline_versions": {str(number): version.sha256 for number, version in rules.guideline_versions.items()},
        "losses": work.losses,
        "files": manifest.files_record(work.bundle),
    }
