"""The format doccano JSONL."""

from annotator.formats.doccano.read import read_doccano
from annotator.formats.doccano.write import write_doccano
from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.json_files import first_record, list_of


def _sniff(head: Head) -> float:
    record = first_record(head)
    if not record.keys() & {"text", "data"}:
        return 0.0
    if "entities" in record and "relations" in record:
        return 0.9
    labels = [*list_of(record, "label"), *list_of(record, "labels"), *list_of(record, "entities")]
    if labels and isinstance(labels[0], list) and len(labels[0]) == 3:
        return 0.9
    first = next(iter(list_of(record, "annotations")), None)
    if isinstance(first, dict) and "start_offset" in first:
        return 0.9
    return 0.5 if record.keys() & {"label", "labels", "entities"} and "id" in record else 0.0


FORMAT = Format(
    "doccano JSONL",
    (".jsonl",),
    _sniff,
    read=read_doccano,
    write=write_doccano,
    unit="utf-16-code-unit",
    archive=True,
    single=True,
    lost=("Revision, state, schema and guideline version of sets.", "Ids of spans and relations: they are numbered."),
)
