"""Views, options and shapes of exports, on 2,500 documents of 300 words that three people gave 20 spans each."""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.corpus import ATTRIBUTES, Record, records
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.processes import Measured, growth
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS, PEOPLE = 2_500, 300, 20, "ABC"
PROJECT = "bench"
PLAIN = "plain JSONL"
ASKED = {
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
    """Export once plainly and once in each way; a start that exports nothing is taken off."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        for project in (PROJECT, "empty"):
            site.command("create_project", project, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        _write(source)
        site.command("import_documents", PROJECT, str(source))
        start = _export(site, "empty", ()).cpu_seconds
        figures = []
        for what, options in ASKED.items():
            figures += _figures(what, _export(site, PROJECT, options), start)
        return figures


def _write(path: Path) -> None:
    chance = random.Random(2)
    with path.open("w", encoding="utf-8") as file:
        for record in records(documents=DOCUMENTS, words=WORDS, spans=SPANS):
            spans = record["annotators"]["A"]["spans"]
            record["annotators"] = {name: {"spans": list(_as_seen(chance, spans)), "relations": []} for name in PEOPLE}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _as_seen(chance: random.Random, spans: Sequence[Record]) -> Iterator[Record]:
    """The spans as one person sees them: one in ten missed, one in ten shorter, one in twenty with another label."""
    for span in spans:
        turn = chance.random()
        [[start, end]] = span["fragments"]
        if turn < 0.05:
            label = chance.choice(tuple(ATTRIBUTES))
            yield {**span, "label": label, "attributes": ATTRIBUTES[label]}
        elif turn < 0.15 and end - start > 4:
            yield {**span, "fragments": [[start, end - 1]]}
        elif turn < 0.9:
            yield span


def _export(site: Site, project: str, options: Sequence[str]) -> Measured:
    out = site.folder / "out.jsonl"
    measured = site.command("export_dataset", project, "--out", str(out), *options)
    for path in site.folder.glob("out.jsonl*"):
        path.unlink()
    return measured


def _figures(what: str, measured: Measured, start: float) -> list[Figure]:
    speed = DOCUMENTS * SPANS * len(PEOPLE) * 0.9 / (measured.cpu_seconds - start)
    said = f"{what}: spans read per CPU second"
    return [
        at_least(said, speed, "", 100_000) if what == PLAIN else noted(said, speed, ""),
        at_most(f"{what}: peak memory", measured.peak_megabytes, "MB", 250),
        noted(f"{what}: growth of memory", growth(measured.memory_megabytes), ""),
    ]


if __name__ == "__main__":
    report(f"Views and shapes: {DOCUMENTS:,} documents, {SPANS} spans of {len(PEOPLE)} people each", measure)
