"""Import corpora into an empty site and print the balance of their items: `make corpora FOLDERS="a b.zip"`.

Each folder or file is a corpus with a project of its own; names that the schema lacks are added. The exit code is 1
when a corpus was refused, or lost items. With `SITE=folder` the site stays there, to look at what was imported.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

KINDS = ("documents", "spans", "relations", "attributes", "notes")
COLUMNS = ("corpus", *KINDS, "left out")
ROOT = Path(__file__).parents[1]


def main(arguments: Sequence[str]) -> int:
    """Import each corpus and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpora", nargs="+", metavar="corpus", help="a folder or an archive")
    parser.add_argument("--site", type=Path, help="the folder of the site, which is kept; without it a temporary one")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="corpora-") as temporary:
        folder = (options.site or Path(temporary)).resolve()
        site = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"VAR_DIR": str(folder)}
        results = [_import(site, number, Path(path)) for number, path in enumerate(options.corpora, 1)]
    _print_table([_row(path, result) for path, result in zip(options.corpora, results, strict=True)])
    return int(any(result is None or result["incomplete"] for result in results))


def _import(site: dict[str, str], number: int, path: Path) -> dict[str, Any] | None:
    """Return the result of an import; None when nothing was imported, for the reasons that are printed."""
    slug = f"corpus-{number}"
    _manage(site, "create_project", slug, "--template", "claims-attribution")  # the first one creates the tables
    imported = _manage(site, "import_documents", slug, str(path), "--new-labels", "add", "--json")
    shown = json.loads(imported.stdout) if imported.stdout.startswith("{") else {}
    result: dict[str, Any] | None = shown.get("result")
    if result is None:
        print(f"{path}: {imported.stderr.strip()}")
        errors = [line for line in shown.get("report", []) if line["level"] == "error"]
        for line in errors[:10]:
            print(f"  {line['where']}: {line['message']}")
    return result


def _manage(site: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, cwd=ROOT, env=site, capture_output=True, text=True, check=False)


def _row(path: str, result: dict[str, Any] | None) -> list[str]:
    """Return a row of the table: for each kind the items found and stored."""
    name = Path(path).name
    if result is None:
        return [name, "refused", *[""] * (len(COLUMNS) - 2)]
    items = result["items"]
    left_out = [
        f"{number:,} {kind} ({reason.replace('_', ' ')})"
        for kind, reasons in items["left_out"].items()
        for reason, number in reasons.items()
    ]
    return [name, *(_equation(items, kind) for kind in KINDS), "; ".join(left_out)]


def _equation(items: dict[str, Any], kind: str) -> str:
    """Return items found = items stored + items left out."""
    number = sum(items["left_out"].get(kind, {}).values())
    equation = f"{items['found'].get(kind, 0):,} = {items['stored'].get(kind, 0):,}"
    return f"{equation} + {number:,}" if number else equation


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    table = [COLUMNS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    for number, row in enumerate(table):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if not number:
            print("  ".join("-" * width for width in widths))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
