"""Whether the inside of a release hangs together: data against manifest, selection and texts. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson

from annotator.datasets.releases.layouts.layout_1.file_names import FORMAT, MANIFEST, SELECTION
from annotator.text.digest import text_digest

MOST_OF_A_FILE = 5
Openers = Mapping[str, Callable[[], BinaryIO]]


def faults_within(files: Openers, sums: Mapping[str, str]) -> Iterator[str]:
    """Yield what does not fit, one sentence each; the files are those that the checksums `sums` were made of."""
    try:
        with files[MANIFEST]() as file:
            manifest = orjson.loads(file.read())
        if manifest["format"] != FORMAT:
            yield f"{MANIFEST} names a format that is not known here: {manifest['format']!r}."
            return
        yield from _listed(manifest, sums)
        chosen = _selection(files)
        for name, about in manifest["files"].items():
            if about.get("format") == "jsonl" and name in files:
                promised = manifest["splits"]["by_split"][about["split"]]
                yield from _DataFile(name, about["split"], chosen).faults(files[name], promised)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        yield f"The release is not put together as releases are: {type(error).__name__} {error}."


def _listed(manifest: Mapping[str, Any], sums: Mapping[str, str]) -> Iterator[str]:
    listed = {name: about["sha256"] for name, about in manifest["files"].items()}
    for name in sorted(listed.keys() | sums.keys() - {MANIFEST}):
        if listed.get(name) != sums.get(name):
            yield f"{MANIFEST} and the list of checksums do not say the same about {name}."


def _selection(files: Openers) -> dict[str, tuple[str, str]]:
    """Split and checksum of the text by document."""
    with files[SELECTION]() as file:
        lines = map(orjson.loads, file)
        return {line["document"]: (line["split"], line["sha256"]) for line in lines}


@dataclass
class _DataFile:
    """Reads the complete data of a split and collects what is wrong."""

    name: str
    split: str
    chosen: Mapping[str, tuple[str, str]]
    documents: set[str] = field(default_factory=set)
    sets: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)

    def faults(self, opener: Callable[[], BinaryIO], promised: Mapping[str, Any]) -> Iterator[str]:
        told = 0
        with opener() as file:
            for number, line in enumerate(file, 1):
                for fault in self._line(orjson.loads(line)):
                    told += 1
                    if told <= MOST_OF_A_FILE:
                        yield f"{self.name}, line {number}: {fault}"
        if told > MOST_OF_A_FILE:
            yield f"{self.name}: {told - MOST_OF_A_FILE} more of the kind."
        yield from self._counts(promised)

    def _line(self, line: Mapping[str, Any]) -> Iterator[str]:
        text, document = line["text"], line.get("document", line["id"])
        self.documents.add(document)
        if text_digest(text) != line["sha256"]:
            yield "the text is not the one that its SHA-256 was made of."
        if document not in self.chosen or self.chosen[document][0] != self.split:
            yield f"document {document!r} does not belong into this split."
        elif "window" not in line and self.chosen[document][1] != line["sha256"]:
            yield f"the text of document {document!r} is not the one that was chosen."
        sets = line["annotators"] if "annotators" in line else {line["annotator"]: line}
        for name, work in sets.items():
            self.sets += 1
            self.relations.update(relation["label"] for relation in work["relations"])
            yield from self._spans(text, name, work["spans"])

    def _spans(self, text: str, name: str, spans: list[Mapping[str, Any]]) -> Iterator[str]:
        for span in spans:
            self.spans[span["label"]] += 1
            if [text[start:end] for start, end in span["fragments"]] != span["text"]:
                yield f"span {span['id']!r} of {name!r} does not cover the text that it says it covers."

    def _counts(self, promised: Mapping[str, Any]) -> Iterator[str]:
        found = {
            "documents": len(self.documents),
            "annotation_sets": self.sets,
            "spans": {"all": self.spans.total(), "by_label": dict(self.spans)},
            "relations": {"all": self.relations.total(), "by_label": dict(self.relations)},
        }
        for what, count in found.items():
            if count != promised[what]:
                yield f"{self.name} holds other {what} than the manifest says: {count}, not {promised[what]}."
