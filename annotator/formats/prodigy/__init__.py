"""The format Prodigy JSONL."""

from annotator.formats.incoming import (
    Head,
)
from annotator.formats.interface import Format
from annotator.formats.json_files import first_record, list_of
from annotator.formats.prodigy.read import read_prodigy
from annotator.formats.prodigy.write import write_prodigy

_SIGNS = ("_input_hash", "_task_hash", "_view_id", "_annotator_id", "_session_id", "answer")


def _sniff(head: Head) -> float:
    record = first_record(head)
    if "text" not in record:
        return 0.0
    if record.keys() & set(_SIGNS):
        return 0.95
    span = next(iter(list_of(record, "spans")), None)
    simple = isinstance(span, dict) and {"start", "end", "label"} <= span.keys()
    return 0.75 if simple and not record.keys() & {"annotator", "annotators"} else 0.0


FORMAT = Format(
    "Prodigy JSONL",
    (".jsonl",),
    _sniff,
    read=read_prodigy,
    write=write_prodigy,
    set_per_record=True,
    media_type="application/x-ndjson",
    lost=("Revision, state, schema and guideline version of sets.",),
)
