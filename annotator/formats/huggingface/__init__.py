"""The format Hugging Face rows as JSONL."""

from annotator.formats.huggingface.read import TAGS, read_rows
from annotator.formats.huggingface.write import write_rows
from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.json_files import first_record, list_of


def _sniff(head: Head) -> float:
    record = first_record(head)
    if "tokens" in record and record.keys() & set(TAGS):
        return 0.9
    span = next(iter(list_of(record, "spans")), None)
    pairs = isinstance(span, dict) and isinstance(span.get("attributes"), list)
    return 0.85 if pairs or (isinstance(record.get("meta"), str) and "annotator" in record) else 0.0


FORMAT = Format(
    "Hugging Face rows (JSONL)",
    (".jsonl",),
    _sniff,
    read=read_rows,
    write=write_rows,
    field_names=first_record,
    set_per_record=True,
    media_type="application/x-ndjson",
    lost=("Revision, state, schema and guideline version of sets.",),
)
