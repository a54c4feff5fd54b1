"""Keys a span: a fixed procedure on the commands of the editor (`keys_player.js`), beside the habit without hints.

The sample corpus is always played. With `KEYS_CORPUS` naming a file of lines of JSON (documents with `annotators`, as
`import_documents` reads them; such as PolNeAR), its first annotators are played too.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotator.corpus.documents.segments import segments
from tests.bench.figures import Figure, at_most, noted, report

PLAYER = Path(__file__).with_name("keys_player.js")
SAMPLES = Path("annotator/site/demo/sample-corpus")
SCHEMA = Path("projects/builtin/claims-attribution/schema.json")
DOCUMENTS = 36

Json = dict[str, Any]


def measure() -> Sequence[Figure]:
    """Play the sample texts without cues, with and without word lists, and the other corpus where there is one."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    lines = [line for path in sorted(SAMPLES.glob("0*.jsonl")) for line in path.open(encoding="utf-8", newline="\n")]
    documents = [_document(json.loads(line), "adjudicated", without="Cue") for line in lines]
    figures = _figures("sample texts without cues", schema, documents, most=2.7, most_without_words=3.2)
    corpus = os.environ.get("KEYS_CORPUS")
    if corpus:
        lines = Path(corpus).read_bytes().decode().split("\n")
        other = [document for line in lines if line and (document := _document(json.loads(line)))["spans"]]
        names = sorted({span["label"] for document in other for span in document["spans"]})
        labels = {"labels": [{"id": name, "discontinuous": True} for name in names], "relations": []}
        chosen = other[:: max(1, len(other) // DOCUMENTS)][:DOCUMENTS]
        figures += _figures(f"{len(chosen)} articles", labels, chosen, most=3.6, most_without_words=3.9)
    return figures


def _figures(name: str, schema: Json, documents: list[Json], *, most: float, most_without_words: float) -> list[Figure]:
    played = play(schema, documents)
    labels = [label | {"default_end": "punctuation"} for label in schema["labels"]]
    without = play(schema | {"labels": labels}, documents)
    return [
        at_most(f"keys a span, {name} ({played['spans']} spans)", [played["procedure"]], "keys", most),
        at_most("the same without word lists", [without["procedure"]], "keys", most_without_words),
        noted("the same by arrows, sentence jumps and Shift", [played["habit"]], "keys"),
        noted("spans made exactly", 100 * played["exact"] / played["spans"], "%"),
        noted("keys a span with attributes and links", [played["complete"]], "keys"),
    ]


def _document(line: Json, annotator: str = "", *, without: str = "") -> Json:
    spans = line["annotators"][annotator or next(iter(line["annotators"]))]
    kept = [
        {"id": f"s{index}", "attributes": {}, "note": ""} | span
        for index, span in enumerate(spans["spans"])
        if span["label"] != without
    ]
    ids = {span["id"] for span in kept}
    relations = [each for each in spans.get("relations", []) if {each["from"], each["to"]} <= ids]
    return {"id": line["id"], "text": line["text"], "spans": kept, "relations": relations, **segments(line["text"])}


def play(schema: Json, documents: list[Json]) -> dict[str, Any]:
    """Return the figures of the player for documents with the spans to make, and the keys that it pressed."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as file:
        json.dump({"schema": schema, "documents": documents}, file)
        file.flush()
        node = str(Path(sys.executable).with_name("node"))
        answer = subprocess.run([node, str(PLAYER), file.name], check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(answer.stdout)
    return figures


if __name__ == "__main__":
    report("Keys a span", measure)
