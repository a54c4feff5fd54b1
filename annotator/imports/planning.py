"""What becomes of a chunk of lines: new documents, new sets of known ones, or a line of the report."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from annotator.formats.incoming import IncomingDocument
from annotator.imports.checking import CheckedLine, CheckedSet
from annotator.imports.selectors import KnownDocument, KnownDocuments


class ReportLine(NamedTuple):
    """What the report says about one line of a file; `number` 0 is the file."""

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
    """What is to be written and reported for a chunk."""

    new: list[NewDocument] = field(default_factory=list)
    added: list[tuple[int, CheckedSet]] = field(default_factory=list)
    """Sets for documents that are stored, by the key of the document."""
    report: list[ReportLine] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def plan_chunk(lines: Iterable[CheckedLine], known: KnownDocuments, *, now: datetime) -> Plan:
    """Decide about every line; `now` tells documents of this import from those that were there before."""
    planner = _Planner(known, now)
    for line in lines:
        planner.place(line)
    return planner.plan


def problem_lines(line: CheckedLine) -> list[ReportLine]:
    """Return what is wrong with a line, in words."""
    return [
        ReportLine(
            "error", problem.line, f"{problem.pointer}: {problem.message}" if problem.pointer else problem.message
        )
        for problem in line.problems
    ]


def id_conflict(document: IncomingDocument) -> str:
    """Say that an id stands for another text already."""
    return (
        f"/id: There is a document “{document.external_id}” with another text already. Texts never change: "
        "give this one an id of its own."
    )


class _Planner:
    def __init__(self, known: KnownDocuments, now: datetime) -> None:
        self.plan = Plan()
        self._known = known
        self._now = now
        self._pending: dict[str, NewDocument] = {}

    def place(self, line: CheckedLine) -> None:
        """Decide what becomes of one line."""
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
        names = {one.name for one in sets}
        self._known.add(KnownDocument(0, document.external_id, document.sha256, self._now, names))
        self._pending[document.external_id] = new
        self.plan.new.append(new)
        self.plan.counts["documents"] += 1
        self._count(sets)

    def _add_sets(self, known: KnownDocument, line: CheckedLine, document: IncomingDocument) -> None:
        """A known document: its new sets are taken, whatever is there already is reported."""
        fresh = [one for one in line.sets if one.name not in known.set_names]
        came_just_now = known.created_at == self._now
        if not fresh or not came_just_now or known.external_id != document.external_id:
            self._report_duplicate(known, line, document, fresh)
        for one in fresh:
            known.set_names.add(one.name)
            if known.key:
                self.plan.added.append((known.key, one))
            else:
                self._pending[known.external_id].sets.append(one)
        self._count(fresh)

    def _report_duplicate(
        self, known: KnownDocument, line: CheckedLine, document: IncomingDocument, fresh: list[CheckedSet]
    ) -> None:
        self.plan.counts["duplicates"] += 1
        what = f"“{known.external_id}” is here already"
        if known.external_id != document.external_id:
            what = f"The text of “{document.external_id}” is here already, as “{known.external_id}”"
        added = _listed([one.name for one in fresh])
        left = _listed([one.name for one in line.sets if one not in fresh])
        sentences = [f"{what}; it was not stored again."]
        if added:
            sentences.append(f"Its annotations by {added} were added.")
        if left:
            sentences.append(f"Its annotations by {left} were there before and stay as they are.")
        self._report("info" if added and not left else "warning", line, " ".join(sentences))

    def _report(self, level: str, line: CheckedLine, message: str) -> None:
        self.plan.report.append(ReportLine(level, line.number, message))

    def _count(self, sets: Iterable[CheckedSet]) -> None:
        for one in sets:
            self.plan.counts["annotation_sets"] += 1
            self.plan.counts["spans"] += len(one.spans)
            self.plan.counts["relations"] += len(one.relations)


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
