"""Import and export of a corpus of 20,000 documents of 300 words with 20 spans each, by the commands."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.processes import Measured, growth
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS = 20_000, 300, 20
EXPORTS = 3
MOST_GROWTH = 0.05
PROJECT = "bench"


def measure() -> Sequence[Figure]:
    """Import once, since a second time would find duplicates only, then export several times."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=DOCUMENTS, words=WORDS, spans=SPANS)
        taken_in = site.command("import_documents", PROJECT, str(source))
        exports = [_export(site, site.folder / f"export-{number}.jsonl") for number in range(EXPORTS)]
        if len({digest for _, digest in exports}) != 1:
            raise RuntimeError("Two exports of the same data differ.")
        return [*_import_figures(taken_in), *_export_figures([measured for measured, _ in exports])]


def _export(site: Site, path: Path) -> tuple[Measured, str]:
    measured = site.command("export_dataset", PROJECT, "--out", str(path))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    path.unlink()
    return measured, digest


def _import_figures(taken_in: Measured) -> list[Figure]:
    return [
        at_least("documents imported per CPU second", DOCUMENTS / taken_in.cpu_seconds, "", 1_000),
        noted("documents imported per second by the clock", DOCUMENTS / taken_in.wall_seconds, ""),
        at_most("peak memory of the import", taken_in.peak_megabytes, "MB", 250),
        at_most("growth of its memory, third to last quarter", growth(taken_in.memory_megabytes), "", MOST_GROWTH),
    ]


def _export_figures(exports: Sequence[Measured]) -> list[Figure]:
    spans = DOCUMENTS * SPANS
    return [
        at_least("spans exported per CPU second", [spans / each.cpu_seconds for each in exports], "", 100_000),
        noted("spans exported per second by the clock", [spans / each.wall_seconds for each in exports], ""),
        noted("peak memory of the export", [each.peak_megabytes for each in exports], "MB"),
        at_most("growth of its memory", [growth(each.memory_megabytes) for each in exports], "", MOST_GROWTH),
    ]


if __name__ == "__main__":
    report(f"Corpus of {DOCUMENTS:,} documents, {WORDS} words, {SPANS} spans each", measure)
