"""Rows for Hugging Face `datasets` as Parquet: the same rows as in JSONL. Offsets count code points.

pyarrow reads and writes it in groups of rows, so that memory does not grow with the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import orjson

from annotator.formats.batches import batches
from annotator.formats.huggingface import TAGS, row_document, rows_of
from annotator.formats.recipes import (
    Arrival,
    ExportContext,
    ExportDocument,
    Head,
    Incoming,
    Piece,
    Recipe,
    UnreadableFile,
)

MAGIC = b"PAR1"
ROWS_A_GROUP = 500
CHARACTERS_A_GROUP = 10_000_000
ROWS_AT_ONCE = 64
MOST_GROUP_BYTES = 500_000_000
_COLUMNS = ("id", "title", "text", "sha256", "meta", "annotator", "spans", "relations", "tokens", *TAGS)


def read_parquet(incoming: Incoming) -> Iterator[Arrival]:
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
            raise UnreadableFile(f"“{incoming.name}” is no Parquet that can be read: {why}") from error


def _check_groups(metadata: Any) -> None:
    """Refuse a group of rows that would fill the memory: one is read as a whole."""
    for index in range(metadata.num_row_groups):
        size = metadata.row_group(index).total_byte_size
        if size > MOST_GROUP_BYTES:
            raise UnreadableFile(
                f"A group of rows unpacks to {size:,} bytes; at most {MOST_GROUP_BYTES:,} are read at once. Write the "
                "file with smaller groups (row_group_size)."
            )


def _names_of_tags(metadata: Mapping[bytes, bytes] | None) -> dict[str, list[str]]:
    """Return what the numbers in columns of tags stand for, as `datasets` writes it beside them (ClassLabel)."""
    try:
        told = orjson.loads((metadata or {}).get(b"huggingface", b"{}"))
        features = told["info"]["features"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    found = {}
    for column in TAGS:
        feature = features.get(column) if isinstance(features, dict) else None
        inner = feature.get("feature") if isinstance(feature, dict) else None
        if isinstance(inner, dict) and isinstance(inner.get("names"), list):
            found[column] = [str(name) for name in inner["names"]]
    return found


def _with_names(row: dict[str, Any], names: Mapping[str, list[str]]) -> dict[str, Any]:
    for column, known in names.items():
        tags = row.get(column)
        if isinstance(tags, list):
            row[column] = [known[tag] if isinstance(tag, int) and 0 <= tag < len(known) else tag for tag in tags]
    return row


def write_parquet(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the file group by group; all its rows have the columns of `row_schema`."""
    from pyarrow import Table, parquet

    sink = _Sink()
    schema = row_schema()
    rows = chain.from_iterable(rows_of(entry, context) for entry in documents)
    with parquet.ParquetWriter(sink, schema, compression="zstd", write_statistics=False) as writer:
        for group in batches(rows, most=ROWS_A_GROUP, size=_characters, largest=CHARACTERS_A_GROUP):
            writer.write_table(Table.from_pylist(group, schema=schema))
            yield "", sink.taken()
    yield "", sink.taken()


def _characters(row: Mapping[str, Any]) -> int:
    return len(row["text"])


def row_schema() -> Any:
    """Return the Arrow schema of the rows (`pyarrow.Schema`)."""
    from pyarrow import int64, list_, schema, string, struct

    words = [(name, string()) for name in ("id", "title", "text", "sha256", "meta", "annotator")]
    pair = struct([("name", string()), ("value", string())])
    span = struct(
        [
            ("id", string()),
            ("label", string()),
            ("fragments", list_(list_(int64()))),
            ("text", list_(string())),
            ("attributes", list_(pair)),
            ("note", string()),
            ("origin", string()),
        ]
    )
    relation = struct([(name, string()) for name in ("id", "label", "from", "to")])
    return schema([*words, ("spans", list_(span)), ("relations", list_(relation))])


class _Sink:
    """What a writer writes into and bytes are taken out of meanwhile."""

    closed = False

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        """Take bytes; they are copied, as the writer may use its memory again."""
        taken = bytes(data)
        self._waiting.append(taken)
        self._size += len(taken)
        return len(taken)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


def _sniff(head: Head) -> float:
    return 1.0 if head.data.startswith(MAGIC) else 0.0


RECIPE = Recipe(
    "Hugging Face rows (Parquet)",
    (".parquet",),
    _sniff,
    read=read_parquet,
    write=write_parquet,
    media_type="application/vnd.apache.parquet",
    lost=("Revision, state, schema and guideline version of sets.",),
    needs=("pyarrow",),
)
