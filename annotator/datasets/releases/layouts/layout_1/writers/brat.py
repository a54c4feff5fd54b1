"""Writing brat standoff as layout 1 does: spans are not cut at line breaks. Offsets count code points.

Each annotator has a folder that brat can open as a collection: texts, `.ann` files, `annotation.conf`.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import count
from operator import itemgetter

from annotator.formats.file_names import FileNames
from annotator.formats.loss_reasons import LossReason, reason
from annotator.formats.outgoing import ExportContext, ExportDocument, Piece
from annotator.formats.records import SetRecord, SpanRecord

_BREAKS = re.compile(r"[\t\r\n]")


_SPACE = re.compile(r"\s")


def write_brat(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a text and an `.ann` file for each set, and at the end a configuration for each annotator."""
    names, folders = FileNames(), FileNames()
    written: dict[str, str] = {}
    for export in documents:
        document = export.document
        name = names.of(document["id"])
        if name != document["id"]:
            context.losses.add(document["id"], "", "", "id", reason("id_is_file_name", name))
        for annotator, record in export.sets.items():
            folder = written.setdefault(annotator, folders.of(annotator))
            if folder != annotator:
                context.losses.add(document["id"], annotator, "", "annotator", reason("folder_name", folder))
            # Readers remove one byte order mark; a text that begins with one needs a second.
            mark = "\ufeff" if document["text"].startswith("\ufeff") else ""
            yield f"{folder}/{name}.txt", (mark + document["text"]).encode()
            yield f"{folder}/{name}.ann", _Lines(export, annotator, context).of(record).encode()
    for folder in written.values():
        yield f"{folder}/annotation.conf", _configuration(context).encode()


class _Lines:
    def __init__(self, export: ExportDocument, annotator: str, context: ExportContext) -> None:
        self._text = export.document["text"]
        self._document = export.document["id"]
        self._annotator = annotator
        self._losses = context.losses

    def of(self, record: SetRecord) -> str:
        spans = sorted(record["spans"], key=lambda span: (*span["fragments"][0], span["label"], span["id"]))
        ids = _ids("T", [span["id"] for span in spans])
        lines = [self._span(ids[span["id"]], span) for span in spans]
        relations = sorted(record["relations"], key=itemgetter("id"))
        relation_ids = _ids("R", [relation["id"] for relation in relations])
        lines += [
            f"{relation_ids[relation['id']]}\t{relation['label']} "
            f"Arg1:{ids[relation['from']]} Arg2:{ids[relation['to']]}\n"
            for relation in relations
        ]
        attributes, notes = count(1), count(1)
        for span in spans:
            for name, value in sorted(span["attributes"].items()):
                if self._fits(span, name, value):
                    lines.append(f"A{next(attributes)}\t{name} {ids[span['id']]} {value}\n")
            if span["note"]:
                lines.append(f"#{next(notes)}\tAnnotatorNotes {ids[span['id']]}\t{self._note(span)}\n")
        return "".join(lines)

    def _span(self, identifier: str, span: SpanRecord) -> str:
        places = ";".join(f"{start} {end}" for start, end in span["fragments"])
        covered = " ".join(self._text[start:end] for start, end in span["fragments"])
        if identifier != span["id"]:
            self._add_loss(span, "id", reason("numbered", identifier))
        if span["origin"] != "manual":
            self._add_loss(span, "origin", reason("brat_origin"))
        return f"{identifier}\t{span['label']} {places}\t{_BREAKS.sub(' ', covered)}\n"

    def _fits(self, span: SpanRecord, name: str, value: str) -> bool:
        if not value or value != value.strip() or _BREAKS.search(value) or _SPACE.search(name):
            self._add_loss(span, f"attribute {name}", reason("brat_value"))
            return False
        return True

    def _note(self, span: SpanRecord) -> str:
        if _BREAKS.search(span["note"]):
            self._add_loss(span, "note", reason("line_breaks"))
        return _BREAKS.sub(" ", span["note"])

    def _add_loss(self, span: SpanRecord, what: str, why: LossReason) -> None:
        self._losses.add(self._document, self._annotator, span["id"], what, why)


def _ids(letter: str, given: list[str]) -> dict[str, str]:
    """Return the ids to write for spans or relations: their own if brat could have created them."""
    pattern = re.compile(rf"{letter}[1-9]\d{{0,8}}\Z", re.ASCII)
    kept = {identifier for identifier in given if pattern.match(identifier)}
    free = (f"{letter}{number}" for number in count(1) if f"{letter}{number}" not in kept)
    return {identifier: identifier if identifier in kept else next(free) for identifier in given}


def _configuration(context: ExportContext) -> str:
    """Return `annotation.conf`, the labels, relations and attributes of a collection."""
    labels = context.schema.get("labels", [])
    lines = ["[entities]", *(label["id"] for label in labels), "", "[relations]"]
    for relation in context.schema.get("relations", []):
        ends = f"Arg1:{'|'.join(relation['from'])}, Arg2:{'|'.join(relation['to'])}"
        lines.append(f"{relation['id']}\t{ends}")
    lines += ["", "[events]", "", "[attributes]"]
    takers: dict[str, tuple[list[str], set[str]]] = {}
    for label in labels:
        for attribute in label.get("attributes", []):
            names, values = takers.setdefault(attribute["id"], ([], set()))
            names.append(label["id"])
            values |= {choice["id"] for choice in attribute.get("choices", [])}
    for name, (names, values) in takers.items():
        shown = f", Value:{'|'.join(sorted(values))}" if values else ""
        lines.append(f"{name}\tArg:{'|'.join(names)}{shown}")
    return "\n".join(lines) + "\n"
