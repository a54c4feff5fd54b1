"""The files of an archive while it is written: size, lines and checksum of each."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from annotator.datasets.exports.output.archive import ArchiveFolder
from annotator.datasets.releases.layouts.layout_1.file_names import CHECKSUMS

COPIED_AT_ONCE = 1 << 20


@dataclass
class ArchiveFile:
    """What is known of one file; `about` has further members of its entry in the manifest."""

    size: int = 0
    lines: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    about: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the entry of the file in the manifest."""
        return {"bytes": self.size, "lines": self.lines, "sha256": self.digest.hexdigest(), **self.about}


class ArchiveFiles:
    """Writes files piece by piece and keeps the size and checksum of each."""

    def __init__(self, folder: ArchiveFolder) -> None:
        self.members: dict[str, ArchiveFile] = {}
        self._folder = folder

    def open(self, name: str, **about: Any) -> None:
        """Create a file, which may stay empty."""
        self.members.setdefault(name, ArchiveFile()).about.update(about)
        self._folder.add(name, b"")

    def add(self, name: str, data: bytes) -> None:
        """Append bytes to a file."""
        self._folder.add(name, data)
        member = self.members.setdefault(name, ArchiveFile())
        member.size += len(data)
        member.lines += data.count(b"\n")
        member.digest.update(data)

    def add_file(self, name: str, source: BinaryIO) -> None:
        """Append all of a temporary file to a file of the archive."""
        self.open(name)
        source.seek(0)
        while piece := source.read(COPIED_AT_ONCE):
            self.add(name, piece)

    def add_checksums(self) -> None:
        """Write the list of checksums for `sha256sum --check`, the last file of the archive."""
        lines = [f"{member.digest.hexdigest()}  {name}\n" for name, member in sorted(self.members.items())]
        self.add(CHECKSUMS, "".join(lines).encode())
