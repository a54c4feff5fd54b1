"""Views, options and training formats of exports, on 2,500 documents of 300 words that three people annotated.

Each annotator made up to 20 spans in a document.
"""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.corpus import ATTRIBUTES, Record, records
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.processes import Measurement, growth
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS, ANNOTATORS = 2_500, 300, 20, "ABC"
PROJECT = "bench"
PLAIN = "plain JSONL"
EXPORTS = {
    PLAIN: (),
    "one label, no attributes": ("--labels", "Claim", "--without-attributes"),
    "one layer": ("--nested", "outer"),
    "windows of one sentence": ("--window", "0"),
    "windows with context of one": ("--window", "1"),
    "consensus": ("--view", "consensus"),
    "span-ner": ("--format", "span-ner"),
    "token-tagging": ("--format", "token-tagging"),
    "relation-pairs": ("--format", "relation-pairs"),
    "sentence-classification": ("--format", "sentence-classification"),
    "seq2seq": ("--format", "seq2seq"),
    "chat": ("--format", "chat"),
    "soft-labels": ("--format", "soft-labels"),
}


def measure() -> Sequence[Figure]:
    """Export once as plain JSONL and once with each option; the CPU of an empty export is subtracted."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        for project in (PROJECT, "empty"):
            site.command("create_project", project, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        _write(source)
        site.command("import_documents", PROJECT, str(source))
        start = _export(site, "empty", ()).cpu_seconds
        figures = []
        for what, options in EXPORTS.items():
            figures += _figures(what, _export(site, PROJECT, options), start)
        return figures


def _write(path: Path) -> None:
    generator = random.Random(2)
    with path.open("w", encoding="utf-8") as file:
        for record in records(documents=DOCUMENTS, words=WORDS, spans=SPANS):
            spans = record["annotators"]["A"]["spans"]
            record["annotators"] = {
                name: {"spans": list(_noisy_spans(generator, spans)), "relations": []} for name in ANNOTATORS
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _noisy_spans(generator: random.Random, spans: Sequence[Record]) -> Iterator[Record]:
    """Yield the spans of one annotator: one in ten missed, one in ten shorter, one in twenty with another label."""
    for span in spans:
        draw = generator.random()
        [[start, end]] = span["fragments"]
        if draw < 0.05:
            label = generator.choice(tuple(ATTRIBUTES))
            yield {**span, "label": label, "attributes": ATTRIBUTES[label]}
        elif draw < 0.15 and end - start > 4:
            yield {**span, "fragments": [[start, end - 1]]}
        elif draw < 0.9:
            yield span


def _export(site: Site, project: str, options: Sequence[str]) -> Measurement:
    out = site.folder / "out.jsonl"
    export = site.command("export_dataset", project, "--out", str(out), *options)
    for path in site.folder.glob("out.jsonl*"):
        path.unlink()
    return export


def _figures(what: str, export: Measurement, start: float) -> list[Figure]:
    speed = DOCUMENTS * SPANS * len(ANNOTATORS) * 0.9 / (export.cpu_seconds - start)
    title = f"{what}: spans read per CPU second"
    return [
        at_least(title, speed, "", 100_000) if what == PLAIN else noted(title, speed, ""),
        at_most(f"{what}: peak memory", export.peak_megabytes, "MB", 250),
        noted(f"{what}: growth of memory", growth(export.memory_megabytes), ""),
    ]


if __name__ == "__main__":
    report(f"Exports: {DOCUMENTS:,} documents, {len(ANNOTATORS)} annotators, {SPANS} spans each", measure)
