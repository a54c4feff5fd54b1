"""Reading brat standoff: `.txt` and `.ann` files side by side, in folders or in an archive."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePosixPath
from typing import NamedTuple

from annotator.formats.incoming import (
    LONGEST_LINE,
    IncomingDocument,
    IncomingFiles,
    IncomingSet,
    ReadResult,
    UnreadableFile,
)
from annotator.formats.set_builder import SetBuilder
from annotator.text.decoding import UnreadableText
from annotator.text.digest import text_digest

DEFAULT_ANNOTATOR = "brat"
_TEXT_BOUND = re.compile(r"(\S+) (-?\d+ -?\d+(?:;-?\d+ -?\d+)*)\Z")
_RELATION = re.compile(r"(\S+)\s+\S+?:(\S+)\s+\S+?:(\S+)\s*\Z")
_ROLE_NUMBER = re.compile(r"(?<=\D)\d+\Z")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class TextFiles(NamedTuple):
    """The path of a text, and the paths of its `.ann` files by annotator."""

    text: str
    annotations: dict[str, str]


def read_brat(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield each text with the annotations of all annotators."""
    documents = _pair(incoming)
    if not documents:
        raise UnreadableFile(f"“{incoming.name}” has no .txt file. brat needs a .txt file for each text.")
    for identifier, (path, annotations) in documents.items():
        yield _document(incoming, identifier, path, annotations)
    texts = {_stem(files.text) for files in documents.values()}
    known = {path for files in documents.values() for path in files.annotations.values()}
    for path in _annotation_files(incoming):
        if path not in known:
            yield ReadResult(path, problems=(f"No text found for these annotations. Texts: {_some(texts)}.",))


def _pair(incoming: IncomingFiles) -> dict[str, TextFiles]:
    """Return the files of each document by its id.

    The same text, byte for byte, under the same name in several folders is one document.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in incoming.files:
        if path.lower().endswith(".txt"):
            by_name[_stem(path)].append(path)
    documents: dict[str, TextFiles] = {}
    document_of: dict[str, str] = {}
    for stem, paths in by_name.items():
        same = len(paths) == 1 or len({_digest(incoming, path) for path in paths}) == 1
        for path in paths:
            identifier = stem if same else path[: -len(".txt")]
            document_of[path] = identifier
            documents.setdefault(identifier, TextFiles(path, {}))
    for path in _annotation_files(incoming):
        place = _text_of(path, by_name, document_of)
        if place is not None:
            text, annotator = place
            documents[document_of[text]].annotations[incoming.options.get("annotator") or annotator] = path
    return documents


def _text_of(path: str, by_name: dict[str, list[str]], document_of: dict[str, str]) -> tuple[str, str] | None:
    """Return the path of the text of an `.ann` file, and the name of its annotator."""
    folder, stem = str(PurePosixPath(path).parent), _stem(path)
    inner = PurePosixPath(path).parent.name or DEFAULT_ANNOTATOR
    text_path = path[: -len(".ann")] + ".txt"
    if text_path in document_of:
        return text_path, inner
    for cut in sorted((match.start() for match in re.finditer("_", stem)), reverse=True):
        name = f"{stem[:cut]}.txt" if folder == "." else f"{folder}/{stem[:cut]}.txt"
        if name in document_of and stem[cut + 1 :]:
            return name, stem[cut + 1 :]
    elsewhere = by_name.get(stem, [])
    return (elsewhere[0], inner) if len({document_of[text] for text in elsewhere}) == 1 else None


def _document(incoming: IncomingFiles, identifier: str, path: str, annotations: dict[str, str]) -> ReadResult:
    try:
        text = incoming.read_text(path, at_most=LONGEST_LINE)
        marked = incoming.read(path).startswith(_BYTE_ORDER_MARK)
        sets, notes, problems = {}, [], []
        for annotator, ann in annotations.items():
            builder = SetBuilder(text, mark_removed=marked)
            Annotations(builder).read(incoming.read_text(ann))
            sets[annotator] = builder.build()
            notes += [f"{ann}: {note}" for note in builder.notes]
            problems += [f"{ann}: {problem}" for problem in builder.problems]
    except (UnreadableText, UnreadableFile) as problem:
        return ReadResult(path, problems=(problem.detail,))
    return ReadResult(path, _made(identifier, text, sets), tuple(problems), tuple(notes))


def _made(identifier: str, text: str, sets: dict[str, IncomingSet]) -> IncomingDocument:
    return IncomingDocument(identifier, PurePosixPath(identifier).name, text, text_digest(text), {}, sets)


class Annotations:
    """The lines of one `.ann` file: spans are read first, then what refers to them."""

    def __init__(self, builder: SetBuilder) -> None:
        self._builder = builder
        self._triggers: dict[str, str] = {}

    def read(self, content: str) -> None:
        """Read all lines; the builder collects the problems."""
        # Only line feeds separate lines: other line breaks may occur in the text of a span.
        lines = [line.removesuffix("\r") for line in content.split("\n") if line.strip()]
        readers = (("T", self._span), ("E", self._trigger), ("E", self._event), ("R", self._relation),
                   ("*", self._equivalence), ("AM", self._attribute), ("N", self._reference),
                   ("#", self._note))  # fmt: skip
        for letters, reader in readers:
            for line in lines:
                if line[0] in letters:
                    reader(*([*line.split("\t", 2), "", ""])[:3])
        for line in lines:
            if line[0] not in "TERAMN#*":
                self._builder.problems.append(f"“{line[:80]}” is not a brat standoff line.")

    def _span(self, identifier: str, head: str, covered: str) -> None:
        match = _TEXT_BOUND.match(head.strip())
        if match is None:
            self._builder.problems.append(f"{identifier}: “{head[:80]}” is not a label with offsets.")
            return
        pairs = [[int(number) for number in pair.split(" ")] for pair in match[2].split(";")]
        self._builder.add_span(identifier, match[1], pairs, covered=covered or None)

    def _trigger(self, identifier: str, head: str, _rest: str) -> None:
        _, _, trigger = head.split(" ", 1)[0].partition(":")
        if self._builder.has_span(trigger):
            self._triggers[identifier] = trigger
        else:
            self._builder.problems.append(f"Event {identifier}: its trigger {trigger} is not a span of this file.")

    def _event(self, identifier: str, head: str, _rest: str) -> None:
        """Read an event as its trigger, with a relation to each argument, named after the role."""
        if identifier not in self._triggers:
            return  # reported with the triggers
        for argument in head.split()[1:]:
            role, _, target = argument.partition(":")
            self._connect(identifier, None, _ROLE_NUMBER.sub("", role), identifier, target)

    def _relation(self, identifier: str, head: str, _rest: str) -> None:
        match = _RELATION.match(head)
        if match is None:
            self._builder.problems.append(f"{identifier}: “{head[:80]}” is not a relation with two arguments.")
            return
        self._connect(identifier, identifier, match[1], match[2], match[3])

    def _equivalence(self, _identifier: str, head: str, _rest: str) -> None:
        """Read an equivalence as a chain of relations from each span to the next."""
        label, *members = head.split()
        for first, second in itertools.pairwise(members):
            self._connect(f"{label} of {first}", None, label, first, second)

    def _attribute(self, identifier: str, head: str, _rest: str) -> None:
        name, _, rest = head.partition(" ")
        target, _, value = rest.partition(" ")
        span = self._span_of(target)
        if span is None:
            self._builder.notes.append(f"{identifier}: attribute “{name}” was left out: {target} is not a span.")
        else:
            self._builder.set_attribute(span, name, value or "true")

    def _reference(self, identifier: str, head: str, name: str) -> None:
        """Read a reference to another resource as a note."""
        _, _, rest = head.partition(" ")
        target, _, reference = rest.partition(" ")
        self._note(identifier, f"Reference {target}", f"{reference} {name}".strip())

    def _note(self, identifier: str, head: str, words: str) -> None:
        _, _, target = head.partition(" ")
        span = self._span_of(target)
        if span is None:
            self._builder.notes.append(f"{identifier}: a note was left out: {target} is not a span.")
        elif words:
            self._builder.add_note(span, words)

    def _span_of(self, identifier: str) -> str | None:
        span = self._triggers.get(identifier, identifier)
        return span if self._builder.has_span(span) else None

    def _connect(self, what: str, identifier: str | None, label: str, source: str, target: str) -> None:
        ends = [self._triggers.get(end, end) for end in (source, target)]
        if ends[0] == ends[1]:
            self._builder.notes.append(f"{what}: “{label}” was left out: it connects {ends[0]} to itself.")
        else:
            self._builder.add_relation(identifier, label, *ends)


def _annotation_files(incoming: IncomingFiles) -> list[str]:
    return [path for path in incoming.files if path.lower().endswith(".ann")]


def _digest(incoming: IncomingFiles, path: str) -> bytes:
    return sha256(incoming.read(path)).digest()


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def _some(names: set[str]) -> str:
    return ", ".join(f"“{name}”" for name in sorted(names)[:5]) or "none"
