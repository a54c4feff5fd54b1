"""Whether a release is what it says it is: its checksums, its counts, every text and every offset. Pure.

Needs no database: an archive, or the folder it was unpacked to, carries everything.
"""

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from annotator.datasets.exports.output.archive import write_archive
from annotator.datasets.releases.layouts.layout_1.file_names import CHECKSUMS, MANIFEST
from annotator.datasets.releases.verification.consistency import faults_within
from annotator.formats.archives import opened_archive
from annotator.formats.incoming import UnreadableFile

READ_AT_ONCE = 1 << 20
MOST_TOLD = 100
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, UnreadableFile)
Openers = Mapping[str, Callable[[], BinaryIO]]


@dataclass(frozen=True)
class Findings:
    """What is wrong, one sentence each; nothing when all is as it was. `files` were looked at."""

    files: int
    wrong: Sequence[str]

    def with_more(self, wrong: Sequence[str]) -> "Findings":
        """Add what was found elsewhere, each once."""
        return Findings(self.files, tuple(dict.fromkeys([*self.wrong, *wrong])))


def verify(path: Path, *, sha256: str = "") -> Findings:
    """Check an archive or a folder; with `sha256` the archive as a whole must have it.

    Raises `UnreadableFile` when it is no archive at all, `OSError` when it cannot be read.
    """
    with _opened(path) as files:
        wrong = list(_wrong(files))
        if path.is_dir():
            return Findings(len(files), wrong[:MOST_TOLD])
        if sha256 and (found := _digest_of(path.open("rb"))) != sha256:
            wrong.append(f"The archive as a whole has SHA-256 {found}, not {sha256}.")
        if not wrong:
            wrong += _packed_otherwise(path, files)
        return Findings(len(files), wrong[:MOST_TOLD])


@contextmanager
def _opened(path: Path) -> Iterator[Openers]:
    """Give the files by their paths within the release."""
    if path.is_dir():
        found = sorted(each for each in path.rglob("*") if each.is_file())
        yield {each.relative_to(path).as_posix(): _opener(each) for each in found}
        return
    with path.open("rb") as stream, opened_archive(stream, path.name) as members:
        yield members


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _wrong(files: Openers) -> Iterator[str]:
    sums = yield from _checksums(files)
    if sums is None:
        return
    changed = False
    for name in sorted(sums.keys() | files.keys() - {CHECKSUMS}):
        if fault := _fault(name, sums, files):
            changed = True
            yield fault
    if not changed:
        yield from faults_within(files, sums)


def _checksums(files: Openers) -> Generator[str, None, dict[str, str] | None]:
    """Yield what is wrong with the list of checksums, and return it; None when there is none to be had."""
    for needed in (CHECKSUMS, MANIFEST):
        if needed not in files:
            yield f"{needed} is missing: this is no release, or not the whole of one."
            return None
    try:
        with files[CHECKSUMS]() as file:
            lines = file.read().decode().splitlines()
    except (*BROKEN, UnicodeDecodeError) as error:
        yield f"{CHECKSUMS} cannot be read: {error}."
        return None
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if not all(len(digest) == 64 and name for name, digest in sums.items()):
        yield f"{CHECKSUMS} is not a list of checksums."
        return None
    return sums


def _fault(name: str, sums: Mapping[str, str], files: Openers) -> str:
    if name not in files:
        return f"{name} is missing."
    if name not in sums:
        return f"{name} does not belong to the release: {CHECKSUMS} does not name it."
    try:
        found = _digest_of(files[name]())
    except BROKEN as error:
        return f"{name} is damaged: {error}."
    return "" if found == sums[name] else f"{name} was changed: its SHA-256 is {found}, not {sums[name]}."


def _digest_of(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    with file:
        while piece := file.read(READ_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()


def _packed_otherwise(path: Path, files: Openers) -> Iterator[str]:
    """Pack the same files again as releases are packed, and compare: what belongs to no file shows there."""
    with tempfile.TemporaryFile() as anew:
        write_archive(anew, [(name, _size_of(files[name]()), opener) for name, opener in sorted(files.items())])
        anew.seek(0)
        if _digest_of(cast("BinaryIO", anew)) != _digest_of(path.open("rb")):
            yield "The files are as they were, but the archive around them is not: it was packed again, or changed."


def _size_of(file: BinaryIO) -> int:
    with file:
        return sum(len(piece) for piece in iter(lambda: file.read(READ_AT_ONCE), b""))


def differences(one: Path, other: Path) -> list[str]:
    """Compare two archives byte by byte; return the files that differ, nothing when they are the same."""
    if _digest_of(one.open("rb")) == _digest_of(other.open("rb")):
        return []
    try:
        with _opened(one) as first, _opened(other) as second:
            told = [
                f"{name} is {_how(first, second, name)}"
                for name in sorted(first.keys() | second.keys())
                if _how(first, second, name)
            ]
    except BROKEN as error:
        return [f"The archive cannot be compared with the one built anew: {error}"]
    return told[:MOST_TOLD] or ["The archives hold the same files, but are not the same bytes."]


def _how(first: Openers, second: Openers, name: str) -> str:
    if name not in first:
        return "missing; built anew there is one."
    if name not in second:
        return "there, but built anew there is none."
    try:
        return "" if _digest_of(first[name]()) == _digest_of(second[name]()) else "not what it is when built anew."
    except BROKEN as error:
        return f"damaged: {error}."
