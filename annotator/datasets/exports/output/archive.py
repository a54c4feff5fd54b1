"""Archives of several files, collected in a folder and then packed so that the same data give the same bytes.

Members are stored, not compressed: what compression gives depends on the version of its library. Their dates are fixed,
their order is that of their names.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

FIRST_DATE = (1980, 1, 1, 0, 0, 0)
COPIED_AT_ONCE = 1 << 20


class ArchiveFolder:
    """A folder to which members are written, one after another or in turns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: dict[str, Path] = {}
        self._last: tuple[str, BinaryIO] | None = None

    def add(self, name: str, data: bytes) -> None:
        """Append bytes to a member."""
        if self._last is None or self._last[0] != name:
            self.close()
            path = self._paths.setdefault(name, self._folder / str(len(self._paths)))
            self._last = (name, path.open("ab"))
        self._last[1].write(data)

    def close(self) -> None:
        """Close the member that was written to last."""
        if self._last is not None:
            self._last[1].close()
            self._last = None

    def pack(self, target: BinaryIO) -> None:
        """Write all members as a zip archive."""
        self.close()
        members = sorted(self._paths.items())
        write_archive(target, [(name, path.stat().st_size, _opener(path)) for name, path in members])


def write_archive(target: BinaryIO, members: Iterable[tuple[str, int, Callable[[], BinaryIO]]]) -> None:
    """Write members, each with its name and its size in bytes, in the order given; the same give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, size, opener in members:
            member = zipfile.ZipInfo(name, FIRST_DATE)
            member.external_attr = 0o644 << 16
            member.create_system = 3
            # Known beforehand, the size says whether the large form of the header is needed.
            member.file_size = size
            with opener() as source, archive.open(member, "w") as copy:
                shutil.copyfileobj(source, copy, COPIED_AT_ONCE)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


@contextmanager
def open_archive_folder(parent: Path) -> Iterator[ArchiveFolder]:
    """Provide a temporary folder in `parent` that is removed when the block ends."""
    with tempfile.TemporaryDirectory(prefix=".archive-", dir=parent) as path:
        folder = ArchiveFolder(Path(path))
        try:
            yield folder
        finally:
            folder.close()
