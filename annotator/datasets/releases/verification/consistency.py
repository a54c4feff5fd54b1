"""Consistency of the contents of a release: data against manifest, selection and texts. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson

from annotator.datasets.releases.layouts.layout_1.file_names import FORMAT, MANIFEST, SELECTION
from annotator.text.digest import text_digest

MOST_OF_A_FILE = 5
Openers = Mapping[str, Callable[[], BinaryIO]]


def content_errors(files: Openers, sums: Mapping[str, str]) -> Iterator[str]:
    """Yield one sentence for each contradiction; `sums` are the checksums of the files by name."""
    try:
        with files[MANIFEST]() as file:
            manifest = orjson.loads(file.read())
        if manifest["format"] != FORMAT:
            yield f"{MANIFEST} has the unknown format {manifest['format']!r}."
            return
        yield from _checksum_errors(manifest, sums)
        selected = _selection(files)
        for name, about in manifest["files"].items():
            if about.get("format") == "jsonl" and name in files:
                counts = manifest["splits"]["by_split"][about["split"]]
                yield from _DataFile(name, about["split"], selected).errors(files[name], counts)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        yield f"The release does not have the structure of a release: {type(error).__name__} {error}."


def _checksum_errors(manifest: Mapping[str, Any], sums: Mapping[str, str]) -> Iterator[str]:
    listed = {name: about["sha256"] for name, about in manifest["files"].items()}
    for name in sorted(listed.keys() | sums.keys() - {MANIFEST}):
        if listed.get(name) != sums.get(name):
            yield f"{MANIFEST} and the list of checksums disagree about {name}."


def _selection(files: Openers) -> dict[str, tuple[str, str]]:
    """Return the split and the checksum of the text of each document."""
    with files[SELECTION]() as file:
        lines = map(orjson.loads, file)
        return {line["document"]: (line["split"], line["sha256"]) for line in lines}


@dataclass
class _DataFile:
    """Reads the complete data of a split and compares them with selection and manifest."""

    name: str
    split: str
    selected: Mapping[str, tuple[str, str]]
    documents: set[str] = field(default_factory=set)
    sets: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)

    def errors(self, opener: Callable[[], BinaryIO], counts: Mapping[str, Any]) -> Iterator[str]:
        """Yield one sentence for each error, but only the first few of the lines."""
        found = 0
        with opener() as file:
            for number, line in enumerate(file, 1):
                for error in self._line_errors(orjson.loads(line)):
                    found += 1
                    if found <= MOST_OF_A_FILE:
                        yield f"{self.name}, line {number}: {error}"
        if found > MOST_OF_A_FILE:
            yield f"{self.name}: {found - MOST_OF_A_FILE} further errors."
        yield from self._count_errors(counts)

    def _line_errors(self, line: Mapping[str, Any]) -> Iterator[str]:
        text, document = line["text"], line.get("document", line["id"])
        self.documents.add(document)
        if text_digest(text) != line["sha256"]:
            yield "the text does not have the SHA-256 that the line says."
        if document not in self.selected or self.selected[document][0] != self.split:
            yield f"document {document!r} is not selected for this split."
        elif "window" not in line and self.selected[document][1] != line["sha256"]:
            yield f"the text of document {document!r} is not the selected one."
        sets = line["annotators"] if "annotators" in line else {line["annotator"]: line}
        for name, content in sets.items():
            self.sets += 1
            self.relations.update(relation["label"] for relation in content["relations"])
            yield from self._span_errors(text, name, content["spans"])

    def _span_errors(self, text: str, name: str, spans: list[Mapping[str, Any]]) -> Iterator[str]:
        for span in spans:
            self.spans[span["label"]] += 1
            if [text[start:end] for start, end in span["fragments"]] != span["text"]:
                yield f"the offsets of span {span['id']!r} by {name!r} do not match its text."

    def _count_errors(self, counts: Mapping[str, Any]) -> Iterator[str]:
        actual = {
            "documents": len(self.documents),
            "annotation_sets": self.sets,
            "spans": {"all": self.spans.total(), "by_label": dict(self.spans)},
            "relations": {"all": self.relations.total(), "by_label": dict(self.relations)},
        }
        for what, count in actual.items():
            if count != counts[what]:
                yield f"{self.name}: the manifest has other {what}: {counts[what]} instead of {count}."
