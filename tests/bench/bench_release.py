"""A release of 50,000 documents of 300 words with 20 spans each: a million spans, by the command."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.processes import Measurement, growth
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS = 50_000, 300, 20
PROJECT = "bench"
SPLITS = ("--splits", "train=0.8", "validation=0.1", "test=0.1")


def measure() -> Sequence[Figure]:
    """Import once, then release three times: plain, with splits, and with splits that detect near-duplicates."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=DOCUMENTS, words=WORDS, spans=SPANS)
        site.command("import_documents", PROJECT, str(source))
        source.unlink()
        path = site.folder / "release.zip"
        plain = _release(site, path, "plain")
        split = _release(site, path, "split", *SPLITS, "--part-near-duplicates")
        together = _release(site, path, "together", *SPLITS)
        digest = _digest(path)
        rebuilt = site.command("build_release", PROJECT, "3", "--out", str(path))
        if _digest(path) != digest:
            raise RuntimeError("The rebuilt release differs.")
        verified = site.command("verify_release", str(path))
        return [*_figures(plain, split, together), *_check_figures(rebuilt, verified)]


def _release(site: Site, path: Path, name: str, *options: str) -> Measurement:
    return site.command("create_release", PROJECT, "--name", name, "--out", str(path), *options)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _figures(plain: Measurement, split: Measurement, together: Measurement) -> list[Figure]:
    return [
        at_most("CPU of a release of a million spans", plain.cpu_seconds, "s", 12),
        at_most("the same with splits by source", split.cpu_seconds, "s", 12),
        at_most("the same, near-duplicates kept together", together.cpu_seconds, "s", 12),
        at_most(
            "peak memory of the three", [release.peak_megabytes for release in (plain, split, together)], "MB", 250
        ),
        noted("growth of their memory", [growth(release.memory_megabytes) for release in (plain, split, together)], ""),
        noted("the last, wall-clock time", together.wall_seconds, "s"),
    ]


def _check_figures(rebuilt: Measurement, verified: Measurement) -> list[Figure]:
    return [
        noted("CPU of rebuilding it", rebuilt.cpu_seconds, "s"),
        noted("CPU of its verification", verified.cpu_seconds, "s"),
        noted("peak memory of the verification", verified.peak_megabytes, "MB"),
    ]


if __name__ == "__main__":
    report(f"Release of {DOCUMENTS:,} documents, {WORDS} words, {SPANS} spans each", measure)
