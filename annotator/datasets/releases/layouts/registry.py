"""The layouts of archives by the number that every release stores, and the one that new releases get.

A layout is a package of this folder with everything that decides the bytes of its archives. To add one, write the
package beside `layout_1`, add its line here and make it `CURRENT`; releases of earlier layouts keep theirs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from annotator.datasets.releases.contents.source import ReleaseSource
from annotator.datasets.releases.layouts.build import BuiltArchive
from annotator.datasets.releases.layouts.layout_1 import archive as layout_1
from annotator.datasets.releases.layouts.layout_2 import archive as layout_2
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.problems import OtherLayout

OnProgress = Callable[[int, int], None]


class WriteArchive(Protocol):
    """A function that writes an archive to a new file."""

    def __call__(self, source: ReleaseSource, target: BinaryIO, *, on_progress: OnProgress) -> BuiltArchive:
        """Write the archive; `on_progress(done, total)` is called after each batch of documents."""


@dataclass(frozen=True)
class ReleaseLayout:
    """A layout: its number and how its archives are written."""

    number: int
    write_archive: WriteArchive


CURRENT = ReleaseLayout(2, layout_2.write_archive)
LAYOUTS: Mapping[int, ReleaseLayout] = {
    layout.number: layout for layout in (ReleaseLayout(1, layout_1.write_archive), CURRENT)
}


def layout_of(release: Release) -> ReleaseLayout:
    """Return the layout of a release; raise `OtherLayout` when this version of the site does not have it."""
    layout = LAYOUTS.get(release.layout)
    if layout is None:
        raise OtherLayout(
            f"Release {release.number} was made by version {release.software} of this site with archive layout "
            f"{release.layout}, which this version cannot build. Use that version to build it. The archive can still "
            "be downloaded and verified here."
        )
    return layout
