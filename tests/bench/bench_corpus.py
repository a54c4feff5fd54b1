"""Import and export of 20,000 documents of 300 words with 20 spans each, by the commands."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.processes import Measurement, growth
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS = 20_000, 300, 20
EXPORTS = 3
MOST_GROWTH = 0.05
PROJECT = "bench"


def measure() -> Sequence[Figure]:
    """Import once, because a second import would find duplicates only; then export several times."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=DOCUMENTS, words=WORDS, spans=SPANS)
        imported = site.command("import_documents", PROJECT, str(source))
        exports = [_export(site, site.folder / f"export-{number}.jsonl") for number in range(EXPORTS)]
        if len({digest for _, digest in exports}) != 1:
            raise RuntimeError("Two exports of the same data differ.")
        return [*_import_figures(imported), *_export_figures([export for export, _ in exports])]


def _export(site: Site, path: Path) -> tuple[Measurement, str]:
    export = site.command("export_dataset", PROJECT, "--out", str(path))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    path.unlink()
    return export, digest


def _import_figures(imported: Measurement) -> list[Figure]:
    return [
        at_least("documents imported per CPU second", DOCUMENTS / imported.cpu_seconds, "", 1_000),
        noted("documents imported per second, wall-clock time", DOCUMENTS / imported.wall_seconds, ""),
        at_most("peak memory of the import", imported.peak_megabytes, "MB", 250),
        at_most("growth of its memory, third quarter to last", growth(imported.memory_megabytes), "", MOST_GROWTH),
    ]


def _export_figures(exports: Sequence[Measurement]) -> list[Figure]:
    spans = DOCUMENTS * SPANS
    return [
        at_least("spans exported per CPU second", [spans / export.cpu_seconds for export in exports], "", 100_000),
        noted("spans exported per second, wall-clock time", [spans / export.wall_seconds for export in exports], ""),
        noted("peak memory of the export", [export.peak_megabytes for export in exports], "MB"),
        at_most("growth of its memory", [growth(export.memory_megabytes) for export in exports], "", MOST_GROWTH),
    ]


if __name__ == "__main__":
    report(f"Corpus of {DOCUMENTS:,} documents, {WORDS} words, {SPANS} spans each", measure)
