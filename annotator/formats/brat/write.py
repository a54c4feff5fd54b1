"""Writing brat standoff. Offsets count code points.

Each annotator has a folder that brat can open as a collection: texts, `.ann` files, `annotation.conf`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, pairwise
from operator import itemgetter

from annotator.formats.brat.visual import VISUAL, visual_configuration
from annotator.formats.file_names import FileNames, Identifiers
from annotator.formats.loss_reasons import LossReason, reason
from annotator.formats.outgoing import DOCUMENT_ATTRIBUTES, ExportContext, ExportDocument, Piece
from annotator.formats.records import SetRecord, SpanRecord

_BREAKS = re.compile(r"[\t\r\n]")


# Types have no white space, and a bar separates them in the configuration.
_UNFIT = re.compile(r"[\s|:;,<>&]+")


# A lone carriage return would end a line for other readers.
_LINE_BREAK = re.compile(r"[\r\n]+")


TAB = "\t"


def write_brat(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a text and an `.ann` file for each set, and at the end a configuration for each annotator."""
    names, folders, types = FileNames(), FileNames(), Identifiers(_UNFIT, _names_of(context))
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
            if record.get("document_attributes"):
                context.losses.add(document["id"], annotator, "", DOCUMENT_ATTRIBUTES, reason("no_document_attributes"))
            yield f"{folder}/{name}.ann", _Lines(export, annotator, context, types).of(record).encode()
    for folder in written.values():
        yield f"{folder}/annotation.conf", _configuration(context, types).encode()
        if types.changed:
            yield f"{folder}/{VISUAL}", visual_configuration(types.changed).encode()


def _names_of(context: ExportContext) -> Iterator[str]:
    """Yield the ids of labels, attributes, values and relation types of the schema."""
    for label in context.schema.get("labels", []):
        yield label["id"]
        yield from (attribute["id"] for attribute in label.get("attributes", []))
    yield from (relation["id"] for relation in context.schema.get("relations", []))


class _Lines:
    def __init__(self, export: ExportDocument, annotator: str, context: ExportContext, types: Identifiers) -> None:
        self._types = types
        self._text = export.document["text"]
        self._document = export.document["id"]
        self._annotator = annotator
        self._losses = context.losses
        self._has_breaks = _LINE_BREAK.search(self._text) is not None

    def of(self, record: SetRecord) -> str:
        placed = [(span, places) for span in record["spans"] if (places := self._places(span))]
        placed.sort(key=lambda pair: (*pair[0]["fragments"][0], pair[0]["label"], pair[0]["id"]))
        ids = _ids("T", [span["id"] for span, _ in placed])
        numbered = sum(identifier != new for identifier, new in ids.items())
        if numbered:
            self._losses.add(self._document, self._annotator, "", "id", reason("numbered_spans", numbered))
        lines = [self._span(ids[span["id"]], span, places) for span, places in placed]
        lines += self._relations(record, ids)
        attributes, notes = count(1), count(1)
        for span, _ in placed:
            own = span["attributes"]
            for name in sorted(own) if len(own) > 1 else own:
                if self._fits(span, name, own[name]):
                    lines.append(f"A{next(attributes)}\t{self._types.of(name)} {ids[span['id']]} {own[name]}\n")
            if span["note"]:
                lines.append(f"#{next(notes)}\tAnnotatorNotes {ids[span['id']]}\t{self._note(span)}\n")
        return "".join(lines)

    def _relations(self, record: SetRecord, ids: Mapping[str, str]) -> Iterator[str]:
        relations = sorted(record["relations"], key=itemgetter("id"))
        relation_ids = _ids("R", [relation["id"] for relation in relations])
        for relation in relations:
            source, target = ids.get(relation["from"]), ids.get(relation["to"])
            if source is None or target is None:
                self._losses.add(self._document, self._annotator, relation["id"], "relation", reason("span_lost"))
            else:
                label = self._types.of(relation["label"])
                yield f"{relation_ids[relation['id']]}\t{label} Arg1:{source} Arg2:{target}\n"

    def _places(self, span: SpanRecord) -> Sequence[Sequence[int]]:
        """Return the fragments, cut at line breaks as brat needs it; none for a span of line breaks only."""
        fragments = span["fragments"]
        if not self._has_breaks or _LINE_BREAK.search(self._text, fragments[0][0], fragments[-1][1]) is None:
            return fragments
        pieces = [list(self._cut(start, end)) for start, end in fragments]
        cut = [piece for own in pieces for piece in own]
        if not cut:
            self._add_loss(span, "span", reason("white_space"))
        elif any(
            not own or (own[0][0], own[-1][1]) != tuple(pair) for own, pair in zip(pieces, fragments, strict=True)
        ):
            self._add_loss(span, "edges", reason("line_breaks_at_edges"))
        for (_, end), (start, _) in pairwise(fragments):
            if not self._text[end:start].strip() and _LINE_BREAK.search(self._text, end, start):
                self._add_loss(span, "fragments", reason("parted_by_line_break"))
        return cut

    def _cut(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for match in _LINE_BREAK.finditer(self._text, start, end):
            if start < match.start():
                yield start, match.start()
            start = match.end()
        if start < end:
            yield start, end

    def _span(self, identifier: str, span: SpanRecord, places: Sequence[Sequence[int]]) -> str:
        if len(places) == 1:
            ((start, end),) = places
            shown, covered = f"{start} {end}", self._text[start:end]
        else:
            shown = ";".join(f"{start} {end}" for start, end in places)
            covered = " ".join(self._text[start:end] for start, end in places)
        return f"{identifier}\t{self._types.of(span['label'])} {shown}\t{covered.replace(TAB, ' ')}\n"

    def _fits(self, span: SpanRecord, name: str, value: str) -> bool:
        if not value or value != value.strip() or _BREAKS.search(value):
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


def _configuration(context: ExportContext, types: Identifiers) -> str:
    """Return `annotation.conf`, the labels, relations and attributes of a collection."""
    labels = context.schema.get("labels", [])
    lines = ["[entities]", *(types.of(label["id"]) for label in labels), "", "[relations]"]
    for relation in context.schema.get("relations", []):
        sources, targets = ("|".join(map(types.of, relation[end])) for end in ("from", "to"))
        lines.append(f"{types.of(relation['id'])}\tArg1:{sources}, Arg2:{targets}")
    lines += ["", "[events]", "", "[attributes]"]
    takers: dict[str, tuple[list[str], set[str]]] = {}
    for label in labels:
        for attribute in label.get("attributes", []):
            names, values = takers.setdefault(attribute["id"], ([], set()))
            names.append(types.of(label["id"]))
            values |= {choice["id"] for choice in attribute.get("choices", [])}
    for name, (names, values) in takers.items():
        shown = f", Value:{'|'.join(sorted(values))}" if values else ""
        lines.append(f"{types.of(name)}\tArg:{'|'.join(names)}{shown}")
    return "\n".join(lines) + "\n"
