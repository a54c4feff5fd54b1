"""The ledger as files: JSONL, CSV, and W3C web annotations, streamed."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from annotator.ledger.models import Ledger, LedgerEntry, Proposition
from annotator.ledger.propositions import statements_of
from annotator.ledger.reading.statements import Role, Statement
from annotator.ledger.selectors import LedgerFilters, entries_of, propositions_of
from annotator.text.spreadsheet import without_formula

AT_ONCE = 500
COLUMNS = (
    "proposition", "proposition_text", "status", "document_id", "basis", "role", "speakers", "kind", "form",
    "start", "end", "fragments", "text", "defers_to", "k", "n",
)  # fmt: skip
_MOTIVATIONS = {
    Role.CLAIM: "identifying",
    Role.DENIAL: "assessing",
    Role.EVASION: "assessing",
    Role.WEAKENING: "moderating",
}

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Groups = Iterator[tuple[Proposition, list[LedgerEntry]]]


def proposition_record(proposition: Proposition, entries: list[LedgerEntry]) -> dict[str, Any]:
    """Return a proposition as exported, with the documents, sets and revisions that its statements come from."""
    return {
        "id": proposition.pk,
        "text": proposition.text,
        "status": proposition.status,
        "sourced": proposition.is_sourced,
        "reported_denial_with_evasion": proposition.has_warning,
        "first_seen": proposition.first_seen or None,
        "last_seen": proposition.last_seen or None,
        "entries": [
            {
                "document_id": entry.ledger_document.document.external_id,
                "sha256": entry.ledger_document.document.sha256,
                "basis": entry.ledger_document.basis,
                "sets": entry.ledger_document.sets,
                "start": entry.start,
                "end": entry.end,
                "text": entry.text,
                "statements": entry.statements,
            }
            for entry in entries
        ],
    }


def jsonl_lines(ledger: Ledger, filters: LedgerFilters) -> Iterator[str]:
    """Yield one line a proposition."""
    for proposition, entries in _groups(ledger, filters):
        yield json.dumps(proposition_record(proposition, entries), ensure_ascii=False) + "\n"


def csv_lines(ledger: Ledger, filters: LedgerFilters) -> Iterator[str]:
    """Yield the table of statements: one row a statement, its positions in code points."""
    yield _csv_line(COLUMNS)
    for proposition, entries in _groups(ledger, filters):
        for entry in entries:
            for statement in statements_of([entry]):
                yield _csv_line(_cells(proposition, entry, statement))


def _cells(proposition: Proposition, entry: LedgerEntry, statement: Statement) -> list[object]:
    row, support = entry.ledger_document, statement.support
    return [
        proposition.pk, proposition.text, proposition.status, row.document.external_id, row.basis,
        statement.role.value, "; ".join(statement.speakers), statement.kind, statement.form,
        statement.fragments[0][0], statement.fragments[-1][1],
        " ".join(f"{start}-{end}" for start, end in statement.fragments),
        statement.text, "; ".join(statement.defers_to), support.k if support else "", support.n if support else "",
    ]  # fmt: skip


def _csv_line(cells: Any) -> str:
    """Return a row; a cell that a spreadsheet would run as a formula begins with an apostrophe."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([without_formula(cell) for cell in cells])
    return line.getvalue()


def annotation_lines(ledger: Ledger, filters: LedgerFilters) -> Iterator[str]:
    """Yield one W3C web annotation a statement and line, its target given in code points and by its words."""
    for proposition, entries in _groups(ledger, filters, with_texts=True):
        for entry in entries:
            for number, statement in enumerate(statements_of([entry]), 1):
                yield json.dumps(_annotation(proposition, entry, statement, number), ensure_ascii=False) + "\n"


def _annotation(proposition: Proposition, entry: LedgerEntry, statement: Statement, number: int) -> dict[str, Any]:
    document = entry.ledger_document.document
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"urn:ledger:{proposition.pk}:{entry.pk}:{number}",
        "type": "Annotation",
        "motivation": _MOTIVATIONS[statement.role],
        "body": [
            {"type": "TextualBody", "purpose": "identifying", "value": proposition.text},
            {"type": "TextualBody", "purpose": "classifying", "value": statement.role.value},
            *({"type": "TextualBody", "purpose": "tagging", "value": name} for name in statement.speakers),
        ],
        "target": [
            {
                "source": f"urn:sha256:{document.sha256}",
                "selector": [
                    {"type": "TextPositionSelector", "start": start, "end": end},
                    {"type": "TextQuoteSelector", "exact": document.text[start:end]},
                ],
            }
            for start, end in statement.fragments
        ],
    }


def _groups(ledger: Ledger, filters: LedgerFilters, *, with_texts: bool = False) -> Groups:
    """Yield the propositions with their entries, some at a time, so that memory does not grow."""
    keys = list(propositions_of(ledger, filters).values_list("id", flat=True))
    for begin in range(0, len(keys), AT_ONCE):
        some = Proposition.objects.in_bulk(keys[begin : begin + AT_ONCE])
        entries = entries_of(some.values(), with_texts=with_texts)
        for key in keys[begin : begin + AT_ONCE]:
            if key in some:
                yield some[key], entries.get(key, [])


WRITERS: dict[str, tuple[Callable[[Ledger, LedgerFilters], Iterator[str]], str, str]] = {
    "jsonl": (jsonl_lines, "application/x-ndjson", "jsonl"),
    "csv": (csv_lines, "text/csv", "csv"),
    "web-annotations": (annotation_lines, "application/ld+json", "jsonld.jsonl"),
}
