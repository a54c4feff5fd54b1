"""Our own format JSONL, which carries everything: one line for each document or for each annotation set."""

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.json_files import first_record
from annotator.formats.jsonl.custom_records import read_records
from annotator.formats.jsonl.read import read_jsonl
from annotator.formats.jsonl.write import write_jsonl

ENDINGS = (".jsonl", ".ndjson")


def _sniff(head: Head) -> float:
    record = first_record(head)
    if "text" in record and record.keys() & {"annotators", "annotator", "sha256", "meta"}:
        return 0.7
    return 0.4 if head.ending in ENDINGS else 0.0


FORMAT = Format(
    "JSONL",
    ENDINGS,
    _sniff,
    read_lines=read_jsonl,
    read_mapped=read_records,
    write=write_jsonl,
    field_names=first_record,
    media_type="application/x-ndjson",
)
