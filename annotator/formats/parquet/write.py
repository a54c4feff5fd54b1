"""Writing rows for Hugging Face `datasets` as Parquet: the same rows as in JSONL, in groups."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from annotator.formats.huggingface.write import rows_of
from annotator.formats.outgoing import ExportContext, ExportDocument, Piece, batches

ROWS_A_GROUP = 500


CHARACTERS_A_GROUP = 10_000_000


def write_parquet(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the file group by group; all its rows have the columns of `row_schema`."""
    from pyarrow import Table, parquet

    sink = _Sink()
    schema = row_schema()
    rows = chain.from_iterable(rows_of(export, context) for export in documents)
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
    """A file-like object that collects the bytes of a writer."""

    closed = False

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        """Keep a copy of the bytes, because the writer may reuse its memory."""
        taken = bytes(data)
        self._waiting.append(taken)
        self._size += len(taken)
        return len(taken)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Do nothing: no bytes are buffered elsewhere."""

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        """Return the bytes written since the last call."""
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken
