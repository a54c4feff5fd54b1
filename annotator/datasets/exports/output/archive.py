"""Archives of several files, collected in a folder and then packed so that the same data give the same bytes.

Members are stored, not compressed: what compression gives depends on the version of its library. Their dates are fixed,
their order is that of their names.
"""

import io
import shutil
import tempfile
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

FIRST_DATE = (1980, 1, 1, 0, 0, 0)
COPIED_AT_ONCE = 1 << 20


class ArchiveFolder:
    """Members of an archive, written one after another or in turns; all of them lie in one file of a folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "members"
        self._file = self._path.open("wb")
        self._end = 0
        # Where the first piece of each member starts and ends, by its number; further pieces, which few members have.
        self._numbers: dict[str, int] = {}
        self._starts, self._ends = array("Q"), array("Q")
        self._further: dict[int, array[int]] = {}

    def add(self, name: str, data: bytes) -> None:
        """Append bytes to a member."""
        start, self._end = self._end, self._end + len(data)
        self._file.write(data)
        number = self._numbers.setdefault(name, len(self._starts))
        if number == len(self._starts):
            self._starts.append(start)
            self._ends.append(self._end)
            return
        further = self._further.get(number)
        last = self._ends if further is None else further
        index = number if further is None else -1
        if last[index] == start:
            last[index] = self._end
        else:
            self._further.setdefault(number, array("Q")).extend((start, self._end))

    def close(self) -> None:
        """Close the file of the members."""
        self._file.close()

    def pack(self, target: BinaryIO) -> None:
        """Write all members as a zip archive."""
        self.close()
        names = sorted(self._numbers)
        numbers = array("Q", map(self._numbers.__getitem__, names))
        # The zip archive keeps an entry for each member; these are not needed beside them.
        self._numbers.clear()
        with self._path.open("rb") as source:
            write_archive(target, (self._member(source, *each) for each in zip(names, numbers, strict=True)))

    def _member(self, source: BinaryIO, name: str, number: int) -> tuple[str, int, Callable[[], BinaryIO]]:
        pieces = array("Q", (self._starts[number], self._ends[number])) + self._further.get(number, array("Q"))
        size = sum(end - start for start, end in zip(pieces[::2], pieces[1::2], strict=True))
        return name, size, lambda: cast("BinaryIO", _Pieces(source, pieces))


class _Pieces(io.RawIOBase):
    """The pieces of one member, to be read one after the other."""

    def __init__(self, source: BinaryIO, pieces: "array[int]") -> None:
        self._source = source
        self._pieces = pieces
        self._index = 0
        self._at = pieces[0]

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most to the end of a piece; none at the end of the member."""
        while self._index < len(self._pieces):
            left = self._pieces[self._index + 1] - self._at
            if left:
                self._source.seek(self._at)
                data = self._source.read(left if size < 0 else min(size, left))
                self._at += len(data)
                return data
            self._index += 2
            self._at = self._pieces[self._index] if self._index < len(self._pieces) else 0
        return b""


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
            # Needed only to warn of members with the same name, of which there are none.
            archive.NameToInfo.clear()


@contextmanager
def open_archive_folder(parent: Path) -> Iterator[ArchiveFolder]:
    """Provide a temporary folder in `parent` that is removed when the block ends."""
    with tempfile.TemporaryDirectory(prefix=".archive-", dir=parent) as path:
        folder = ArchiveFolder(Path(path))
        try:
            yield folder
        finally:
            folder.close()
