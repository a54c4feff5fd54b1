"""Suggestions: rules for 10,000 documents, alone and as a job that stores them; training on 100 documents, its memory,
and how soon it can be cancelled.

The documents are made of paragraphs of the sample texts, about 600 words each, with the adjudicated spans.
"""

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PROJECT
from tests.bench.site import new_site

MODULE = "tests.bench.bench_suggestions"
SCHEMA = Path("projects/builtin/claims-attribution/schema.json")
DOCUMENTS, MEASURED, STORED, FEW, TAUGHT = 10_000, 400, 1_000, 200, 100


def made_documents(count: int) -> list[tuple[str, list[tuple[str, list[tuple[int, int]]]]]]:
    """Return texts with label and fragments of their spans: paragraphs of the samples in another order."""
    from tests.reference.corpus import sample_records

    chance = random.Random(7)
    paragraphs = []
    for record in sample_records():
        text, begin = record["text"], 0
        spans = [
            (span["label"], [(start, end) for start, end in span["fragments"]])
            for span in record["annotators"]["adjudicated"]["spans"]
        ]
        for line in text.splitlines(keepends=True):
            end = begin + len(line)
            inside = [
                (label, [(a - begin, b - begin) for a, b in fragments])
                for label, fragments in spans
                if begin <= fragments[0][0] and fragments[-1][1] <= end
            ]
            paragraphs.append((line, inside))
            begin = end
    documents = []
    for number in range(count):
        text, spans = f"Report {number} of {chance.random()}\n", []
        while text.count(" ") < 600:
            line, inside = chance.choice(paragraphs)
            spans += [(label, [(a + len(text), b + len(text)) for a, b in fragments]) for label, fragments in inside]
            text += line
        documents.append((text, spans))
    return documents


def measure() -> Sequence[Figure]:
    """Suggest by rules, then train in a process of its own, so that its memory is its own."""
    return [*_rules(), *_stored(), *_training()]


def _rules() -> Iterator[Figure]:
    from annotator.suggestions.sources.rules.assembly import suggest
    from projects.schema_reader import read_schema

    schema = read_schema(json.loads(SCHEMA.read_text("utf-8")))
    texts = [text for text, _spans in made_documents(MEASURED)]
    seconds = []
    for part in (texts[: MEASURED // 2], texts):
        began = time.process_time()
        for text in part:
            suggest(text, schema)
        seconds.append(time.process_time() - began)
    words = sum(len(text.split()) for text in texts) / MEASURED
    whole = seconds[1] * DOCUMENTS / MEASURED
    yield at_most(f"rules, {DOCUMENTS:,} documents of {words:.0f} words, from {MEASURED}", whole, "s", 60)
    yield at_most("growth when the documents double", seconds[1] / seconds[0], "×", 2.5)


def _stored() -> Iterator[Figure]:
    """Measure the command of a project, from starting to the last committed batch.

    What starting takes is counted once: it is what a command for few documents takes without them.
    """
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        lines = [
            json.dumps({"id": f"d{number}", "text": text})
            for number, (text, _) in enumerate(made_documents(FEW + STORED))
        ]
        seconds = []
        for part in (lines[:FEW], lines[FEW:]):
            (site.folder / "corpus.jsonl").write_text("\n".join(part), "utf-8")
            site.command("import_documents", PROJECT, str(site.folder / "corpus.jsonl"))
            whole = site.command("suggest_spans", PROJECT)
            seconds.append(whole.cpu_seconds)
        document = (seconds[1] - seconds[0]) / (STORED - FEW)
        start = max(0.0, seconds[0] - FEW * document)
        yield noted("start of the command and the job", start, "s")
        job = start + DOCUMENTS * document
        yield at_most(f"rules, {DOCUMENTS:,} documents, job with storing, from {STORED - FEW:,}", job, "s", 60)
        yield noted(f"job over {STORED:,} documents: peak memory", whole.peak_megabytes, "MB")


def _training() -> Iterator[Figure]:
    done = subprocess.run([sys.executable, "-m", MODULE, "train"], capture_output=True, text=True, check=True)
    seconds, gap, megabytes = map(float, done.stdout.split()[-3:])
    yield noted(f"training on {TAUGHT} documents", seconds, "s")
    yield at_most("longest work between two chances to cancel", gap, "s", 1)
    yield at_most(f"training on {TAUGHT} documents: peak memory", megabytes, "MB", 300)


def _train() -> None:
    from annotator.suggestions.sources.model import learning
    from annotator.suggestions.sources.model.learning import FinishedDocument, FinishedSpan

    documents = [
        FinishedDocument(number, text, [[FinishedSpan(label, fragments) for label, fragments in spans]])
        for number, (text, spans) in enumerate(made_documents(TAUGHT))
    ]
    began = last = time.process_time()
    longest = 0.0

    def chance(_share: float) -> None:
        nonlocal last, longest
        now = time.process_time()
        longest, last = max(longest, now - last), now

    learning.learn(documents, is_narrow=True, on_progress=chance)
    chance(1.0)
    print(time.process_time() - began, longest, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    if sys.argv[1:] == ["train"]:
        _train()
    elif sys.argv[1:] == ["stored"]:
        report("Suggestions by a job", lambda: list(_stored()))
    else:
        report("Suggestions", measure)
