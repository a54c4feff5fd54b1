"""Shared by tests of formats: documents to write, and reading of the files."""

import hashlib
import io
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from hypothesis import strategies as st

from annotator.formats.incoming import IncomingFiles, ReadResult
from annotator.formats.loss_reasons import LossReason
from annotator.formats.outgoing import ExportContext, ExportDocument
from annotator.formats.registry import FORMATS, SIDE_FILES, stem_of

SCHEMA = {
    "labels": [
        {
            "id": "Claim",
            "color": "#0072B2",
            "attributes": [{"id": "kind", "choices": [{"id": "fact"}, {"id": "plan"}]}],
        },
        {"id": "Speaker", "color": "#009E73", "attributes": [{"id": "name", "choices": []}]},
    ],
    "relations": [{"id": "said-by", "from": ["Claim"], "to": ["Speaker"]}],
}
WORDS = st.sampled_from(["Ada", "🙂", "e\u0301tude", "שלום", "👩🏽‍🔬", "no", "said", "a-b", "Zoë's", "1,5", "&<\"'>"])
GAPS = st.sampled_from([" ", "\r\n", "\n", "  ", " \n\n", "\t", "\u00a0"])
VALUES = st.sampled_from(["fact", "plan", "Ada Byron", "a & b", "größer", "🙂", "0"])
NOTES = st.sampled_from(["", "unsure", "see 🙂 below", "a & <b>"])


class Losses:
    """A loss report that keeps the losses: document, annotator, item, what, and the reason in words."""

    def __init__(self) -> None:
        self.all: list[tuple[str, ...]] = []

    def add(self, document: str, annotator: str, item: str, what: str, why: LossReason) -> None:
        self.all.append((document, annotator, item, what, why.sentence()))

    @property
    def what(self) -> set[str]:
        return {loss[3] for loss in self.all}


def entry(text: str, sets: dict[str, Any], **members: Any) -> ExportDocument:
    """Return a document with its sets, each `{"spans": […], "relations": […]}` with spans in their shortest form."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    document = {"id": "d1", "title": "", "text": text, "sha256": digest, "meta": {}} | members
    complete = {
        name: work
        | {
            "spans": [{"attributes": {}, "note": "", "origin": "manual"} | span for span in work.get("spans", [])],
            "relations": work.get("relations", []),
        }
        for name, work in sets.items()
    }
    return ExportDocument(document, complete)  # type: ignore[arg-type]


def span(identifier: str, label: str, *fragments: tuple[int, int], **members: Any) -> dict[str, Any]:
    """Return a span in its shortest form."""
    return {"id": identifier, "label": label, "fragments": [list(pair) for pair in fragments]} | members


def relation(identifier: str, label: str, source: str, target: str) -> dict[str, str]:
    """Return a relation."""
    return {"id": identifier, "label": label, "from": source, "to": target}


def write(key: str, documents: list[ExportDocument], **context: Any) -> tuple[dict[str, bytes], Losses]:
    """Write documents and return the files by name and the losses."""
    losses = Losses()
    files: dict[str, bytes] = {}
    recipe = FORMATS[key]
    assert recipe.write is not None
    for name, data in recipe.write(iter(documents), ExportContext(SCHEMA, losses, **context)):
        files[name] = files.get(name, b"") + data
    return files, losses


def read(key: str, files: dict[str, bytes] | bytes, *, name: str = "file", **options: Any) -> list[ReadResult]:
    """Read files with the recipe of a format."""
    recipe = FORMATS[key]
    assert recipe.read is not None
    named = {name: files} if isinstance(files, bytes) else files
    openers = {path: partial(io.BytesIO, data) for path, data in sorted(named.items())}
    return list(recipe.read(IncomingFiles(name, stem_of(name), openers, **options)))


def read_one(key: str, files: dict[str, bytes] | bytes, **options: Any) -> ReadResult:
    """Read files that hold one document."""
    (arrival,) = read(key, files, **options)
    return arrival


def spans_of(arrival: ReadResult, annotator: str | None = None) -> list[tuple[str, Any]]:
    """Return the spans of a set as (label, fragments), in order."""
    assert arrival.problems == ()
    assert arrival.document is not None
    sets = arrival.document.sets
    work = sets[annotator] if annotator else next(iter(sets.values()))
    return sorted((span["label"], span["fragments"]) for span in work.spans)


def comparable(spans: list[Any], relations: list[Any], *, ids: bool) -> Any:
    """Return spans and relations as values independent of their order and, unless `ids`, of their ids."""
    values = {
        span["id"]: (
            span["label"],
            tuple(map(tuple, span["fragments"])),
            tuple(sorted((span.get("attributes") or {}).items())),
            span.get("note", ""),
            span["id"] if ids else "",
        )
        for span in spans
    }
    return sorted(values.values()), sorted(
        (relation["label"], values[relation["from"]], values[relation["to"]]) for relation in relations
    )


def assert_carried(
    key: str, documents: list[ExportDocument], *, ids: bool = False, document_ids: bool = True
) -> Losses:
    """Write documents, read them again, and compare texts, sets, spans and relations."""
    files, losses = write(key, documents)
    if FORMATS[key].archive and not FORMATS[key].single:
        arrivals = read(key, files)
    else:
        data = {name: data for name, data in files.items() if PurePosixPath(name).name not in SIDE_FILES}
        arrivals = [arrival for name in sorted(data) for arrival in read(key, data[name], name=name or "file")]
    assert [arrival.problems for arrival in arrivals] == [()] * len(arrivals)
    actual = {}
    for arrival in arrivals:
        assert arrival.document is not None
        name = arrival.document.external_id if document_ids else arrival.document.text
        for annotator, work in arrival.document.sets.items():
            actual[name, annotator] = (arrival.document.text, comparable(work.spans, work.relations, ids=ids))
    expected = {}
    for document in documents:
        name = document.document["id"] if document_ids else document.document["text"]
        for annotator, record in document.sets.items():
            work = comparable(list(record["spans"]), list(record["relations"]), ids=ids)
            expected[name, annotator] = (document.document["text"], work)
    assert actual == expected
    return losses


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """Draw a text and the ranges of its words."""
    text, ranges = "", []
    for word in draw(st.lists(WORDS, min_size=3, max_size=12)):
        ranges.append((len(text), len(text) + len(word)))
        text += word + draw(GAPS)
    return text, ranges


@st.composite
def fragments_of(draw: st.DrawFn, ranges: list[tuple[int, int]], *, several_parts: bool) -> list[list[int]]:
    """Draw the fragments of a span: some words, and perhaps the last word as well."""
    first = draw(st.integers(0, len(ranges) - 1))
    last = draw(st.integers(first, len(ranges) - 1))
    fragments = [[ranges[first][0], ranges[last][1]]]
    if several_parts and ranges[-1][0] > fragments[0][1] and draw(st.booleans()):
        fragments.append(list(ranges[-1]))
    return fragments


def meet(first: list[list[int]], second: list[list[int]]) -> bool:
    """Return whether two spans share a character."""
    return any(start < other[1] and other[0] < end for start, end in first for other in second)


@st.composite
def works(
    draw: st.DrawFn,
    ranges: list[tuple[int, int]],
    *,
    several_parts: bool,
    attributes: bool,
    notes: bool,
    relations: bool,
    overlaps: bool,
) -> dict[str, Any]:
    """Draw an annotation set over a text, limited to what a format supports."""
    spans: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 5))):
        fragments = draw(fragments_of(ranges, several_parts=several_parts))
        label = draw(st.sampled_from(["Claim", "Speaker"]))
        # Spans that differ only in their id cannot be compared without ids.
        alike = any((span["label"], span["fragments"]) == (label, fragments) for span in spans)
        if alike or (not overlaps and any(meet(span["fragments"], fragments) for span in spans)):
            continue
        made = {"id": f"s{number}", "label": label, "fragments": fragments, "attributes": {}, "note": ""}
        if attributes and draw(st.booleans()):
            made["attributes"] = {draw(st.sampled_from(["kind", "name"])): draw(VALUES)}
        if notes:
            made["note"] = draw(NOTES)
        spans.append(made | {"origin": "manual"})
    arrows: list[dict[str, str]] = []
    for source in spans if relations else []:
        for target in spans:
            if source is not target and draw(st.booleans()):
                arrows.append(relation(f"r{len(arrows)}", "said-by", source["id"], target["id"]))
    return {"spans": spans, "relations": arrows}


@st.composite
def corpora(
    draw: st.DrawFn,
    *,
    annotators: tuple[str, ...] = ("ada", "ben"),
    several_parts: bool = True,
    attributes: bool = True,
    notes: bool = True,
    relations: bool = True,
    overlaps: bool = True,
) -> list[ExportDocument]:
    """Draw a few documents with annotation sets, limited to what a format supports."""
    made = []
    supported = {
        "several_parts": several_parts,
        "attributes": attributes,
        "notes": notes,
        "relations": relations,
        "overlaps": overlaps,
    }
    for number in range(draw(st.integers(1, 3))):
        text, ranges = draw(texts())
        names = draw(st.lists(st.sampled_from(annotators), min_size=1, unique=True))
        made.append(entry(f"{number} {text}", {}, id=f"d{number}", title=f"Title {number}"))
        shifted = [(start + 2, end + 2) for start, end in ranges]
        sets = {name: draw(works(shifted, **supported)) for name in sorted(names)}
        made[-1] = ExportDocument(made[-1].document, sets)  # type: ignore[arg-type]
    return made
