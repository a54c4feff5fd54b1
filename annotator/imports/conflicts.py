"""Documents of one file that cannot be, because their id stands for another text. Pure, but for what it is given."""

from collections.abc import Iterable, Iterator

from annotator.formats.incoming import IncomingDocument
from annotator.imports.planning import ReportLine, id_conflict
from annotator.imports.selectors import KnownDocuments


class Conflicts:
    """Remembers a file chunk by chunk: numbers made of ids and texts, as the texts would fill the memory."""

    def __init__(self) -> None:
        self._texts_by_id: dict[int, int] = {}
        self._texts: set[int] = set()
        self.repeated = 0
        """How many documents have the text of another of an earlier chunk."""

    def find(self, documents: Iterable[tuple[int, IncomingDocument]], known: KnownDocuments) -> Iterator[ReportLine]:
        """Yield the lines whose id stands for another text, in the database or earlier in the file."""
        new: set[int] = set()
        for number, document in documents:
            stored = known.by_id.get(document.external_id)
            identifier, text = hash(document.external_id), hash(document.sha256)
            if identifier not in self._texts_by_id and text in self._texts:
                self.repeated += 1
            new.add(text)
            if self._texts_by_id.setdefault(identifier, text) != text or (stored and stored.sha256 != document.sha256):
                yield ReportLine("error", number, id_conflict(document))
        self._texts |= new
