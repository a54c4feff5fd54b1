"""Zip archives: a damaged one is the fault of the file, a disk that fails is not."""

import errno
import io

import pytest

from annotator.formats import archives


class FailingDisk(io.BytesIO):
    """A file on a disk that cannot be read."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


def opened(stream: io.BytesIO) -> list[str]:
    with archives.opened_archive(stream, "a.zip") as files:
        return list(files)


def test_damaged_archive_is_named():
    with pytest.raises(archives.BadArchive, match=r"“a\.zip” is not a readable zip archive"):
        opened(io.BytesIO(b"PK\x03\x04 and no more"))


def test_disk_that_fails_does_not_blame_the_archive():
    with pytest.raises(OSError, match="Input/output error"):
        opened(FailingDisk(b"PK\x03\x04"))
