"""Reading rows for Hugging Face `datasets` as Parquet.

pyarrow reads batches of rows, so that memory does not grow with the file.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from annotator.formats.huggingface.read import TAGS, row_document
from annotator.formats.incoming import IncomingFiles, ReadResult, UnreadableFile

ROWS_AT_ONCE = 64


MOST_GROUP_BYTES = 500_000_000


_COLUMNS = ("id", "title", "text", "sha256", "meta", "annotator", "spans", "relations", "tokens", *TAGS)


def read_parquet(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each row: of ours, or with tokens and tags."""
    import pyarrow
    from pyarrow import parquet

    with incoming.open() as stream:
        try:
            file = parquet.ParquetFile(stream, pre_buffer=False)
            _check_groups(file.metadata)
            names = _names_of_tags(file.schema_arrow.metadata)
            wanted = [name for name in file.schema_arrow.names if name in _COLUMNS]
            number = 0
            for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=wanted, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield row_document(_with_names(row, names), incoming, f"row {number}", number)
        except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
            why = str(error).partition("\n")[0][:200]
            raise UnreadableFile(f"“{incoming.name}” is not a readable Parquet file: {why}") from error


def _check_groups(metadata: Any) -> None:
    """Refuse row groups that would fill the memory, because a group is read as a whole."""
    for index in range(metadata.num_row_groups):
        size = metadata.row_group(index).total_byte_size
        if size > MOST_GROUP_BYTES:
            raise UnreadableFile(
                f"A row group unpacks to {size:,} bytes; the limit is {MOST_GROUP_BYTES:,}. Save the "
                "file with smaller groups (row_group_size)."
            )


def _names_of_tags(metadata: Mapping[bytes, bytes] | None) -> dict[str, list[str]]:
    """Return the names of the tags by column, which `datasets` stores in the metadata (ClassLabel)."""
    try:
        info = orjson.loads((metadata or {}).get(b"huggingface", b"{}"))
        features = info["info"]["features"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    names = {}
    for column in TAGS:
        feature = features.get(column) if isinstance(features, dict) else None
        inner = feature.get("feature") if isinstance(feature, dict) else None
        if isinstance(inner, dict) and isinstance(inner.get("names"), list):
            names[column] = [str(name) for name in inner["names"]]
    return names


def _with_names(row: dict[str, Any], names: Mapping[str, list[str]]) -> dict[str, Any]:
    for column, known in names.items():
        tags = row.get(column)
        if isinstance(tags, list):
            row[column] = [known[tag] if isinstance(tag, int) and 0 <= tag < len(known) else tag for tag in tags]
    return row
