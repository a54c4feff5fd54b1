"""Reading W3C Web Annotation: pages, collections, lists or single annotations, and their texts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import orjson

from annotator.formats.incoming import (
    LONGEST_LINE,
    LONGEST_TITLE,
    IncomingDocument,
    IncomingFiles,
    ReadResult,
    UnreadableFile,
)
from annotator.formats.set_builder import CODE_POINTS, SetBuilder
from annotator.text.decoding import UnreadableText
from annotator.text.digest import text_digest

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# Terms that JSON-LD processors must not change: the id of a document is not an address, names keep their order.
EXTENSION = {"attribute": "urn:span-annotation:attribute", "origin": "urn:span-annotation:origin",
             "document": {"@id": "urn:span-annotation:document", "@type": "@json"},
             "annotators": {"@id": "urn:span-annotation:annotators", "@container": "@list"}}  # fmt: skip
ENDING = ".jsonld"
DEFAULT_ANNOTATOR = "annotations"
Item = Mapping[str, Any]


def read_web_annotation(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield each text with its annotations."""
    texts = [path for path in incoming.files if path.lower().endswith(".txt")]
    if not texts:
        raise UnreadableFile(f"“{incoming.name}” has no .txt file. Add the text of the annotations.")
    by_text = _annotations(incoming, texts)
    for path in texts:
        yield _document(incoming, path, *by_text.get(path, ({}, [])))
    for item in by_text.get("", ({}, []))[1]:
        yield ReadResult(
            str(item.get("id", "annotation")), problems=("The annotation refers to no text in this archive.",)
        )


def _annotations(incoming: IncomingFiles, texts: list[str]) -> dict[str, tuple[Item, list[Item]]]:
    """Return the head of its page and the annotations for each text; "" has annotations without a text."""
    found: dict[str, tuple[Item, list[Item]]] = defaultdict(lambda: ({}, []))
    for path in incoming.files:
        if not path.lower().endswith((ENDING, ".json")):
            continue
        page = _parsed(incoming, path)
        beside = str(PurePosixPath(path).with_suffix(".txt"))
        text_of: dict[str, str] = {}
        items = _items(page)
        for item in items:
            about = _source(item, texts, text_of) or (beside if beside in texts else "")
            text_of[str(item.get("id"))] = about
            found[about][1].append(item)
        if beside in texts and isinstance(page, dict):
            found[beside] = (page, found[beside][1])
    return found


def _parsed(incoming: IncomingFiles, path: str) -> Any:
    try:
        return orjson.loads(incoming.read(path).removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise UnreadableFile(f"“{path}” is not valid JSON: {error}.") from error


def _items(page: Any) -> list[Item]:
    if isinstance(page, dict) and page.get("type") == "Annotation":
        return [page]
    if isinstance(page, dict):
        first = page.get("first")
        page = page.get("items", first.get("items") if isinstance(first, dict) else None)
    return [item for item in page if isinstance(item, dict)] if isinstance(page, list) else []


def _source(item: Item, texts: list[str], text_of: Mapping[str, str]) -> str:
    """Return the text of an annotation, by the last part of the address of its target."""
    for target in _listed(item.get("target")):
        address = target.get("source", target.get("id", "")) if isinstance(target, dict) else target
        address = address.get("id", "") if isinstance(address, dict) else str(address)
        if address in text_of:
            return text_of[address]
        name = unquote(address).rsplit("/", 1)[-1]
        same = [path for path in texts if PurePosixPath(path).name == name or PurePosixPath(path).stem == name]
        if len(same) == 1:
            return same[0]
    return ""


def _document(incoming: IncomingFiles, path: str, page: Item, items: list[Item]) -> ReadResult:
    try:
        text = incoming.read_text(path, at_most=LONGEST_LINE)
    except (UnreadableText, UnreadableFile) as problem:
        return ReadResult(path, problems=(problem.detail,))
    marked = incoming.read(path).startswith(b"\xef\xbb\xbf")
    unit = incoming.options.get("offsets", CODE_POINTS)
    builders = {str(name): SetBuilder(text, unit=unit, mark_removed=marked) for name in _listed(page.get("annotators"))}
    by_annotator: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_annotator[incoming.options.get("annotator") or _creator(item)].append(item)
    for annotator, own in by_annotator.items():
        _gather(builders.setdefault(annotator, SetBuilder(text, unit=unit, mark_removed=marked)), own)
    head = page.get("document")
    head = head if isinstance(head, dict) else {}
    document = IncomingDocument(
        str(head.get("id") or PurePosixPath(path).stem),
        str(head.get("title") or "")[:LONGEST_TITLE],
        text,
        text_digest(text),
        head["meta"] if isinstance(head.get("meta"), dict) else {},
        {annotator: builder.build() for annotator, builder in builders.items()},
    )
    problems = [f"{name}: {problem}" for name, one in builders.items() for problem in one.problems]
    notes = [f"{name}: {note}" for name, one in builders.items() for note in one.notes]
    return ReadResult(path, document, tuple(problems), tuple(notes))


def _gather(builder: SetBuilder, items: list[Item]) -> None:
    links = [item for item in items if item.get("motivation") == "linking"]
    for item in items:
        if item.get("motivation") != "linking":
            _add_span(builder, item)
    for item in links:
        ends = [body["id"] for body in _bodies(item) if body.get("purpose") == "linking" and "id" in body]
        for target in _listed(item.get("target")):
            source = target.get("id") if isinstance(target, dict) else target
            for end in ends:
                builder.add_relation(_short(item.get("id")), _tag(item) or "linking", _short(source), _short(end))


def _add_span(builder: SetBuilder, item: Item) -> None:
    identifier, label = _short(item.get("id")), _tag(item)
    if label is None:
        builder.problems.append(f"Annotation {identifier} has no label (a body with the purpose “tagging”).")
        return
    pairs = [(one.get("start"), one.get("end")) for one in _selectors(item, "TextPositionSelector")]
    quotations = [str(one.get("exact", "")) for one in _selectors(item, "TextQuoteSelector")]
    covered = " ".join(quotations) if quotations and len(quotations) >= len(pairs) else None
    # Without offsets, the quotation locates the span if it occurs only once.
    span_id = builder.add_span(identifier, label, pairs or [(-1, -1)], covered=covered)
    if span_id is None:
        return
    builder.set_origin(span_id, item.get("origin"))
    for body in _bodies(item):
        if body.get("purpose") == "classifying" and "attribute" in body:
            builder.set_attribute(span_id, str(body["attribute"]), body.get("value"))
        elif body.get("purpose") in ("commenting", "describing") and body.get("value"):
            builder.add_note(span_id, str(body["value"]))


def _selectors(item: Item, kind: str) -> list[Item]:
    targets = [target for target in _listed(item.get("target")) if isinstance(target, dict)]
    found = [one for target in targets for one in _listed(target.get("selector")) if isinstance(one, dict)]
    return [one for one in found if one.get("type") == kind]


def _bodies(item: Item) -> list[Item]:
    return [body for body in _listed(item.get("body")) if isinstance(body, dict)]


def _tag(item: Item) -> str | None:
    tags = [body for body in _bodies(item) if body.get("purpose", item.get("motivation")) in ("tagging", "identifying")]
    if tags and tags[0].get("value") is not None:
        return str(tags[0]["value"])
    given = item.get("bodyValue")
    return str(given) if given is not None else None


def _creator(item: Item) -> str:
    creator = item.get("creator")
    if isinstance(creator, dict):
        creator = creator.get("nickname") or creator.get("name") or creator.get("id")
    return str(creator or DEFAULT_ANNOTATOR)


def _short(given: object) -> str:
    """Return the last part of a name; our names end in the id of the span."""
    return unquote(str(given).rsplit(":", 1)[-1].rsplit("/", 1)[-1]) if given is not None else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
