"""What to store and to report for a chunk of lines: new documents, new sets of known documents, report lines. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from annotator.formats.incoming import IncomingDocument
from annotator.imports.run.checks import CheckedLine, CheckedSet
from annotator.imports.selectors import KnownDocument, KnownDocuments


class ReportLine(NamedTuple):
    """A message of the report about each line of a file; `number` 0 is the whole file."""

    level: str
    number: int
    message: str


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be stored, with its sets."""

    document: IncomingDocument
    sets: list[CheckedSet] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """What to store and to report for a chunk."""

    new: list[NewDocument] = field(default_factory=list)
    added: list[tuple[int, CheckedSet]] = field(default_factory=list)
    """Sets for documents that are stored already, with the key of the document."""
    report: list[ReportLine] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def plan_chunk(lines: Iterable[CheckedLine], known: KnownDocuments, *, now: datetime) -> Plan:
    """Decide about every line; `now` distinguishes documents of this import from earlier ones."""
    planner = _Planner(known, now)
    for line in lines:
        planner.add(line)
    return planner.plan


def problem_lines(line: CheckedLine) -> list[ReportLine]:
    """Return the problems of a line as lines of the report."""
    return [
        ReportLine(
            "error", problem.line, f"{problem.pointer}: {problem.message}" if problem.pointer else problem.message
        )
        for problem in line.problems
    ]


def id_conflict(document: IncomingDocument) -> str:
    """Return the message for an id that belongs to a document with another text."""
    return (
        f"/id: There already is a document “{document.external_id}” with another text. Texts never change: "
        "give this document an id of its own."
    )


class _Planner:
    def __init__(self, known: KnownDocuments, now: datetime) -> None:
        self.plan = Plan()
        self._known = known
        self._now = now
        self._pending: dict[str, NewDocument] = {}

    def add(self, line: CheckedLine) -> None:
        """Decide what to do with a line."""
        document = line.document
        self.plan.report += [ReportLine("warning", note.line, f"{note.pointer}: {note.message}") for note in line.notes]
        if document is None:
            self.plan.report += problem_lines(line)
            self.plan.counts["refused"] += 1
            return
        same_id = self._known.by_id.get(document.external_id)
        if same_id is not None and same_id.sha256 != document.sha256:
            self._report("error", line, id_conflict(document))
            self.plan.counts["refused"] += 1
            return
        known = same_id or self._known.by_text.get(document.sha256)
        if known is None:
            self._add_document(document, line.sets)
        else:
            self._add_sets(known, line, document)

    def _add_document(self, document: IncomingDocument, sets: tuple[CheckedSet, ...]) -> None:
        new = NewDocument(document, list(sets))
        names = {checked.name for checked in sets}
        self._known.add(KnownDocument(0, document.external_id, document.sha256, self._now, names))
        self._pending[document.external_id] = new
        self.plan.new.append(new)
        self.plan.counts["documents"] += 1
        self._count(sets)

    def _add_sets(self, known: KnownDocument, line: CheckedLine, document: IncomingDocument) -> None:
        """Add the new sets of a known document, and report what is stored already."""
        fresh = [checked for checked in line.sets if checked.name not in known.set_names]
        is_from_this_import = known.created_at == self._now
        if not fresh or not is_from_this_import or known.external_id != document.external_id:
            self._report_duplicate(known, line, document, fresh)
        for checked in fresh:
            known.set_names.add(checked.name)
            if known.key:
                self.plan.added.append((known.key, checked))
            else:
                self._pending[known.external_id].sets.append(checked)
        self._count(fresh)

    def _report_duplicate(
        self, known: KnownDocument, line: CheckedLine, document: IncomingDocument, fresh: list[CheckedSet]
    ) -> None:
        self.plan.counts["duplicates"] += 1
        what = f"“{known.external_id}” is a duplicate"
        if known.external_id != document.external_id:
            what = f"“{document.external_id}” is a duplicate: its text is stored as “{known.external_id}”"
        added = _listed([checked.name for checked in fresh])
        unchanged = _listed([checked.name for checked in line.sets if checked not in fresh])
        sentences = [f"{what}. It was not stored again."]
        if added:
            sentences.append(f"Annotation sets added: {added}.")
        if unchanged:
            sentences.append(f"Annotation sets already stored, unchanged: {unchanged}.")
        self._report("info" if added and not unchanged else "warning", line, " ".join(sentences))

    def _report(self, level: str, line: CheckedLine, message: str) -> None:
        self.plan.report.append(ReportLine(level, line.number, message))

    def _count(self, sets: Iterable[CheckedSet]) -> None:
        for checked in sets:
            self.plan.counts["annotation_sets"] += 1
            self.plan.counts["spans"] += len(checked.spans)
            self.plan.counts["relations"] += len(checked.relations)


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


class Conflicts:
    """Documents of one file whose id belongs to another text, in the database or earlier in the file.

    It remembers a file chunk by chunk as hashes, because the texts would fill the memory.
    """

    def __init__(self) -> None:
        self._texts_by_id: dict[int, int] = {}
        self._texts: set[int] = set()
        self.repeated = 0
        """The number of documents that have the text of a document of an earlier chunk."""

    def find(self, documents: Iterable[tuple[int, IncomingDocument]], known: KnownDocuments) -> Iterator[ReportLine]:
        """Yield an error for each line whose id belongs to another text."""
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
