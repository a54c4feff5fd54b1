"""How much is written at once: so little that whoever saves hardly waits, so much that commits cost little."""

from collections.abc import Iterable, Iterator

from annotator.imports.checking import CheckedLine
from annotator.platform.garbage import collect_young

CHUNK_DOCUMENTS = 250
CHUNK_BYTES = 1_000_000
FEWEST_DOCUMENTS = 50
# Seconds. SQLite lets others in only when somebody asks while the lock is free, and who waits asks every 25 to 100 ms.
LONGEST_HOLD = 0.08
SHORTEST_PAUSE = 0.005
LONGEST_PAUSE = 0.5


class Pace:
    """Chooses the size of the next chunk by the time that the last one held the lock of the database.

    Who only reads takes the largest chunks all along: `reads_only`.
    """

    def __init__(self, *, reads_only: bool = False) -> None:
        self.documents = CHUNK_DOCUMENTS if reads_only else min(CHUNK_DOCUMENTS, 2 * FEWEST_DOCUMENTS)

    def pause_after(self, held: float) -> float:
        """Take note of how long the lock was held, and return how long to leave it alone; both in seconds."""
        if held > LONGEST_HOLD:
            self.documents = max(min(FEWEST_DOCUMENTS, CHUNK_DOCUMENTS), self.documents // 2)
        elif held < LONGEST_HOLD / 2:
            self.documents = min(CHUNK_DOCUMENTS, 2 * self.documents)
        return min(max(held, SHORTEST_PAUSE), LONGEST_PAUSE)

    def chunks(self, lines: Iterable[CheckedLine]) -> Iterator[list[CheckedLine]]:
        """Gather lines until they are many or large."""
        chunk: list[CheckedLine] = []
        first = 0
        for line in lines:
            chunk.append(line)
            first = first or line.end
            if len(chunk) >= self.documents or line.end - first >= CHUNK_BYTES:
                yield chunk
                chunk, first = [], 0
                collect_young()
        if chunk:
            yield chunk
