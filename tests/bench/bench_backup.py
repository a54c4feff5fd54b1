"""Backup and restore of 100,000 documents of 300 words with 20 spans each, on SQLite, and of a tenth of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PROJECT
from tests.bench.processes import MEGABYTE, Measurement
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS = 100_000, 300, 20
FEWER = DOCUMENTS // 10


@dataclass(frozen=True)
class Copy:
    """What the backup of a site of one size, its verification and its restore took."""

    saved: Measurement
    checked: Measurement
    restored: Measurement
    megabytes: float


def measure() -> Sequence[Figure]:
    """Back up and restore sites of two sizes."""
    few, many = _copy_site(FEWER), _copy_site(DOCUMENTS)
    return [
        at_most(f"CPU of the backup of {DOCUMENTS:,} documents", many.saved.cpu_seconds, "s", 60),
        noted("the same, wall-clock time", many.saved.wall_seconds, "s"),
        at_most("CPU of its restore", many.restored.cpu_seconds, "s", 120),
        noted("the same, wall-clock time", many.restored.wall_seconds, "s"),
        noted("CPU of its verification", many.checked.cpu_seconds, "s"),
        at_most("peak memory of the backup", many.saved.peak_megabytes, "MB", 250),
        at_most("peak memory of the restore", many.restored.peak_megabytes, "MB", 250),
        noted("size of the file", many.megabytes, "MB"),
        at_most("CPU of the backup per document, ten times as many", _growth(few.saved, many.saved), "×", 1.2),
        at_most("CPU of the restore per document, ten times as many", _growth(few.restored, many.restored), "×", 1.5),
    ]


def _growth(few: Measurement, many: Measurement) -> float:
    return many.cpu_seconds / few.cpu_seconds / (DOCUMENTS / FEWER)


def _copy_site(documents: int) -> Copy:
    with new_site() as site, new_site() as other:
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source, backup = site.folder / "corpus.jsonl", site.folder / "site.backup"
        write_corpus(source, documents=documents, words=WORDS, spans=SPANS)
        site.command("import_documents", PROJECT, str(source))
        source.unlink()
        saved = site.command("backup", str(backup))
        checked = site.command("restore", str(backup), "--check")
        restored = other.command("restore", str(backup))
        _compare(site, other)
        return Copy(saved, checked, restored, backup.stat().st_size / MEGABYTE)


def _compare(site: Site, other: Site) -> None:
    """Raise an error when the restored site exports other bytes."""
    exports = []
    for copy in (site, other):
        out = copy.folder / "export.jsonl"
        copy.command("export_dataset", PROJECT, "--out", str(out))
        exports.append(out.read_bytes())
    if exports[0] != exports[1]:
        raise RuntimeError("The restored site exports other data than the site that was backed up.")


if __name__ == "__main__":
    report(f"Backup of {DOCUMENTS:,} documents, {WORDS} words, {SPANS} spans each", measure)
