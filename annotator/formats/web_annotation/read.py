"""Reading W3C Web Annotation: pages, collections, lists or single annotations, and their texts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
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
from annotator.formats.item_counts import ItemCounts
from annotator.formats.set_builder import CODE_POINTS, SetBuilder
from annotator.formats.web_annotation.spans import Item, listed, selected
from annotator.text.decoding import UnreadableText
from annotator.text.digest import text_digest

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# Terms that JSON-LD processors must not change: the id of a document is not an address, names keep their order.
EXTENSION = {"attribute": "urn:span-annotation:attribute", "origin": "urn:span-annotation:origin",
             "document": {"@id": "urn:span-annotation:document", "@type": "@json"},
             "annotators": {"@id": "urn:span-annotation:annotators", "@container": "@list"}}  # fmt: skip
ENDING = ".jsonld"
DEFAULT_ANNOTATOR = "annotations"


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
            str(item.get("id", "annotation")),
            problems=("The annotation refers to no text in this archive.",),
            items=_counted([item]),
        )


def _counted(items: list[Item]) -> ItemCounts:
    """Return the numbers of spans and relations among annotations whose text is missing."""
    counts = ItemCounts()
    for item in items:
        counts.find("relations" if item.get("motivation") == "linking" else "spans")
    return counts


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
    for target in listed(item.get("target")):
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
        return ReadResult(path, problems=(problem.detail,), items=_counted(items))
    marked = incoming.read(path).startswith(b"\xef\xbb\xbf")
    unit, contested = incoming.options.get("offsets", CODE_POINTS), incoming.options.get("contested", "")
    builder = partial(SetBuilder, text, unit=unit, mark_removed=marked, contested=contested)
    builders = {str(name): builder() for name in listed(page.get("annotators"))}
    by_annotator: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_annotator[incoming.options.get("annotator") or _creator(item)].append(item)
    for annotator, own in by_annotator.items():
        _gather(builders.setdefault(annotator, builder()), own)
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
        for target in listed(item.get("target")):
            source = target.get("id") if isinstance(target, dict) else target
            for end in ends:
                builder.add_relation(
                    _short(item.get("id")), next(iter(_tags(item)), "linking"), _short(source), _short(end)
                )


def _add_span(builder: SetBuilder, item: Item) -> None:
    """Add a span for each tag of an annotation."""
    identifier, labels = _short(item.get("id")), _tags(item)
    if not labels:
        builder.refuse("spans", f"Annotation {identifier} has no label (a body with the purpose “tagging”).")
        return
    for number, label in enumerate(labels, 1):
        own_id = identifier if number == 1 else f"{identifier}-{number}"
        fragments, covered, around = _place(builder, item)
        span_id = builder.add_span(own_id, label, fragments, covered=covered, around=around)
        if span_id is not None:
            _describe(builder, span_id, item)


def _describe(builder: SetBuilder, span_id: str, item: Item) -> None:
    builder.set_origin(span_id, item.get("origin"))
    for body in _bodies(item):
        if body.get("purpose") == "classifying" and "attribute" in body:
            builder.set_attribute(span_id, str(body["attribute"]), body.get("value"))
        elif body.get("purpose") in ("commenting", "describing") and body.get("value"):
            builder.add_note(span_id, str(body["value"]))


def _place(builder: SetBuilder, item: Item) -> tuple[list[Sequence[Any]], str | None, tuple[str, str]]:
    """Return offsets, words, and the words around them; a quotation without offsets is looked up in the text."""
    places = selected(item)
    if len(places) == 1 and places[0].pair is None:
        return [], places[0].words, places[0].around
    pairs: list[Sequence[Any]] = []
    for place in places:
        pair = place.pair or (builder.find(place.words, place.around) if place.words else None)
        if pair is None:
            return [], place.words, place.around
        pairs.append(pair)
    words = [place.words for place in places]
    covered = None if None in words else " ".join(filter(None, words))
    return pairs, covered, places[0].around if len(places) == 1 else ("", "")


def _bodies(item: Item) -> list[Item]:
    return [body for body in listed(item.get("body")) if isinstance(body, dict)]


def _tags(item: Item) -> list[str]:
    purpose = item.get("motivation")
    tags = [body for body in _bodies(item) if body.get("purpose", purpose) in ("tagging", "identifying")]
    values = [str(body["value"]) for body in tags if body.get("value") is not None]
    given = item.get("bodyValue")
    return values or ([str(given)] if given is not None else [])


def _creator(item: Item) -> str:
    creator = item.get("creator")
    if isinstance(creator, dict):
        creator = creator.get("nickname") or creator.get("name") or creator.get("id")
    return str(creator or DEFAULT_ANNOTATOR)


def _short(given: object) -> str:
    """Return the last part of a name; our names end in the id of the span."""
    return unquote(str(given).rsplit(":", 1)[-1].rsplit("/", 1)[-1]) if given is not None else ""
