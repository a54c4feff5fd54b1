"""The formats CSV and TSV."""

from annotator.formats.incoming import (
    Head,
)
from annotator.formats.interface import Format
from annotator.formats.tables.read import columns_of, read_table
from annotator.formats.tables.write import write_csv, write_tsv


def _sniff_as(ending: str, delimiter: str, head: Head) -> float:
    names = [name.strip().lower() for name in columns_of(head)]
    if not head.name.lower().endswith(ending) or delimiter not in head.text:
        return 0.0
    return 0.8 if "text" in names else 0.5


def _sniff_csv(head: Head) -> float:
    return max(_sniff_as(".csv", delimiter, head) for delimiter in ",;")


def _sniff_tsv(head: Head) -> float:
    return _sniff_as(".tsv", "\t", head)


LOST = ("Revision, state, schema and guideline version of sets.",)


CSV = Format(
    "CSV",
    (".csv",),
    _sniff_csv,
    read=read_table,
    write=write_csv,
    field_names=columns_of,
    media_type="text/csv",
    lost=LOST,
)
TSV = Format(
    "TSV",
    (".tsv",),
    _sniff_tsv,
    read=read_table,
    write=write_tsv,
    field_names=columns_of,
    media_type="text/tab-separated-values",
    lost=LOST,
)
