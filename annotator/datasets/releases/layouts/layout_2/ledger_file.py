"""The claim ledger of a release: one proposition a line, with all who claim, deny or evade it and their sentences.

The lines are in the order of the first mentions: documents in code point order of their ids, then by position.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, BinaryIO
from urllib.parse import quote

import orjson

from annotator.corpus.documents.selectors import batches_of
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.releases.contents.facts import DocumentFacts
from annotator.datasets.releases.contents.frozen import FrozenRecord, read_frozen
from annotator.datasets.releases.contents.ledger import LedgerContent, ledger_content
from annotator.datasets.releases.contents.source import ReleaseSource
from annotator.datasets.releases.layouts.layout_2.card_sections import LEDGER_ANNOTATIONS, LEDGER_CSV
from annotator.datasets.releases.options import ReleaseOptions
from annotator.ledger.propositions import Member, date_of, entry_sharing_most, values_of
from annotator.ledger.reading.sources import ADJUDICATED, CONSENSUS, mentions_of
from annotator.ledger.reading.statements import DocumentProposition, Role, distinct_propositions, read_document
from annotator.text.spreadsheet import without_formula

LEDGER = "ledger.jsonl"
COLUMNS = (
    "proposition", "proposition_text", "status", "document_id", "split", "basis", "role", "speakers", "kind", "form",
    "start", "end", "fragments", "text", "answer_to", "defers_to", "k", "n",
)  # fmt: skip
"""The columns of the ledger as a table; `answer_to` is the place of the statement that one answers."""
MOTIVATIONS = {"claim": "identifying", "denial": "assessing", "evasion": "assessing", "weakening": "moderating"}
"""Why an annotation of a role was made, in the words of the W3C."""
TEXTS_KEPT = 50
_LINE = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
Place = tuple[str, int, int]
"""A document by its id, start and end."""


@dataclass(frozen=True)
class _Entry:
    """What one document says about one proposition: its record, and what the proposition is made from."""

    record: dict[str, Any]
    member: Member


@dataclass
class _Joins:
    """Which entries people joined: entries by number, and for each place of a decision the entry there."""

    decisions: list[tuple[Place, Place]] = field(default_factory=list)
    found: dict[Place, int] = field(default_factory=dict)

    def groups(self) -> Iterator[list[int]]:
        """Yield the numbers of the entries of each proposition that people joined, the first mention first."""
        group_of: dict[int, set[int]] = {}
        for first, second in self.decisions:
            if first in self.found and second in self.found:
                ends = self.found[first], self.found[second]
                group = set().union(*(group_of.get(end, {end}) for end in ends))
                group_of.update(dict.fromkeys(group, group))
        seen: set[int] = set()
        for number in sorted(group_of):
            if number not in seen:
                seen |= group_of[number]
                yield sorted(group_of[number])


@dataclass
class LedgerFile:
    """Writes the ledger of a release to `spool`, and counts what is in it.

    `name_of` returns the name under which a set is released, `split_of` the split of a document, or "". Entries that
    people joined to others are kept until all documents are read; every other line is written at once.
    """

    source: ReleaseSource
    options: ExportOptions
    name_of: Callable[[FrozenRecord, str], str]
    split_of: Callable[[str], str]
    advance: Callable[[int], None]
    spool: BinaryIO
    lines: list[tuple[int, int]] = field(default_factory=list)
    kept: dict[int, _Entry] = field(default_factory=dict)
    without_target: int = 0
    statements: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    joined: int = 0
    across_splits: int = 0

    def write(self) -> Iterator[bytes]:
        """Read all documents, then yield the lines of the file."""
        joins = _Joins()
        for batch in batches_of([key for _, key in self.source.documents()]):
            self._read(batch, joins)
        groups = {group[0]: group for group in joins.groups() if len(group) > 1}
        later = {number for group in groups.values() for number in group[1:]}
        for number, (position, length) in enumerate(self.lines):
            if number in self.kept and number not in later:
                group = groups.get(number, [number])
                yield self._line([self.kept[entry] for entry in group])
            elif number not in self.kept:
                self.spool.seek(position)
                yield self.spool.read(length)

    def other_files(self, options: ReleaseOptions) -> Mapping[str, Callable[[bytes | None], bytes]]:
        """Return the further files by name, each with how it has a line of the ledger; for None, its beginning."""
        files: dict[str, Callable[[bytes | None], bytes]] = {}
        if options.ledger_csv:
            files[LEDGER_CSV] = table_rows
        if options.ledger_annotations:
            keys = dict(self.source.documents())

            @lru_cache(maxsize=TEXTS_KEPT)
            def text_of(name: str) -> str:
                (record,) = read_frozen(self.source, [keys[name]])
                return str(record.document["text"])

            files[LEDGER_ANNOTATIONS] = partial(annotation_lines, text_of=text_of)
        return files

    def record(self) -> dict[str, Any]:
        """Return what the manifest says of the ledger."""
        return {
            "propositions": {"all": self.statuses.total(), "by_status": dict(sorted(self.statuses.items()))},
            "statements": {"all": self.statements.total(), "by_role": dict(sorted(self.statements.items()))},
            "without_target": self.without_target,
            "joined": self.joined,
            "across_splits": self.across_splits,
        }

    def _read(self, keys: Sequence[int], joins: _Joins) -> None:
        records = dict(zip(keys, read_frozen(self.source, keys), strict=True))
        chosen = {key: ledger_content(record, self.options) for key, record in records.items()}
        contents = {key: content for key, content in chosen.items() if content is not None}
        facts = self.source.facts({
            key: mentions_of(records[key].document["text"], content.content) for key, content in contents.items()
        })  # fmt: skip
        for key, content in contents.items():
            self._add(records[key], content, facts[key], joins)
        self.advance(len(keys))

    def _add(self, record: FrozenRecord, chosen: LedgerContent, facts: DocumentFacts, joins: _Joins) -> None:
        document = record.document
        reading = read_document(document["text"], chosen.content, chosen.support, facts.names)
        self.without_target += reading.without_target
        first = len(self.lines)
        propositions = list(distinct_propositions(reading))
        entries = [self._entry(record, chosen, proposition) for proposition in propositions]
        claims = [
            (start, end, number)
            for number, proposition in enumerate(propositions, first)
            for statement in proposition.statements
            if statement.role == Role.CLAIM
            for start, end in statement.fragments
        ]
        self.lines += [(0, 0)] * len(entries)
        taken = set()
        for place, other, end in facts.joined:
            number = entry_sharing_most(claims, *place)
            if number is not None:
                joins.found[document["id"], *place] = number
                taken.add(number)
            joins.decisions.append(((document["id"], *place), (other, *end)))
        for number, entry in enumerate(entries, first):
            if number in taken:
                self.kept[number] = entry
            else:
                line, position = self._line([entry]), self.spool.tell()
                self.spool.write(line)
                self.lines[number] = position, len(line)

    def _entry(self, record: FrozenRecord, chosen: LedgerContent, proposition: DocumentProposition) -> _Entry:
        document, document_number = record.document, len(self.lines)
        start, end = proposition.extent
        shown = {name: self.name_of(record, name) for name in chosen.sets}
        basis = chosen.basis if chosen.basis in (ADJUDICATED, CONSENSUS) else shown[chosen.sets[0]]
        entry = {
            "document_id": document["id"],
            "sha256": document["sha256"],
            "split": self.split_of(document["id"]),
            "basis": basis,
            "sets": {shown[name]: record.sets[name]["revision"] for name in chosen.sets},
            "start": start,
            "end": end,
            "text": proposition.text,
            "statements": [statement.as_json() for statement in proposition.statements],
        }
        member = Member(
            document_number,
            None,
            (document_number, document_number, start),
            date_of(document["meta"]),
            proposition.text,
            proposition.statements,
        )
        return _Entry(entry, member)

    def _line(self, entries: Sequence[_Entry]) -> bytes:
        """Return the line of a proposition, and count it."""
        values = values_of([entry.member for entry in entries])
        first = entries[0].record
        self.statuses[values["status"]] += 1
        self.statements.update(statement.role.value for entry in entries for statement in entry.member.statements)
        self.joined += len(entries) > 1
        self.across_splits += len({entry.record["split"] for entry in entries}) > 1
        return orjson.dumps(
            {
                "id": f"{first['document_id']}#char={first['start']},{first['end']}",
                "text": values["text"],
                "status": values["status"],
                "sourced": values["is_sourced"],
                "reported_denial_with_evasion": values["has_warning"],
                "first_seen": values["first_seen"] or None,
                "last_seen": values["last_seen"] or None,
                "entries": [entry.record for entry in entries],
            },
            option=_LINE,
        )


def table_rows(line: bytes | None) -> bytes:
    """Return a line of the ledger as rows of a table, one a statement; the row of names for None."""
    rows = [COLUMNS] if line is None else _rows(orjson.loads(line))
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([without_formula(cell) for cell in row] for row in rows)
    return table.getvalue().encode()


def annotation_lines(line: bytes | None, text_of: Callable[[str], str]) -> bytes:
    """Return a line of the ledger as W3C web annotations, one a statement; nothing for None.

    `text_of` returns the text of a document: a statement has its words without line breaks, a quote needs them.
    """
    proposition = orjson.loads(line or b'{"entries": []}')
    statements = [
        (entry, statement)
        for entry in proposition["entries"]
        for top in entry["statements"]
        for statement in _with_answers(top)
    ]
    return b"".join(
        orjson.dumps(_annotation(proposition, number, entry, statement, text_of(entry["document_id"])), option=_LINE)
        for number, (entry, statement) in enumerate(statements, 1)
    )


def _with_answers(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield statement
    for answer in statement.get("answers", ()):
        yield from _with_answers(answer)


def _annotation(
    proposition: Mapping[str, Any], number: int, entry: Mapping[str, Any], statement: Mapping[str, Any], text: str
) -> dict[str, Any]:
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"urn:ledger:{quote(proposition['id'], safe='')}:{number}",
        "type": "Annotation",
        "motivation": MOTIVATIONS[statement["role"]],
        "body": [
            {"type": "TextualBody", "purpose": "identifying", "value": proposition["text"]},
            {"type": "TextualBody", "purpose": "classifying", "value": statement["role"]},
            *({"type": "TextualBody", "purpose": "tagging", "value": name} for name in statement["speakers"]),
        ],
        "target": [
            {
                "source": f"urn:sha256:{entry['sha256']}",
                "selector": [
                    {"type": "TextPositionSelector", "start": start, "end": end},
                    {"type": "TextQuoteSelector", "exact": text[start:end]},
                ],
            }
            for start, end in statement["fragments"]
        ],
    }


def _rows(proposition: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    about = proposition["id"], proposition["text"], proposition["status"]
    for entry in proposition["entries"]:
        place = entry["document_id"], entry["split"], entry["basis"]
        for statement in entry["statements"]:
            yield from ((*about, *place, *cells) for cells in _statement_cells(statement, ""))


def _statement_cells(statement: Mapping[str, Any], answer_to: str) -> Iterator[tuple[object, ...]]:
    """Yield the cells of a statement, then those of its answers."""
    pieces = statement["fragments"]
    place = " ".join(f"{start}-{end}" for start, end in pieces)
    support = statement.get("support", {})
    yield (
        statement["role"], "; ".join(statement["speakers"]), statement["kind"], statement["form"],
        pieces[0][0], pieces[-1][1], place, statement["text"], answer_to,
        "; ".join(statement.get("defers_to", ())), support.get("k", ""), support.get("n", ""),
    )  # fmt: skip
    for answer in statement.get("answers", ()):
        yield from _statement_cells(answer, place)
