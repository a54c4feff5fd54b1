"""UIMA CAS as XMI as it comes in: annotations of any type. A file that declares entities is refused."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree

from annotator.formats.incoming import LONGEST_ID, IncomingDocument, IncomingFiles, ReadResult, UnreadableFile
from annotator.formats.set_builder import UTF16, SetBuilder
from annotator.text.decoding import UnreadableText, refuse_forbidden
from annotator.text.digest import text_digest

SPACE = "http:///"
DEFAULT_ANNOTATOR = "uima"
_XMI_ID = "{http://www.omg.org/XMI}id"
_LEFT_OUT = {"DocumentAnnotation", "DocumentMetaData", "Token", "Sentence", "Paragraph", "TagDescription"}
_LABELS = ("label", "value", "DependencyType")
_AWAY = {"sofa", "begin", "end", "note", "origin", "uid"}
_ENDS = (("Governor", "Dependent"), ("Source", "Target"), ("source", "target"))


class Element(NamedTuple):
    """An annotation of the file: its number, the last part of its type, its features."""

    number: str
    kind: str
    features: Mapping[str, str]


def read_uima(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield the document of a file; in an archive the folder is named after it, the file after the annotator."""
    path = PurePosixPath(incoming.name.replace("\\", "/"))
    folder = path.parent.name
    name, annotator = (folder.removesuffix(".txt"), path.stem) if folder else (incoming.stem, DEFAULT_ANNOTATOR)
    text, elements, notes = _parse(incoming)
    try:
        refuse_forbidden(text)
    except UnreadableText as problem:
        yield ReadResult("", problems=(problem.detail,))
        return
    builder = SetBuilder(text, unit=UTF16)
    notes += _gather(builder, elements)
    sets = {incoming.options.get("annotator") or annotator: builder.build()}
    document = IncomingDocument(name[:LONGEST_ID] or incoming.stem, name, text, text_digest(text), {}, sets)
    yield ReadResult("", document, tuple(builder.problems), (*notes, *builder.notes))


def _parse(incoming: IncomingFiles) -> tuple[str, list[Element], list[str]]:
    (only,) = incoming.files
    data = incoming.read(only)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableFile("The file declares a document type or entities. Remove them: XMI does not need them.")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - nothing that could expand gets here
    except ElementTree.ParseError as error:
        raise UnreadableFile(f"The file is not valid XML: {error}.") from error
    views = [one for one in root if one.tag.endswith("}Sofa") and one.get("sofaString")]
    if not views or not (views[0].get("sofaString") or "").strip():
        raise UnreadableFile("The file has no text: it needs a Sofa with a sofaString.")
    view = views[0].get(_XMI_ID)
    notes = [f"Views after the first were left out: {len(views) - 1}."] if len(views) > 1 else []
    elements = [
        Element(one.get(_XMI_ID) or "", one.tag.rsplit("}", 1)[-1], one.attrib)
        for one in root
        if "begin" in one.attrib and "end" in one.attrib and one.get("sofa") == view
    ]
    return views[0].get("sofaString") or "", elements, notes


def _gather(builder: SetBuilder, elements: list[Element]) -> list[str]:
    """Add spans, then relations; returns notes on the types that were left out."""
    left = Counter(one.kind for one in elements if one.kind in _LEFT_OUT)
    kept = [one for one in elements if one.kind not in _LEFT_OUT]
    ids: dict[str, str] = {}
    for one in kept:
        if _ends(one) is None:
            made = _add_span(builder, one)
            if made is not None:
                ids[one.number] = made
    for one in kept:
        ends = _ends(one)
        if ends is not None:
            source, target = (ids.get(end, f"of element {end}") for end in ends)
            builder.add_relation(one.features.get("uid"), _label(one)[1], source, target)
    return [f"Annotations of type {kind} were left out: {number:,}." for kind, number in sorted(left.items())]


def _add_span(builder: SetBuilder, one: Element) -> str | None:
    named, label = _label(one)
    try:
        place = (int(one.features["begin"]), int(one.features["end"]))
    except ValueError:
        builder.problems.append(f"Element {one.number}: begin and end must be whole numbers.")
        return None
    away = {*_AWAY, named}
    rest = {name: value for name, value in one.features.items() if name not in away and name[0] != "{"}
    note = one.features.get("note", "")
    made = builder.add_span(one.features.get("uid"), label, [place], attributes=rest, note=note)
    if made is not None:
        builder.set_origin(made, one.features.get("origin"))
    return made


def _label(one: Element) -> tuple[str, str]:
    """Return the feature that holds the label, "" for none, and the label: else the name of the type."""
    named = next((name for name in _LABELS if one.features.get(name)), "")
    return named, one.features[named] if named else one.kind


def _ends(one: Element) -> tuple[str, str] | None:
    pair = next((pair for pair in _ENDS if all(name in one.features for name in pair)), None)
    return None if pair is None else (one.features[pair[0]], one.features[pair[1]])
