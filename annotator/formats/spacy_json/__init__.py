"""The format spaCy JSON."""

from annotator.formats.incoming import (
    Head,
)
from annotator.formats.interface import Format
from annotator.formats.json_files import first_record, list_of
from annotator.formats.spacy_json.read import ENTITIES, read_spacy
from annotator.formats.spacy_json.write import write_spacy


def _sniff(head: Head) -> float:
    record = first_record(head)
    if "text" in record and "tokens" in record and record.keys() & {ENTITIES, "sents"}:
        return 0.95
    first = next(iter(list_of(record, ENTITIES)), None)
    return 0.9 if "text" in record and isinstance(first, dict) and "start" in first else 0.0


FORMAT = Format(
    "spaCy JSON",
    (".jsonl",),
    _sniff,
    read=read_spacy,
    write=write_spacy,
    media_type="application/x-ndjson",
    lost=("Revision, state, schema and guideline version of sets.",),
)
