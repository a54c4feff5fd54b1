"""Read this release, check it, and show how to work with it. Python 3.9 or newer is all it needs.

python load.py               checks every file and every offset, then prints what is in each split
python load.py --example     prints the first document with its spans as well
python load.py --datasets    loads the spans as Hugging Face datasets as well (pip install datasets)
"""

import argparse
import hashlib
import importlib
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
READ_AT_ONCE = 1 << 20


class Wrong(Exception):
    """Something in this folder is not as it was when the release was made."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what the release says about itself."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return manifest


def check_files(folder: Path) -> int:
    """Compare every file with its checksum in SHA256SUMS; return how many there are."""
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    for line in lines:
        expected, _, name = line.partition("  ")
        digest = hashlib.sha256()
        try:
            with (folder / name).open("rb") as file:
                for piece in iter(lambda: file.read(READ_AT_ONCE), b""):
                    digest.update(piece)
        except OSError as error:
            raise Wrong(f"{name} cannot be read: {error.strerror}.") from error
        if digest.hexdigest() != expected:
            raise Wrong(f"{name} was changed: its SHA-256 is {digest.hexdigest()}, not {expected}.")
    return len(lines)


def data_files(manifest: dict[str, Any]) -> dict[str, str]:
    """Return the files with the complete data, by split."""
    files = manifest["files"].items()
    return {about["split"]: name for name, about in files if about.get("format") == "jsonl" and "split" in about}


def read_documents(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file. A text may hold any line separator; JSONL knows only one, hence `newline`."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


def annotation_sets(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the annotation sets of a line by the name of whoever made them, whichever layout it has."""
    sets: dict[str, dict[str, Any]] = document.get("annotators") or {}
    return {str(document["annotator"]): document} if "annotator" in document else sets


def spans_of(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every span with the name of whoever marked it."""
    for name, work in annotation_sets(document).items():
        for span in work.get("spans", []):
            yield name, span


def check_document(document: dict[str, Any]) -> None:
    """Prove the text by its checksum, and the offsets of every span by the text that it says it covers."""
    text = document["text"]
    if hashlib.sha256(text.encode()).hexdigest() != document["sha256"]:
        raise Wrong(f"The text of document {document['id']!r} is not the one that was annotated.")
    for name, span in spans_of(document):
        covered = [text[start:end] for start, end in span["fragments"]]
        if covered != span["text"]:
            raise Wrong(f"Span {span['id']!r} of {name!r} in document {document['id']!r} covers {covered!r}.")


def count(folder: Path, name: str) -> tuple[int, Counter[str]]:
    """Check the documents of a file; return how many lines there are, and its spans by label."""
    lines, labels = 0, Counter[str]()
    for document in read_documents(folder / name):
        check_document(document)
        lines += 1
        labels.update(span["label"] for _, span in spans_of(document))
    return lines, labels


def print_splits(folder: Path, manifest: dict[str, Any]) -> None:
    """Print what is in each split, and check it against the manifest."""
    for split, name in data_files(manifest).items():
        lines, labels = count(folder, name)
        counted = ", ".join(f"{label} {number}" for label, number in sorted(labels.items()))
        print(f"{split}: {lines} lines, {sum(labels.values())} spans ({counted or 'none'})")
        promised = manifest["splits"]["by_split"][split]["spans"]["by_label"]
        if dict(labels) != promised:
            raise Wrong(f"The manifest promises {promised} for {split}.")


def print_example(folder: Path, manifest: dict[str, Any]) -> None:
    """Print the first document that has spans."""
    for name in data_files(manifest).values():
        for document in read_documents(folder / name):
            spans = list(spans_of(document))
            if spans:
                print(f"\n{document['id']}: {document['text'][:200]!r}")
                for who, span in spans[:10]:
                    print(f"  {who}: {span['label']} {span['fragments']} {' … '.join(span['text'])!r}")
                return


def flat_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield one row an annotation set, each with the same columns, as tables of Arrow want them."""
    for document in read_documents(path):
        for name, work in annotation_sets(document).items():
            spans = [
                {
                    "id": span["id"],
                    "label": span["label"],
                    "start": start,
                    "end": end,
                    "text": document["text"][start:end],
                }
                for span in work.get("spans", [])
                for start, end in span["fragments"]
            ]
            yield {"id": document["id"], "annotator": name, "text": document["text"], "spans": spans}


def print_datasets(folder: Path, manifest: dict[str, Any]) -> None:
    """Load the spans into Hugging Face datasets: one row an annotation set, one span a fragment."""
    datasets = importlib.import_module("datasets")
    for split, name in data_files(manifest).items():
        rows = list(flat_rows(folder / name))
        print(f"\n{split}:", datasets.Dataset.from_list(rows) if rows else "no rows")


def main() -> int:
    """Check, count, show; answer 0 when everything is as it was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--example", action="store_true", help="print the first document with its spans")
    parser.add_argument("--datasets", action="store_true", help="load the spans as Hugging Face datasets")
    options = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        manifest = read_manifest(HERE)
        print(f"{manifest['project']['name']}, release {manifest['release']['name']}")
        print(f"{check_files(HERE)} files are as they were made.")
        print_splits(HERE, manifest)
    except (Wrong, OSError, ValueError, KeyError) as error:
        print(f"Something is wrong here: {error}", file=sys.stderr)
        return 1
    print("Every text and every offset is right.")
    if options.example:
        print_example(HERE, manifest)
    if options.datasets:
        print_datasets(HERE, manifest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
