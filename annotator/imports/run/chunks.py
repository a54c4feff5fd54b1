"""Sizes of chunks: small enough that people who save hardly wait, large enough that commits cost little."""

from collections.abc import Iterable, Iterator

from annotator.imports.run.checks import CheckedLine
from annotator.platform.garbage import collect_young

CHUNK_DOCUMENTS = 250
CHUNK_BYTES = 1_000_000
FEWEST_DOCUMENTS = 50
# Django's queries make cycles, a few for each chunk.
DOCUMENTS_BETWEEN_SEARCHES = 1_000
# Seconds. A save beside an import waits about as long at most, because the import makes way for it after each chunk.
LONGEST_HOLD = 0.08


class ChunkSizer:
    """The size of the next chunk, by how long the last chunk held the lock of the database.

    `reads_only` takes the largest chunks throughout.
    """

    def __init__(self, *, reads_only: bool = False) -> None:
        self.documents = CHUNK_DOCUMENTS if reads_only else min(CHUNK_DOCUMENTS, 2 * FEWEST_DOCUMENTS)

    def adapt_to(self, held: float) -> None:
        """Choose the size of the next chunk after the lock was held for some seconds."""
        if held > LONGEST_HOLD:
            self.documents = max(min(FEWEST_DOCUMENTS, CHUNK_DOCUMENTS), self.documents // 2)
        elif held < LONGEST_HOLD / 2:
            self.documents = min(CHUNK_DOCUMENTS, 2 * self.documents)

    def chunks(self, lines: Iterable[CheckedLine]) -> Iterator[list[CheckedLine]]:
        """Yield the lines in chunks of limited number and size."""
        chunk: list[CheckedLine] = []
        first = uncollected = 0
        for line in lines:
            chunk.append(line)
            first = first or line.end
            if len(chunk) >= self.documents or line.end - first >= CHUNK_BYTES:
                yield chunk
                chunk, first, uncollected = [], 0, uncollected + len(chunk)
                if uncollected >= DOCUMENTS_BETWEEN_SEARCHES:
                    uncollected = 0
                    collect_young()
        if chunk:
            yield chunk
