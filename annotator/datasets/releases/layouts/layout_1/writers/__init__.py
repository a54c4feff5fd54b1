"""Writers of formats as they were when layout 1 was made, for formats whose files have changed since.

A release keeps its bytes: before the writer of a format changes, a copy of it is added here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from annotator.datasets.releases.layouts.layout_1.writers.brat import write_brat
from annotator.formats.outgoing import ExportContext, ExportDocument, Piece

Writer = Callable[[Iterable[ExportDocument], ExportContext], Iterator[Piece]]
WRITERS: Mapping[str, Writer] = {"brat": write_brat}
