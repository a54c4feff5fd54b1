"""Verification of an archive, or of the folder it was unpacked to: checksums, counts, texts and offsets. Pure.

No database is needed.
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
from annotator.datasets.releases.verification.consistency import content_errors
from annotator.formats.archives import opened_archive
from annotator.formats.incoming import UnreadableFile

READ_AT_ONCE = 1 << 20
MOST_ERRORS = 100
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, UnreadableFile)
Openers = Mapping[str, Callable[[], BinaryIO]]


@dataclass(frozen=True)
class Verification:
    """The result: the number of files that were checked, and one sentence for each error."""

    files: int
    errors: Sequence[str]

    def with_errors(self, errors: Sequence[str]) -> "Verification":
        """Return the result with further errors, each only once."""
        return Verification(self.files, tuple(dict.fromkeys([*self.errors, *errors])))


def verify(path: Path, *, sha256: str = "") -> Verification:
    """Return the result of checking an archive or a folder; with `sha256`, the archive as a whole must have it.

    Raise `UnreadableFile` when it is not an archive, `OSError` when it cannot be read.
    """
    with _opened(path) as files:
        errors = list(_errors(files))
        if path.is_dir():
            return Verification(len(files), errors[:MOST_ERRORS])
        if sha256 and (digest := _digest_of(path.open("rb"))) != sha256:
            errors.append(f"The archive as a whole has SHA-256 {digest}, not {sha256}.")
        if not errors:
            errors += _packing_errors(path, files)
        return Verification(len(files), errors[:MOST_ERRORS])


@contextmanager
def _opened(path: Path) -> Iterator[Openers]:
    """Provide the files by their paths within the release."""
    if path.is_dir():
        paths = sorted(member for member in path.rglob("*") if member.is_file())
        yield {member.relative_to(path).as_posix(): _opener(member) for member in paths}
        return
    with path.open("rb") as stream, opened_archive(stream, path.name) as members:
        yield members


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _errors(files: Openers) -> Iterator[str]:
    sums = yield from _checksums(files)
    if sums is None:
        return
    changed = False
    for name in sorted(sums.keys() | files.keys() - {CHECKSUMS}):
        if error := _file_error(name, sums, files):
            changed = True
            yield error
    if not changed:
        yield from content_errors(files, sums)


def _checksums(files: Openers) -> Generator[str, None, dict[str, str] | None]:
    """Yield the errors of the list of checksums, and return the list; None when it cannot be used."""
    for needed in (CHECKSUMS, MANIFEST):
        if needed not in files:
            yield f"{needed} is missing: this is not a complete release."
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


def _file_error(name: str, sums: Mapping[str, str], files: Openers) -> str:
    if name not in files:
        return f"{name} is missing."
    if name not in sums:
        return f"{name} is not part of the release: it is not listed in {CHECKSUMS}."
    try:
        digest = _digest_of(files[name]())
    except BROKEN as error:
        return f"{name} is damaged: {error}."
    return "" if digest == sums[name] else f"{name} was changed: its SHA-256 is {digest}, not {sums[name]}."


def _digest_of(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    with file:
        while piece := file.read(READ_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()


def _packing_errors(path: Path, files: Openers) -> Iterator[str]:
    """Pack the files as releases are packed, and compare: changes outside of the files become visible."""
    with tempfile.TemporaryFile() as repacked:
        write_archive(repacked, [(name, _size_of(files[name]()), opener) for name, opener in sorted(files.items())])
        repacked.seek(0)
        if _digest_of(cast("BinaryIO", repacked)) != _digest_of(path.open("rb")):
            yield "The files are unchanged, but the archive was repacked or changed."


def _size_of(file: BinaryIO) -> int:
    with file:
        return sum(len(piece) for piece in iter(lambda: file.read(READ_AT_ONCE), b""))


def differences(archive: Path, rebuilt: Path) -> list[str]:
    """Return how an archive differs from a new build, file by file; nothing when the bytes are the same."""
    if _digest_of(archive.open("rb")) == _digest_of(rebuilt.open("rb")):
        return []
    try:
        with _opened(archive) as first, _opened(rebuilt) as second:
            names = sorted(first.keys() | second.keys())
            found = [difference for name in names if (difference := _difference(first, second, name))]
    except BROKEN as error:
        return [f"The archive cannot be compared with a new build: {error}"]
    return found[:MOST_ERRORS] or ["The archives hold the same files, but are not the same bytes."]


def _difference(first: Openers, second: Openers, name: str) -> str:
    if name not in first:
        return f"{name} is missing; a new build has it."
    if name not in second:
        return f"{name} is not part of a new build."
    try:
        same = _digest_of(first[name]()) == _digest_of(second[name]())
    except BROKEN as error:
        return f"{name} is damaged: {error}."
    return "" if same else f"{name} differs from a new build."
