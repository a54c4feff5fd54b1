"""Writers of formats as they were when layout 1 was made, for formats whose files have changed since.

A release keeps its bytes: before the writer of a format changes, a copy of it is added here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from annotator.datasets.releases.layouts.layout_1.writers.brat import write_brat
from annotator.datasets.releases.layouts.layout_1.writers.label_studio import write_label_studio
from annotator.datasets.releases.layouts.layout_1.writers.spacy_json import write_spacy
from annotator.datasets.releases.layouts.layout_1.writers.tables import write_csv, write_tsv
from annotator.datasets.releases.layouts.layout_1.writers.webanno import write_webanno
from annotator.formats.outgoing import ExportContext, ExportDocument, Piece

Writer = Callable[[Iterable[ExportDocument], ExportContext], Iterator[Piece]]
WRITERS: Mapping[str, Writer] = {
    "brat": write_brat,
    "csv": write_csv,
    "label-studio": write_label_studio,
    "spacy": write_spacy,
    "tsv": write_tsv,
    "webanno": write_webanno,
}
