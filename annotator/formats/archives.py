"""Zip archives from untrusted sources: their members are checked before anything is unpacked."""

import errno
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from annotator.formats.incoming import Opener, UnreadableFile

ENDING = ".zip"
OWN_SIDE_FILES = ("losses.json", "README", "README.md", "README.rst", "README.txt", "LICENSE", "LICENSE.md",
                  "LICENSE.txt", "CITATION.cff", "CHANGELOG.md", "CONTRIBUTING.md")  # fmt: skip
"""Names of files that the exports of every format, and archives of others, hold beside the data."""
SIGNATURE = b"PK\x03\x04"
EMPTY = b"PK\x05\x06"
MOST_MEMBERS = 200_000
MOST_BYTES = 8_000_000_000
# Text compresses to a tenth; what compresses to a five-hundredth is made to fill a disk. Small archives are harmless.
MOST_RATIO = 500
FREE_BYTES = 10_000_000
_ENCRYPTED = 0x1
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError)


class BadArchive(UnreadableFile):
    """An archive that is damaged or harmful."""

    code = "bad_archive"
    title = "The archive cannot be read"


def looks_like_archive(head: bytes) -> bool:
    """Return whether a file begins like a zip archive."""
    return head.startswith((SIGNATURE, EMPTY))


@contextmanager
def opened_archive(stream: BinaryIO, name: str) -> Iterator[dict[str, Opener]]:
    """Yield the files of an archive by their paths, in order; folders and hidden files are left out.

    Raises `BadArchive` for an archive that is damaged, encrypted, points outside itself or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        first = error.__context__ or error  # zipfile calls every failure to read a damaged archive
        if isinstance(first, OSError) and _is_of_disk(first):
            raise first from None
        raise BadArchive(f"“{name}” is not a readable zip archive: {error}. Create it again.") from error
    with archive:
        members = archive.infolist()
        _check_size(members, name)
        for member in members:
            _check_member(member, name)
        wanted = sorted((member for member in members if not _is_ignored(member)), key=lambda member: member.filename)
        if len({member.filename for member in wanted}) < len(wanted):
            raise BadArchive(f"“{name}” contains two files of the same name. Create it again.")
        try:
            yield {member.filename: _opener(archive, member) for member in wanted}
        except (*_DAMAGE, OSError) as error:
            if _is_of_disk(error):
                raise
            raise BadArchive(f"“{name}” is damaged: {error}. Create it again.") from error


def _opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Opener:
    return cast("Callable[[], BinaryIO]", partial(_open, archive, member))


def _open(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> BinaryIO:
    try:
        return cast("BinaryIO", archive.open(member))
    except (*_DAMAGE, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        if _is_of_disk(error):
            raise
        raise BadArchive(f"“{member.filename}” in the archive cannot be unpacked: {error}.") from error


def _is_of_disk(error: Exception) -> bool:
    """Return whether the disk failed; forged positions (EINVAL) and damaged bzip2 data (no number) are of the file."""
    return isinstance(error, OSError) and error.errno not in (None, errno.EINVAL)


def _check_size(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MOST_MEMBERS:
        raise BadArchive(f"“{name}” contains {len(members):,} files; the limit is {MOST_MEMBERS:,}. Split it.")
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if size > MOST_BYTES:
        raise BadArchive(f"“{name}” unpacks to {size:,} bytes; the limit is {MOST_BYTES:,}. Split it.")
    if size > FREE_BYTES and size > MOST_RATIO * max(packed, 1):
        raise BadArchive(
            f"“{name}” unpacks to {size // max(packed, 1):,} times its size; the limit is {MOST_RATIO} times. Send the "
            "files unpacked, or as JSONL."
        )


def _check_member(member: zipfile.ZipInfo, name: str) -> None:
    path = member.filename
    if member.flag_bits & _ENCRYPTED:
        raise BadArchive(f"“{path}” in “{name}” is encrypted. Create the archive without a password.")
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if ".." in parts or path.startswith(("/", "\\")) or (parts and parts[0].endswith(":")):
        raise BadArchive(
            f"“{path}” in “{name}” points outside the archive. Create the archive again from within its folder."
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise BadArchive(f"“{path}” in “{name}” is a link. Add the file that it points to.")


def _is_ignored(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return member.is_dir() or any(part.startswith(".") or part == "__MACOSX" for part in parts)
