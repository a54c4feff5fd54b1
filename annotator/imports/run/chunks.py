"""Sizes of chunks: small while other people save, so that they hardly wait, and otherwise large."""

from collections.abc import Iterable, Iterator

from annotator.imports.run.checked_lines import CheckedLine
from annotator.platform.garbage import collect_young

MOST_DOCUMENTS = 500
MOST_BYTES = 2_500_000
# A save beside an import waits for one chunk at most, because the import makes way for it after each.
DOCUMENTS_BESIDE_OTHERS = 100
# Django's queries make cycles, a few for each chunk.
DOCUMENTS_BETWEEN_SEARCHES = 10_000


class ChunkSizer:
    """The size of the next chunk, by whether others waited for the database while the last one was written.

    `reads_only` takes the largest chunks throughout.
    """

    def __init__(self, *, reads_only: bool = False) -> None:
        self.documents = MOST_DOCUMENTS
        if not reads_only:
            self.adapt(has_others=True)

    def adapt(self, *, has_others: bool) -> None:
        """Choose the size of the next chunk: small beside others, otherwise twice that of the last."""
        self.documents = min(MOST_DOCUMENTS, DOCUMENTS_BESIDE_OTHERS if has_others else 2 * self.documents)

    def chunks(self, lines: Iterable[CheckedLine]) -> Iterator[list[CheckedLine]]:
        """Yield the lines in chunks of limited number and size."""
        chunk: list[CheckedLine] = []
        first = uncollected = 0
        for line in lines:
            chunk.append(line)
            first = first or line.end
            if len(chunk) >= self.documents or line.end - first >= MOST_BYTES:
                yield chunk
                chunk, first, uncollected = [], 0, uncollected + len(chunk)
                if uncollected >= DOCUMENTS_BETWEEN_SEARCHES:
                    uncollected = 0
                    collect_young()
        if chunk:
            yield chunk
