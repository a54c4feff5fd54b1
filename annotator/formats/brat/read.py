"""Reading brat standoff: `.txt` and `.ann` files side by side, in folders or in an archive."""

import itertools
import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import PurePosixPath
from typing import NamedTuple

from annotator.formats.brat.annotations import Annotations, count_items
from annotator.formats.brat.visual import VISUAL, read_names
from annotator.formats.incoming import (
    LONGEST_LINE,
    IncomingDocument,
    IncomingFiles,
    ReadResult,
    UnreadableFile,
)
from annotator.formats.item_counts import ItemCounts
from annotator.formats.set_builder import SetBuilder
from annotator.formats.split_names import SPLIT, is_split_name, split_of_folders
from annotator.text.decoding import UnreadableText, decode_text
from annotator.text.digest import text_digest

DEFAULT_ANNOTATOR = "brat"
FOLDER = "folder"
JOIN, KEEP = "join", "keep"
"""What happens to fragments that only a line break parts."""
TEXT, ANNOTATIONS = ".txt", ".ann"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class TextFiles(NamedTuple):
    """The path of a text, the paths of its `.ann` files by annotator, and whether its folder names the annotator."""

    text: str
    annotations: dict[str, str]


def read_brat(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield each text with the annotations of all annotators."""
    documents = _pair(incoming)
    if not documents:
        raise UnreadableFile(f"“{incoming.name}” has no .txt file. brat needs a .txt file for each text.")
    top, names = _common_folder([files.text for files in documents.values()]), _names(incoming)
    for identifier, files in documents.items():
        yield _document(incoming, identifier, files, _meta(files, top), names)
    known = {path for files in documents.values() for path in files.annotations.values()}
    for path in _paths(incoming, ANNOTATIONS):
        if path not in known:
            yield _without_text(incoming, path, {_stem(files.text) for files in documents.values()})


def _names(incoming: IncomingFiles) -> dict[str, str]:
    """Return the names of types that our own configurations give."""
    names: dict[str, str] = {}
    for path in _paths(incoming, VISUAL):
        try:
            names |= read_names(incoming.read_text(path))
        except (UnreadableText, UnreadableFile):
            continue  # a configuration of others, which is not needed
    return names


def _without_text(incoming: IncomingFiles, path: str, texts: set[str]) -> ReadResult:
    try:
        items = count_items(incoming.read_text(path))
    except (UnreadableText, UnreadableFile):
        items = None
    problem = f"No text found for these annotations. Add “{_stem(path)}{TEXT}”. Texts: {_some(texts)}."
    return ReadResult(path, problems=(problem,), items=items)


def _pair(incoming: IncomingFiles) -> dict[str, TextFiles]:
    """Return the files of each document by its id.

    The same text, byte for byte, under the same name in several folders is one document.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in _paths(incoming, TEXT):
        by_name[_stem(path)].append(path)
    documents: dict[str, TextFiles] = {}
    document_of: dict[str, str] = {}
    for stem, paths in by_name.items():
        same = len(paths) == 1 or len({sha256(incoming.read(path)).digest() for path in paths}) == 1
        for path in paths:
            identifier = stem if same else path[: -len(TEXT)]
            document_of[path] = identifier
            documents.setdefault(identifier, TextFiles(path, {}))
    given = incoming.options.get("annotator")
    for path in _paths(incoming, ANNOTATIONS):
        place = _text_of(path, by_name, document_of)
        if place is not None:
            text, annotator = place
            own = documents[document_of[text]].annotations
            own[_free_name(given or annotator, own)] = path
    return documents


def _free_name(name: str, taken: Mapping[str, str]) -> str:
    """Return a name for a set that does not replace another set of the same document."""
    free_name, number = name, 1
    while free_name in taken:
        number += 1
        free_name = f"{name}-{number}"
    return free_name


def _text_of(path: str, by_name: dict[str, list[str]], document_of: dict[str, str]) -> tuple[str, str] | None:
    """Return the path of the text of an `.ann` file, and the name of its annotator."""
    folder, stem = posixpath.dirname(path), _stem(path)
    inner = posixpath.basename(folder)
    inner = DEFAULT_ANNOTATOR if not inner or is_split_name(inner) else inner
    text_path = path[: -len(ANNOTATIONS)] + TEXT
    if text_path in document_of:
        return text_path, inner
    for cut in range(len(stem) - 1, -1, -1):
        if stem[cut] == "_" and stem[cut + 1 :]:
            name = f"{folder}/{stem[:cut]}{TEXT}" if folder else f"{stem[:cut]}{TEXT}"
            if name in document_of:
                return name, stem[cut + 1 :]
    elsewhere = by_name.get(stem, [])
    return (elsewhere[0], inner) if len({document_of[text] for text in elsewhere}) == 1 else None


def _document(
    incoming: IncomingFiles, identifier: str, files: TextFiles, meta: Mapping[str, str], names: Mapping[str, str]
) -> ReadResult:
    items = ItemCounts()
    sets, notes, problems = {}, [], []
    try:
        data = incoming.read(files.text, at_most=LONGEST_LINE)
        text = decode_text(data, encoding=incoming.encoding)
    except (UnreadableText, UnreadableFile) as problem:
        text, problems = "", [problem.detail]
    for annotator, path in files.annotations.items():
        try:
            content = incoming.read_text(path)
        except (UnreadableText, UnreadableFile) as problem:
            problems.append(f"{path}: {problem.detail}")
            continue
        if not text:
            items.add(count_items(content))
            continue
        builder = _builder(incoming, text, mark_removed=data.startswith(_BYTE_ORDER_MARK))
        Annotations(builder, text, names).read(content)
        sets[annotator] = builder.build()
        notes += [f"{path}: {note}" for note in builder.notes]
        problems += [f"{path}: {problem}" for problem in builder.problems]
    if not text:
        problems = problems or ["The file has no text."]
        return ReadResult(files.text, problems=tuple(problems), items=items)
    title = posixpath.basename(identifier)
    document = IncomingDocument(identifier, title, text, text_digest(text), meta, sets)
    return ReadResult(files.text, document, tuple(problems), tuple(notes))


def _builder(incoming: IncomingFiles, text: str, *, mark_removed: bool) -> SetBuilder:
    """Return a builder for one set; brat cuts spans at line breaks, because a line holds the text of a span."""
    joins_lines = incoming.options.get("line_breaks", JOIN) == JOIN
    contested = incoming.options.get("contested", "")
    return SetBuilder(text, mark_removed=mark_removed, contested=contested, joins_lines=joins_lines)


def _meta(files: TextFiles, top: str) -> dict[str, str]:
    """Return what the folders of a text say about it, unless they name its annotators."""
    folder = posixpath.dirname(files.text)
    split = split_of_folders(files.text) if folder else ""
    meta = {SPLIT: split} if split else {}
    inside = folder.removeprefix(top).strip("/")
    names_people = posixpath.basename(folder) in files.annotations
    return meta | ({FOLDER: inside} if inside and inside != split and not names_people else {})


def _common_folder(paths: list[str]) -> str:
    """Return the innermost folder that holds all of these files."""
    parts = [PurePosixPath(path).parts[:-1] for path in (min(paths), max(paths))]
    both = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(*parts, strict=False))
    return "/".join(part for part, _ in both)


def _paths(incoming: IncomingFiles, ending: str) -> list[str]:
    return [path for path in incoming.files if path.lower().endswith(ending)]


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _some(names: set[str]) -> str:
    return ", ".join(f"“{name}”" for name in sorted(names)[:5]) or "none"
