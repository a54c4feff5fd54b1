"""Export of 5,000 documents with 20 spans each in every format by the command, and import of brat standoff.

Formats whose packages are missing are left out; `.cache/consumers/bin/python -m tests.bench.run formats` has all.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from annotator.formats.extras import missing_packages
from annotator.formats.registry import FORMATS, WRITABLE
from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS = 5_000, 300, 20
STANDOFF_DOCUMENTS, STANDOFF_SPANS = 1_000, 80


def measure() -> Sequence[Figure]:
    """Export the corpus in each format, then import exported standoff."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        return [*_exports(site), *_standoff(site)]


def _project(site: Site, slug: str, *, documents: int, spans: int) -> None:
    source = site.folder / f"{slug}.jsonl"
    write_corpus(source, documents=documents, words=WORDS, spans=spans)
    site.command("create_project", slug, "--template", "claims-attribution")
    site.command("import_documents", slug, str(source))
    source.unlink()


def _export(site: Site, slug: str, key: str) -> tuple[Path, float, float]:
    """Return the file, the CPU seconds and the memory in MB."""
    path = site.folder / f"{slug}-{key}"
    export = site.command("export_dataset", slug, "--format", key, "--out", str(path))
    return path, export.cpu_seconds, export.peak_megabytes


def _exports(site: Site) -> Iterator[Figure]:
    _project(site, "wide", documents=DOCUMENTS, spans=SPANS)
    for key in WRITABLE:
        if missing_packages(FORMATS[key]):
            continue
        path, seconds, megabytes = _export(site, "wide", key)
        path.unlink()
        yield noted(f"{key}: spans exported per CPU second", DOCUMENTS * SPANS / seconds, "")
        yield noted(f"{key}: peak memory", megabytes, "MB")


def _standoff(site: Site) -> Iterator[Figure]:
    _project(site, "deep", documents=STANDOFF_DOCUMENTS, spans=STANDOFF_SPANS)
    path, _, _ = _export(site, "deep", "brat")
    archive = path.rename(path.with_suffix(".zip"))
    site.command("create_project", "again", "--template", "claims-attribution")
    imported = site.command("import_documents", "again", str(archive))
    spans = STANDOFF_DOCUMENTS * STANDOFF_SPANS
    yield at_most(
        f"CPU of the import of {STANDOFF_DOCUMENTS:,} brat documents, {spans:,} spans", imported.cpu_seconds, "s", 15
    )
    yield noted("peak memory of this import", imported.peak_megabytes, "MB")


if __name__ == "__main__":
    report(f"Formats: {DOCUMENTS:,} documents of {WORDS} words, {SPANS} spans each", measure)
