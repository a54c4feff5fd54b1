"""The registry as a file: JSONL and CSV, read and written."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.corpus.speakers import selectors
from annotator.corpus.speakers.history import ENTRY, Write, new_uid, record
from annotator.corpus.speakers.mentions.names import folded
from annotator.corpus.speakers.models import EntryKind, SpeakerChange, SpeakerEntry
from annotator.corpus.speakers.services import MOST_ALIASES, NO_VALUES
from annotator.platform.accounts.models import User
from annotator.problems import FieldError, InvalidInput
from annotator.text.spreadsheet import escape_formula, unescape_formula
from projects.models import Project

COLUMNS = ("id", "name", "kind", "role", "affiliation", "outside_id", "aliases")
FACTS = ("kind", "role", "affiliation", "outside_id")
SEPARATOR = " | "
"""Between the aliases of a CSV cell."""
LONGEST = 300
MOST_ERRORS = 20
MOST_ENTRIES = 100_000
LONGEST_FILE = 64_000_000


def entry_record(entry: SpeakerEntry) -> dict[str, Any]:
    """Return an entry as exported."""
    values = {name: getattr(entry, name) for name in COLUMNS[1:]}
    return {"id": entry.uid, **values}


def jsonl_lines(project: Project) -> Iterator[str]:
    """Yield one line an entry, by name."""
    for entry in selectors.entries_of(project).iterator(chunk_size=2000):
        yield json.dumps(entry_record(entry), ensure_ascii=False) + "\n"


def csv_lines(project: Project) -> Iterator[str]:
    """Yield the table of entries, by name; cells that a spreadsheet would run are escaped reversibly."""
    yield _csv_line(COLUMNS)
    for entry in selectors.entries_of(project).iterator(chunk_size=2000):
        values = entry_record(entry) | {"aliases": SEPARATOR.join(entry.aliases)}
        yield _csv_line([escape_formula(values[name]) for name in COLUMNS])


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


WRITERS: Mapping[str, tuple[Callable[[Project], Iterator[str]], str]] = {
    "jsonl": (jsonl_lines, "application/x-ndjson"),
    "csv": (csv_lines, "text/csv"),
}


@dataclass(frozen=True)
class ImportPlan:
    """What reading a file would do to the registry."""

    writes: Sequence[Write]
    added: int
    changed: int
    unchanged: int


def read_entries(content: bytes, *, file_format: str) -> list[dict[str, Any]]:
    """Return the entries of a file; raises `InvalidInput` that names the lines which are not valid."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(_("The file is not UTF-8. Save it as UTF-8, and import it again.")) from error
    return checked_rows(_csv_rows(text) if file_format == "csv" else _jsonl_rows(text))


def plan_file(project: Project, name: str, content: bytes) -> ImportPlan:
    """Return what reading a file would do; CSV when its name says so, else JSONL."""
    if len(content) > LONGEST_FILE:
        raise InvalidInput(_("The file is larger than 64 MB. Split it."))
    is_csv = name.lower().endswith(".csv")
    return plan_import(project, read_entries(content, file_format="csv" if is_csv else "jsonl"))


def checked(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return entries that came as JSON, or raise `InvalidInput` that names those which are not valid."""
    return checked_rows(enumerate(rows, 1))


def checked_rows(rows: Iterable[tuple[int, dict[str, Any] | str]]) -> list[dict[str, Any]]:
    """Return the rows of a file, each with its line; raises `InvalidInput` that names the lines which are not valid."""
    entries: list[dict[str, Any]] = []
    errors: list[FieldError] = []
    for number, row in rows:
        problem = row if isinstance(row, str) else _problem(row)
        if problem:
            detail = _("Line %(number)s: %(problem)s") % {"number": number, "problem": problem}
            errors.append({"pointer": f"/{number}", "detail": detail})
        elif isinstance(row, dict):
            entries.append(row)
        if len(errors) >= MOST_ERRORS or len(entries) > MOST_ENTRIES:
            break
    if len(entries) > MOST_ENTRIES:
        raise InvalidInput(_("A file can have %(most)s entries. Split it.") % {"most": f"{MOST_ENTRIES:,}"})
    if errors:
        raise InvalidInput(_("Nothing was imported: some lines are not valid."), errors=errors)
    return entries


def _jsonl_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                value = None
            yield number, value if isinstance(value, dict) else _("not a JSON object.")


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    try:
        if "name" not in (reader.fieldnames or ()):
            yield 1, _("the header needs the column “name”.")
            return
        for row in reader:
            values = {key: unescape_formula(cell or "") for key, cell in row.items() if key in COLUMNS}
            aliases = [alias.strip() for alias in str(values.get("aliases", "")).split("|")]
            yield reader.line_num, {**values, **({"aliases": aliases} if "aliases" in values else {})}
    except csv.Error as error:
        yield reader.line_num, str(error)


def _problem(row: Mapping[str, Any]) -> str:
    """Return what is not valid in an entry of a file, "" for nothing."""
    texts = [row.get(name, "") for name in ("id", "name", *FACTS)]
    aliases = row.get("aliases", [])
    if not all(isinstance(value, str) for value in texts) or not (
        isinstance(aliases, list) and all(isinstance(alias, str) for alias in aliases)
    ):
        return _("all values are text, and “aliases” is a list of text.")
    if not folded(row.get("name", "")):
        return _("“name” is missing.")
    if max(map(len, [*texts, *aliases])) > LONGEST or len(row.get("id", "")) > 32 or len(aliases) > MOST_ALIASES:
        return _("a value is longer than %(most)s characters.") % {"most": LONGEST}
    if any("\x00" in value for value in (*texts, *aliases)) or not _is_storable([*texts, *aliases]):
        return _("a value has characters that cannot be stored.")
    if row.get("kind", "") not in ("", *EntryKind.values):
        return _("“kind” is one of: %(kinds)s.") % {"kinds": ", ".join(EntryKind.values)}
    return ""


def _is_storable(values: Iterable[str]) -> bool:
    return not any("\ud800" <= character <= "\udfff" for value in values for character in value)


def plan_import(project: Project, rows: Sequence[Mapping[str, Any]]) -> ImportPlan:
    """Return what reading some entries would do: they are found by id, else by name; aliases are added."""
    entries = list(selectors.entries_of(project))
    by_uid = {entry.uid: entry for entry in entries}
    by_name = {folded(entry.name): entry for entry in entries}
    used = set(SpeakerEntry.objects.filter(project=project).values_list("uid", flat=True))
    values: dict[str, dict[str, Any]] = {}
    uids: dict[str, str] = {}
    before: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = " ".join(row["name"].split())
        entry = by_uid.get(row.get("id", "")) or by_name.get(folded(name))
        uid = entry.uid if entry else uids.get(folded(name)) or _free_uid(row.get("id", ""), used)
        used.add(uid)
        uids[folded(name)] = uid
        if entry and uid not in before:
            before[uid] = {column: getattr(entry, column) for column in COLUMNS[1:]}
        known = values.get(uid) or before.get(uid) or {"name": name, "aliases": []}
        values[uid] = _joined(known, name, row)
    changed = {uid: value for uid, value in values.items() if value != before.get(uid)}
    writes = [Write(ENTRY, uid, value if uid in before else {**NO_VALUES, **value}) for uid, value in changed.items()]
    added = sum(uid not in before for uid in changed)
    return ImportPlan(writes, added, len(changed) - added, len(values) - len(changed))


def _free_uid(uid: str, used: set[str]) -> str:
    return uid if uid and uid not in used else new_uid()


def _joined(known: Mapping[str, Any], name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    names = [*known["aliases"], *(" ".join(alias.split()) for alias in row.get("aliases", [])), known["name"]]
    aliases = [alias for alias in dict.fromkeys(names) if folded(alias) and alias != name]
    given = {column: row[column] for column in FACTS if row.get(column)}
    return {**known, **given, "name": name, "aliases": aliases}


def apply_import(project: Project, plan: ImportPlan, *, by: User | None, now: datetime) -> SpeakerChange | None:
    """Write what a plan says as one step, which can be undone; None when there is nothing to write."""
    if not plan.writes:
        return None
    count = len(plan.writes)
    detail = ngettext("%(count)s entry", "%(count)s entries", count) % {"count": f"{count:,}"}
    return record(project, SpeakerChange.Kind.IMPORT, detail, plan.writes, by=by, now=now)
