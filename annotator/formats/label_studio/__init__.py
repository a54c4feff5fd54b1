"""The formats Label Studio JSON, and CSV or TSV."""

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.json_files import first_record, list_of
from annotator.formats.label_studio.read import read_label_studio
from annotator.formats.label_studio.tables import read_label_studio_table, sniff_table
from annotator.formats.label_studio.write import CONFIGURATION, write_label_studio
from annotator.formats.tables.read import columns_of


def _sniff(head: Head) -> float:
    record = first_record(head)
    if "data" in record and record.keys() & {"annotations", "predictions", "completions", "result"}:
        return 0.95
    first = next((item for key in ("label", "labels") for item in list_of(record, key)), None)
    return 0.9 if isinstance(first, dict) and "labels" in first else 0.0


TABLE = Format(
    "Label Studio CSV or TSV",
    (".csv", ".tsv"),
    sniff_table,
    read=read_label_studio_table,
    field_names=columns_of,
    media_type="text/csv",
)
FORMAT = Format(
    "Label Studio JSON",
    (".json",),
    _sniff,
    read=read_label_studio,
    write=write_label_studio,
    archive=True,
    single=True,
    field_names=first_record,
    side_files=(CONFIGURATION,),
    lost=("Revision, state, schema and guideline version of sets.", "Ids of relations."),
)
