"""What to store and to report for a chunk of lines: new documents, new sets of known documents, report lines. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from annotator.formats.incoming import IncomingDocument
from annotator.formats.item_counts import ItemCounts
from annotator.imports.options import EqualTexts, ImportOptions, Predictions
from annotator.imports.run.checked_lines import CheckedLine, CheckedSet
from annotator.imports.selectors import KnownDocument, KnownDocuments, content_of

DEFAULT_OPTIONS = ImportOptions()


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
    items: ItemCounts = field(default_factory=ItemCounts)
    """What is not stored, by reason; `found` stays empty."""

    @property
    def people(self) -> set[str]:
        """The names of the sets to be stored that no model made."""
        sets = [checked for new in self.new for checked in new.sets] + [checked for _, checked in self.added]
        return {checked.name for checked in sets if checked.prediction is None}


def plan_chunk(
    lines: Iterable[CheckedLine], known: KnownDocuments, *, now: datetime, options: ImportOptions = DEFAULT_OPTIONS
) -> Plan:
    """Decide about every line; `now` distinguishes documents of this import from earlier ones."""
    planner = _Planner(known, now, options)
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


def text_conflict(document: IncomingDocument, stored_as: str) -> str:
    """Return the message for a text that another document has, when equal texts are refused."""
    other = f"“{stored_as}”" if stored_as else "another document of this file"
    return f"/text: “{document.external_id}” has the same text as {other}. Keep equal texts, merge them, or remove it."


class _Planner:
    def __init__(self, known: KnownDocuments, now: datetime, options: ImportOptions) -> None:
        self.plan = Plan()
        self._known = known
        self._now = now
        self._equal_texts = options.equal_texts
        self._predictions = options.predictions
        self._refused = "refused_allowed" if options.skip_bad else "refused"
        self._pending: dict[str, NewDocument] = {}

    def add(self, line: CheckedLine) -> None:
        """Decide what to do with a line."""
        document = line.document
        for note in line.notes:
            self.plan.report.append(ReportLine("warning", note.line, f"{note.pointer}: {note.message}"))
        if document is None:
            self.plan.report += problem_lines(line)
            self._refuse(line)
            return
        same_id = self._known.by_id.get(document.external_id)
        same_text = self._known.by_text.get(document.sha256)
        if same_id is not None and same_id.sha256 != document.sha256:
            self._refuse(line, id_conflict(document))
        elif same_id is not None:
            self._add_sets(same_id, line, document)
        elif same_text is None:
            self._add_document(document, line.sets)
        elif self._equal_texts == EqualTexts.MERGE:
            self._add_sets(same_text, line, document)
        elif self._equal_texts == EqualTexts.REFUSE:
            self._refuse(line, text_conflict(document, same_text.external_id))
        else:
            twin = f"“{document.external_id}” has the same text as “{same_text.external_id}”. Both are stored."
            self._report("info", line, twin)
            self.plan.counts["equal_texts"] += 1
            self._add_document(document, line.sets)

    def _refuse(self, line: CheckedLine, message: str = "") -> None:
        if message:
            self._report("error", line, message)
        self.plan.counts["refused"] += 1
        self.plan.items.lose(self._refused, line.numbers)

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
        self.plan.items.lose("stored_before", {"documents": 1})
        is_from_this_import = known.created_at == self._now
        other = [checked for checked in line.sets if checked not in fresh and not self._is_stored(known, checked)]
        for checked in line.sets:
            if checked not in fresh:
                self.plan.items.lose("other_version" if checked in other else "stored_before", checked.numbers)
        if not fresh or not is_from_this_import or known.external_id != document.external_id:
            self._report_duplicate(known, line, document, fresh, other)
        for checked in fresh:
            known.set_names.add(checked.name)
            if known.key:
                self.plan.added.append((known.key, checked))
            else:
                self._pending[known.external_id].sets.append(checked)
        self._count(fresh)

    def _is_stored(self, known: KnownDocument, checked: CheckedSet) -> bool:
        """Return whether the stored set of that name, or the one about to be stored, has the same content."""
        own = self._pending[known.external_id].sets if known.external_id in self._pending else []
        added = [pending for key, pending in self.plan.added if known.key and key == known.key]
        pending = next((pending for pending in (*own, *added) if pending.name == checked.name), None)
        content = content_of(checked.spans, checked.relations, checked.document_attributes)
        if pending is not None:
            return content_of(pending.spans, pending.relations, pending.document_attributes) == content
        return self._known.stored_content(known.key, checked.name) == content

    def _report_duplicate(
        self,
        known: KnownDocument,
        line: CheckedLine,
        document: IncomingDocument,
        fresh: list[CheckedSet],
        other: list[CheckedSet],
    ) -> None:
        self.plan.counts["duplicates"] += 1
        what = f"“{known.external_id}” is a duplicate"
        if known.external_id != document.external_id:
            what = f"“{document.external_id}” is a duplicate: its text is stored as “{known.external_id}”"
        added = _listed([checked.name for checked in fresh])
        unchanged = _listed([checked.name for checked in line.sets if checked not in fresh and checked not in other])
        different = _listed([checked.name for checked in other])
        sentences = [f"{what}. It was not stored again."]
        if added:
            sentences.append(f"Annotation sets added: {added}.")
        if unchanged:
            sentences.append(f"Annotation sets already stored, unchanged: {unchanged}.")
        if different:
            sentences.append(
                f"Annotation sets stored with other content, so that these spans were left out: {different}. Give them "
                "another annotator name, or merge equal texts."
            )
        self._report("info" if added and not unchanged and not different else "warning", line, " ".join(sentences))

    def _report(self, level: str, line: CheckedLine, message: str) -> None:
        self.plan.report.append(ReportLine(level, line.number, message))

    def _count(self, sets: Iterable[CheckedSet]) -> None:
        counts = self.plan.counts
        for checked in sets:
            is_suggestion = checked.prediction is not None and self._predictions == Predictions.SUGGESTIONS
            counts["suggestion_runs" if is_suggestion else "annotation_sets"] += 1
            for kind, number in checked.numbers.items():
                counts[f"suggested_{kind}" if is_suggestion else kind] += number


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


class Conflicts:
    """Documents of one file whose id belongs to another text, in the database or earlier in the file.

    It remembers a file chunk by chunk as hashes, because the texts would fill the memory.
    """

    def __init__(self, equal_texts: str = EqualTexts.KEEP) -> None:
        self._equal_texts = equal_texts
        self._texts_by_id: dict[int, int] = {}
        self._texts: set[int] = set()
        self.repeated = 0
        """The number of documents that merge with a document of an earlier chunk because of their text."""

    def find(self, documents: Iterable[tuple[int, IncomingDocument]], known: KnownDocuments) -> Iterator[ReportLine]:
        """Yield an error for each line whose id belongs to another text."""
        new: set[int] = set()
        for number, document in documents:
            stored = known.by_id.get(document.external_id)
            identifier, text = hash(document.external_id), hash(document.sha256)
            if identifier not in self._texts_by_id and stored is None:
                twin = known.by_text.get(document.sha256)
                if self._equal_texts == EqualTexts.MERGE:
                    self.repeated += text in self._texts
                elif self._equal_texts == EqualTexts.REFUSE and (twin or text in self._texts | new):
                    yield ReportLine("error", number, text_conflict(document, twin.external_id if twin else ""))
            new.add(text)
            if self._texts_by_id.setdefault(identifier, text) != text or (stored and stored.sha256 != document.sha256):
                yield ReportLine("error", number, id_conflict(document))
        self._texts |= new
