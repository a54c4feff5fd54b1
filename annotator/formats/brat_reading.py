"""brat standoff as it comes in: `.txt` and `.ann` side by side, in folders or in an archive."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePosixPath
from typing import NamedTuple

from annotator.formats.gathering import Gathering
from annotator.formats.reading import LONGEST_LINE, IncomingDocument, IncomingSet
from annotator.formats.recipes import Arrival, Incoming, UnreadableFile
from annotator.text.decoding import UnreadableText
from annotator.text.digest import text_digest

DEFAULT_ANNOTATOR = "brat"
_TEXT_BOUND = re.compile(r"(\S+) (-?\d+ -?\d+(?:;-?\d+ -?\d+)*)\Z")
_RELATION = re.compile(r"(\S+)\s+\S+?:(\S+)\s+\S+?:(\S+)\s*\Z")
_ROLE_NUMBER = re.compile(r"(?<=\D)\d+\Z")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Found(NamedTuple):
    """A text with the annotations of it: `.ann` files by the name of their annotator."""

    text: str
    annotations: dict[str, str]


def read_brat(incoming: Incoming) -> Iterator[Arrival]:
    """Yield each text with the annotations of all its annotators."""
    found = _pair(incoming)
    if not found:
        raise UnreadableFile(f"There is no .txt file in “{incoming.name}”; brat keeps each text in one.")
    for identifier, (path, annotations) in found.items():
        yield _document(incoming, identifier, path, annotations)
    texts = {_stem(one.text) for one in found.values()}
    known = {path for one in found.values() for path in one.annotations.values()}
    for path in _annotation_files(incoming):
        if path not in known:
            yield Arrival(path, problems=(f"There is no text for these annotations; texts are {_some(texts)}.",))


def _pair(incoming: Incoming) -> dict[str, Found]:
    """Find for each text who annotated it.

    A text that lies under the same name in several folders, byte for byte the same, is one document.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in incoming.files:
        if path.lower().endswith(".txt"):
            by_name[_stem(path)].append(path)
    found: dict[str, Found] = {}
    home: dict[str, str] = {}
    for stem, paths in by_name.items():
        same = len(paths) == 1 or len({_digest(incoming, path) for path in paths}) == 1
        for path in paths:
            identifier = stem if same else path[: -len(".txt")]
            home[path] = identifier
            found.setdefault(identifier, Found(path, {}))
    for path in _annotation_files(incoming):
        place = _text_of(path, by_name, home)
        if place is not None:
            text, annotator = place
            found[home[text]].annotations[incoming.choices.get("annotator") or annotator] = path
    return found


def _text_of(path: str, by_name: dict[str, list[str]], home: dict[str, str]) -> tuple[str, str] | None:
    """Return the text that an `.ann` file belongs to, and the name of its annotator."""
    folder, stem = str(PurePosixPath(path).parent), _stem(path)
    inner = PurePosixPath(path).parent.name or DEFAULT_ANNOTATOR
    beside = path[: -len(".ann")] + ".txt"
    if beside in home:
        return beside, inner
    for cut in sorted((match.start() for match in re.finditer("_", stem)), reverse=True):
        name = f"{stem[:cut]}.txt" if folder == "." else f"{folder}/{stem[:cut]}.txt"
        if name in home and stem[cut + 1 :]:
            return name, stem[cut + 1 :]
    elsewhere = by_name.get(stem, [])
    return (elsewhere[0], inner) if len({home[text] for text in elsewhere}) == 1 else None


def _document(incoming: Incoming, identifier: str, path: str, annotations: dict[str, str]) -> Arrival:
    try:
        text = incoming.read_text(path, at_most=LONGEST_LINE)
        marked = incoming.read(path).startswith(_BYTE_ORDER_MARK)
        sets, notes, problems = {}, [], []
        for annotator, ann in annotations.items():
            gathering = Gathering(text, mark_removed=marked)
            Annotations(gathering).read(incoming.read_text(ann))
            sets[annotator] = gathering.as_set()
            notes += [f"{ann}: {note}" for note in gathering.notes]
            problems += [f"{ann}: {problem}" for problem in gathering.problems]
    except (UnreadableText, UnreadableFile) as problem:
        return Arrival(path, problems=(problem.detail,))
    return Arrival(path, _made(identifier, text, sets), tuple(problems), tuple(notes))


def _made(identifier: str, text: str, sets: dict[str, IncomingSet]) -> IncomingDocument:
    return IncomingDocument(identifier, PurePosixPath(identifier).name, text, text_digest(text), {}, sets)


class Annotations:
    """Reads the lines of one `.ann` file: spans first, then what refers to them."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._triggers: dict[str, str] = {}

    def read(self, content: str) -> None:
        """Read all lines; what is wrong with one goes into the gathering."""
        # Only line feeds part lines: others may stand in the text of a span.
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
                self._gathering.problems.append(f"“{line[:80]}” is no line of brat standoff.")

    def _span(self, identifier: str, head: str, covered: str) -> None:
        match = _TEXT_BOUND.match(head.strip())
        if match is None:
            self._gathering.problems.append(f"{identifier}: “{head[:80]}” is no label with offsets.")
            return
        pairs = [[int(number) for number in pair.split(" ")] for pair in match[2].split(";")]
        self._gathering.add_span(identifier, match[1], pairs, covered=covered or None)

    def _trigger(self, identifier: str, head: str, _rest: str) -> None:
        _, _, trigger = head.split(" ", 1)[0].partition(":")
        if self._gathering.has_span(trigger):
            self._triggers[identifier] = trigger
        else:
            self._gathering.problems.append(f"Event {identifier}: its trigger {trigger} is no span of this file.")

    def _event(self, identifier: str, head: str, _rest: str) -> None:
        """An event is its trigger, and a relation from it to each argument, named after the role."""
        if identifier not in self._triggers:
            return  # told where the triggers were read
        for argument in head.split()[1:]:
            role, _, target = argument.partition(":")
            self._join(identifier, None, _ROLE_NUMBER.sub("", role), identifier, target)

    def _relation(self, identifier: str, head: str, _rest: str) -> None:
        match = _RELATION.match(head)
        if match is None:
            self._gathering.problems.append(f"{identifier}: “{head[:80]}” is no relation with two arguments.")
            return
        self._join(identifier, identifier, match[1], match[2], match[3])

    def _equivalence(self, _identifier: str, head: str, _rest: str) -> None:
        """A set of equals is a chain of relations, from each to the next."""
        label, *members = head.split()
        for first, second in itertools.pairwise(members):
            self._join(f"{label} of {first}", None, label, first, second)

    def _attribute(self, identifier: str, head: str, _rest: str) -> None:
        name, _, rest = head.partition(" ")
        target, _, value = rest.partition(" ")
        span = self._span_of(target)
        if span is None:
            self._gathering.notes.append(f"{identifier}: “{name}” is of {target}, which is no span; it was left out.")
        else:
            self._gathering.set_attribute(span, name, value or "true")

    def _reference(self, identifier: str, head: str, name: str) -> None:
        """A reference into another resource is kept as a note."""
        _, _, rest = head.partition(" ")
        target, _, reference = rest.partition(" ")
        self._note(identifier, f"Reference {target}", f"{reference} {name}".strip())

    def _note(self, identifier: str, head: str, words: str) -> None:
        _, _, target = head.partition(" ")
        span = self._span_of(target)
        if span is None:
            self._gathering.notes.append(f"{identifier}: a note is about {target}, which is no span; it was left out.")
        elif words:
            self._gathering.add_note(span, words)

    def _span_of(self, identifier: str) -> str | None:
        span = self._triggers.get(identifier, identifier)
        return span if self._gathering.has_span(span) else None

    def _join(self, what: str, identifier: str | None, label: str, source: str, target: str) -> None:
        ends = [self._triggers.get(end, end) for end in (source, target)]
        if ends[0] == ends[1]:
            self._gathering.notes.append(f"{what}: “{label}” joins {ends[0]} to itself; it was left out.")
        else:
            self._gathering.add_relation(identifier, label, *ends)


def _annotation_files(incoming: Incoming) -> list[str]:
    return [path for path in incoming.files if path.lower().endswith(".ann")]


def _digest(incoming: Incoming, path: str) -> bytes:
    return sha256(incoming.read(path)).digest()


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def _some(names: set[str]) -> str:
    return ", ".join(f"“{name}”" for name in sorted(names)[:5]) or "none"
