"""Reading UIMA CAS as XMI: annotations of any type. Files that declare entities are refused."""

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
    views = [element for element in root if element.tag.endswith("}Sofa") and element.get("sofaString")]
    if not views or not (views[0].get("sofaString") or "").strip():
        raise UnreadableFile("The file has no text: it needs a Sofa with a sofaString.")
    view = views[0].get(_XMI_ID)
    notes = [f"Views after the first were left out: {len(views) - 1}."] if len(views) > 1 else []
    elements = [
        Element(element.get(_XMI_ID) or "", element.tag.rsplit("}", 1)[-1], element.attrib)
        for element in root
        if "begin" in element.attrib and "end" in element.attrib and element.get("sofa") == view
    ]
    return views[0].get("sofaString") or "", elements, notes


def _gather(builder: SetBuilder, elements: list[Element]) -> list[str]:
    """Add spans, then relations; return notes on the types that were left out."""
    left = Counter(element.kind for element in elements if element.kind in _LEFT_OUT)
    kept = [element for element in elements if element.kind not in _LEFT_OUT]
    ids: dict[str, str] = {}
    for element in kept:
        if _ends(element) is None:
            span_id = _add_span(builder, element)
            if span_id is not None:
                ids[element.number] = span_id
    for element in kept:
        ends = _ends(element)
        if ends is not None:
            source, target = (ids.get(end, f"of element {end}") for end in ends)
            builder.add_relation(element.features.get("uid"), _label(element)[1], source, target)
    return [f"Annotations of type {kind} were left out: {number:,}." for kind, number in sorted(left.items())]


def _add_span(builder: SetBuilder, element: Element) -> str | None:
    named, label = _label(element)
    try:
        place = (int(element.features["begin"]), int(element.features["end"]))
    except ValueError:
        builder.problems.append(f"Element {element.number}: begin and end must be whole numbers.")
        return None
    away = {*_AWAY, named}
    rest = {name: value for name, value in element.features.items() if name not in away and name[0] != "{"}
    note = element.features.get("note", "")
    span_id = builder.add_span(element.features.get("uid"), label, [place], attributes=rest, note=note)
    if span_id is not None:
        builder.set_origin(span_id, element.features.get("origin"))
    return span_id


def _label(element: Element) -> tuple[str, str]:
    """Return the feature with the label, "" for none, and the label, which otherwise is the name of the type."""
    named = next((name for name in _LABELS if element.features.get(name)), "")
    return named, element.features[named] if named else element.kind


def _ends(element: Element) -> tuple[str, str] | None:
    pair = next((pair for pair in _ENDS if all(name in element.features for name in pair)), None)
    return None if pair is None else (element.features[pair[0]], element.features[pair[1]])
