"""The archive of layout 2: the parts with which it is built."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import orjson

from annotator.corpus.spans.models import SetKind
from annotator.datasets.exports.output.loss_report import LossReportWriter
from annotator.datasets.releases.contents.frozen import FrozenRecord
from annotator.datasets.releases.contents.source import ReleaseSource
from annotator.datasets.releases.layouts.build import BuiltArchive, LayoutParts
from annotator.datasets.releases.layouts.build import write_archive as write_parts
from annotator.datasets.releases.layouts.layout_1.archive_files import ArchiveFiles
from annotator.datasets.releases.layouts.layout_1.file_names import LOSSES
from annotator.datasets.releases.layouts.layout_1.selection_file import SelectionFile
from annotator.datasets.releases.layouts.layout_2.card import card
from annotator.datasets.releases.layouts.layout_2.ledger_file import LEDGER, LedgerFile
from annotator.datasets.releases.layouts.layout_2.loss_words import NEVER_CARRIED, SENTENCES
from annotator.datasets.releases.options import ReleaseOptions
from annotator.text.rules import PRESENT_RULES
from projects.schema import Schema

EVERY_LOSS = "losses.jsonl"
"""Members of an archive are not compressed: what compression gives depends on the version of its library."""
_PEOPLE = (SetKind.ANNOTATOR, SetKind.IMPORTED)


class _LossFiles:
    """A report by format and reason with examples, and a file with every loss beside it."""

    def __init__(self, details: BinaryIO) -> None:
        self.summary: dict[str, dict[str, Any]] = {}
        self._details = details
        self._reports: dict[str, dict[str, Any]] = {}

    @contextmanager
    def report(self, key: str, *, lost: Sequence[str], unit: str) -> Iterator[LossReportWriter]:
        """Provide the report of a format."""
        never_carried, extra = NEVER_CARRIED.get(key, lost), {"format": key}
        report = LossReportWriter(
            self._details, format_name=key, never_carried=never_carried, unit=unit, extra=extra, sentences=SENTENCES
        )
        yield report
        written = report.close(details_name=EVERY_LOSS)
        written.pop("losses", None)
        self._reports[key] = written
        reasons = [{name: row[name] for name in ("what", "why", "count")} for row in written["reasons"]]
        self.summary[key] = {**written["counts"], "reasons": reasons}

    def close(self, files: ArchiveFiles) -> None:
        """Add the files to the archive."""
        files.add(LOSSES, orjson.dumps(self._reports, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        files.add_file(EVERY_LOSS, self._details)


@contextmanager
def _open_losses(folder: Path) -> Iterator[_LossFiles]:
    with TemporaryFile(dir=folder) as details:
        yield _LossFiles(details)


class _Selected(SelectionFile):
    """The selection of layout 2: adjudicated sets and those of models are no annotators."""

    def __init__(self, source: ReleaseSource, schemas: Mapping[int, Schema], selection: BinaryIO) -> None:
        super().__init__(source, schemas, selection)
        self._released: dict[str, dict[str, int]] = {"sets": {}, "models": {}, "agreement_only": {}}

    def add(self, record: FrozenRecord, split: str) -> None:
        """Write the line of a document, and count its sets."""
        super().add(record, split)
        for name in record.sets:
            kind = record.kinds[name]
            group = "sets" if kind in _PEOPLE else "models" if kind == SetKind.MODEL else ""
            if name in record.evidence and group == "sets":
                group = "agreement_only"
            if group:
                counts, shown = self._released[group], self.name_of(record, name)
                counts[shown] = counts.get(shown, 0) + 1

    def annotators(self) -> dict[str, Any]:
        """Return the number of documents by name, for people, models and people behind adjudicated sets; and kinds."""
        groups = {group: dict(sorted(counts.items())) for group, counts in self._released.items()}
        return {**groups, "kinds": super().annotators()["kinds"]}


def _finished(manifest: dict[str, Any], options: ReleaseOptions) -> dict[str, Any]:
    """Return the manifest with the realised shares of splits, and the rules for texts."""
    splits = manifest["splits"]
    if options.splits is not None:
        total = manifest["counts"]["documents"]
        realised = {name: count["documents"] for name, count in splits["by_split"].items()}
        splits = splits | {
            "realised": {
                name: {"documents": number, "share": round(number / total, 4) if total else 0}
                for name, number in realised.items()
            }
        }
    return manifest | {"splits": splits, "text_rules": PRESENT_RULES.version}


PARTS = LayoutParts(
    rules=PRESENT_RULES,
    writers={},
    open_losses=_open_losses,
    select=_Selected,
    finish=_finished,
    card=card,
    ledger=(LEDGER, LedgerFile),
)


def write_archive(source: ReleaseSource, target: BinaryIO, *, on_progress: Callable[[int, int], None]) -> BuiltArchive:
    """Write an archive of layout 2."""
    return write_parts(source, target, parts=PARTS, on_progress=on_progress)
