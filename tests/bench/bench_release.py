"""A release of 50,000 documents of 300 words with 20 spans each: a million spans, by the command."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.processes import Measured, growth
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS = 50_000, 300, 20
PROJECT = "bench"
SPLITS = ("--splits", "train=0.8", "validation=0.1", "test=0.1")


def measure() -> Sequence[Figure]:
    """Import once, then release three times: plain, with splits, with splits that look for near-duplicates."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=DOCUMENTS, words=WORDS, spans=SPANS)
        site.command("import_documents", PROJECT, str(source))
        source.unlink()
        path = site.folder / "release.zip"
        plain = _release(site, path, "plain")
        parted = _release(site, path, "parted", *SPLITS, "--part-near-duplicates")
        together = _release(site, path, "together", *SPLITS)
        digest = _digest(path)
        rebuilt = site.command("build_release", PROJECT, "3", "--out", str(path))
        if _digest(path) != digest:
            raise RuntimeError("A release built again differs.")
        verified = site.command("verify_release", str(path))
        return [*_figures(plain, parted, together), *_others(rebuilt, verified)]


def _release(site: Site, path: Path, name: str, *options: str) -> Measured:
    return site.command("create_release", PROJECT, "--name", name, "--out", str(path), *options)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _figures(plain: Measured, parted: Measured, together: Measured) -> list[Figure]:
    return [
        at_most("CPU of a release of a million spans", plain.cpu_seconds, "s", 12),
        at_most("the same with splits by source", parted.cpu_seconds, "s", 12),
        at_most("the same, near-duplicates kept together", together.cpu_seconds, "s", 12),
        at_most("peak memory of the three", [each.peak_megabytes for each in (plain, parted, together)], "MB", 250),
        noted("growth of it", [growth(each.memory_megabytes) for each in (plain, parted, together)], ""),
        noted("the last by the clock", together.wall_seconds, "s"),
    ]


def _others(rebuilt: Measured, verified: Measured) -> list[Figure]:
    return [
        noted("CPU of building it again", rebuilt.cpu_seconds, "s"),
        noted("CPU of verifying the file", verified.cpu_seconds, "s"),
        noted("peak memory of verifying", verified.peak_megabytes, "MB"),
    ]


if __name__ == "__main__":
    report(f"Release of {DOCUMENTS:,} documents, {WORDS} words, {SPANS} spans each", measure)
