"""The archive of layout 1: the parts with which it is built."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import orjson

from annotator.datasets.releases.contents.source import ReleaseSource
from annotator.datasets.releases.layouts.build import BuiltArchive, LayoutParts
from annotator.datasets.releases.layouts.build import write_archive as write_parts
from annotator.datasets.releases.layouts.layout_1.archive_files import ArchiveFiles
from annotator.datasets.releases.layouts.layout_1.card import card
from annotator.datasets.releases.layouts.layout_1.file_names import LOSSES
from annotator.datasets.releases.layouts.layout_1.loss_report import LossReportWriter
from annotator.datasets.releases.layouts.layout_1.loss_words import NEVER_CARRIED, SENTENCES
from annotator.datasets.releases.layouts.layout_1.selection_file import SelectionFile
from annotator.datasets.releases.layouts.layout_1.text_rules import TEXT_RULES
from annotator.datasets.releases.layouts.layout_1.writers import WRITERS


class _LossFile:
    """One file: an object with a member for each format, in which every loss is written out."""

    def __init__(self, file: BinaryIO) -> None:
        self.summary: dict[str, dict[str, Any]] = {}
        self._file = file

    @contextmanager
    def report(self, key: str, *, lost: Sequence[str], unit: str) -> Iterator[LossReportWriter]:
        """Provide the report of a format."""
        self._file.write((b"," if self.summary else b"{") + orjson.dumps(key) + b":")
        never_carried = NEVER_CARRIED.get(key, lost)
        report = LossReportWriter(
            self._file, format_name=key, never_carried=never_carried, unit=unit, sentences=SENTENCES
        )
        yield report
        report.close()
        self.summary[key] = {"all": report.count, "by_what": dict(sorted(report.by_what.items()))}

    def close(self, files: ArchiveFiles) -> None:
        """Add the file to the archive."""
        self._file.write(b"}\n")
        files.add_file(LOSSES, self._file)


@contextmanager
def _open_losses(folder: Path) -> Iterator[_LossFile]:
    with TemporaryFile(dir=folder) as file:
        yield _LossFile(file)


PARTS = LayoutParts(
    rules=TEXT_RULES,
    writers=WRITERS,
    open_losses=_open_losses,
    select=SelectionFile,
    finish=lambda manifest, _options: manifest,
    card=card,
)


def write_archive(source: ReleaseSource, target: BinaryIO, *, on_progress: Callable[[int, int], None]) -> BuiltArchive:
    """Write an archive of layout 1."""
    return write_parts(source, target, parts=PARTS, on_progress=on_progress)
