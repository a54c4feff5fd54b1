"""The articles of PolNeAR that several people annotated, as a file that `tests.reference.independent` compares.

    python -m tests.reference.polnear FOLDER > articles.jsonl

FOLDER is a copy of the corpus with its folder `data`: texts under `text`, and under `attributions` a file in brat's
format for each annotator, named after the article and the annotator. The corpus names no licence and is no part of this
repository. One document a line, with `text` and `annotators`, as `import_documents` reads it; spans with a label of
the corpus (Source, Cue, Content), and relations from the contents of an attribution to its sources. The files are read
by a few lines of their own, not by the reader of brat that they are to check.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LABELS = ("Source", "Cue", "Content")
SPAN = re.compile(r"(T[0-9]+)\t(\w+) ([0-9; ]+)(?:\t.*)?")
EVENT = re.compile(r"(E[0-9]+)\t\S+(.*)")


def articles(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the articles that two or more people annotated, by part of the corpus and name."""
    for path in sorted(folder.glob("data/*/text/*.txt")):
        files = sorted((path.parent.parent / "attributions").glob(f"{path.stem}_*.ann"))
        if len(files) > 1:
            annotators = {file.stem.rpartition("_")[2]: annotation_set(file) for file in files}
            yield {"id": path.stem, "text": path.read_bytes().decode(), "annotators": annotators}


def annotation_set(path: Path) -> dict[str, Any]:
    """Return the spans of a file with a known label, and the relations between them."""
    spans, relations = dict[str, dict[str, Any]](), list[dict[str, Any]]()
    lines = path.read_bytes().decode().split("\n")
    for match in filter(None, map(SPAN.fullmatch, lines)):
        key, label, fragments = match.groups()
        if label in LABELS:
            edges = [[int(edge) for edge in fragment.split()] for fragment in fragments.split(";")]
            spans[key] = {"id": key, "label": label, "fragments": edges, "attributes": {}}
    for match in filter(None, map(EVENT.fullmatch, lines)):
        ends = [argument.split(":") for argument in match[2].split()]
        contents, sources = (
            [key for role, key in ends if role.rstrip("0123456789") == label and key in spans]
            for label in ("Content", "Source")
        )
        pairs = [{"from": content, "to": source} for content in contents for source in sources]
        relations += [
            {"id": f"{match[1]}.{number}", "label": "attributed-to", **pair} for number, pair in enumerate(pairs)
        ]
    return {"spans": list(spans.values()), "relations": relations}


def main() -> int:
    """Write the articles to standard output."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "data").is_dir():
        print("Name one folder: a copy of PolNeAR, with its folder “data”.", file=sys.stderr)
        return 2
    for article in articles(Path(sys.argv[1])):
        sys.stdout.buffer.write(json.dumps(article, ensure_ascii=False).encode() + b"\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
