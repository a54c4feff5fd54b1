"""The files of an archive while it is made: each with its size and checksum."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from annotator.datasets.exports.packing import Parcel
from annotator.datasets.releases.layout import CHECKSUMS

COPIED_AT_ONCE = 1 << 20


@dataclass
class Member:
    """One file; `about` says what a program wants to know of it beside that."""

    size: int = 0
    lines: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    about: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what the manifest says of it."""
        return {"bytes": self.size, "lines": self.lines, "sha256": self.digest.hexdigest(), **self.about}


class Bundle:
    """Takes files in pieces, and remembers what is to be known of each."""

    def __init__(self, parcel: Parcel) -> None:
        self.members: dict[str, Member] = {}
        self._parcel = parcel

    def open(self, name: str, **about: Any) -> None:
        """Begin a file, which may stay empty."""
        self.members.setdefault(name, Member()).about.update(about)
        self._parcel.add(name, b"")

    def add(self, name: str, data: bytes) -> None:
        """Put bytes at the end of a file."""
        self._parcel.add(name, data)
        member = self.members.setdefault(name, Member())
        member.size += len(data)
        member.lines += data.count(b"\n")
        member.digest.update(data)

    def add_file(self, name: str, source: BinaryIO) -> None:
        """Put what was written to a file of one's own at the end of another."""
        self.open(name)
        source.seek(0)
        while piece := source.read(COPIED_AT_ONCE):
            self.add(name, piece)

    def add_checksums(self) -> None:
        """Write the list that `sha256sum --check` reads; nothing comes after it."""
        lines = [f"{member.digest.hexdigest()}  {name}\n" for name, member in sorted(self.members.items())]
        self.add(CHECKSUMS, "".join(lines).encode())
