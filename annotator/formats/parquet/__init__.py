"""The format Hugging Face rows as Parquet."""

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.parquet.read import read_parquet
from annotator.formats.parquet.write import write_parquet

MAGIC = b"PAR1"


def _sniff(head: Head) -> float:
    return 1.0 if head.data.startswith(MAGIC) else 0.0


FORMAT = Format(
    "Hugging Face rows (Parquet)",
    (".parquet",),
    _sniff,
    read=read_parquet,
    write=write_parquet,
    set_per_record=True,
    media_type="application/vnd.apache.parquet",
    lost=("Revision, state, schema and guideline version of sets.",),
    needs=("pyarrow",),
)
