"""Reading a UIMA CAS, as XMI or JSON: annotations of any type, and links between them."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from annotator.formats.incoming import LONGEST_ID, IncomingDocument, IncomingFiles, ReadResult
from annotator.formats.set_builder import UTF16, SetBuilder
from annotator.formats.uima.structures import Cas, Structure, Value, read_cas
from annotator.text.decoding import UnreadableText, refuse_forbidden
from annotator.text.digest import text_digest

SPACE = "http:///"
DEFAULT_ANNOTATOR = "uima"
_LEFT_OUT = {"DocumentAnnotation", "DocumentMetaData", "Token", "Sentence", "Paragraph", "TagDescription",
             "TagsetDescription", "LayerDefinition", "FeatureDefinition"}  # fmt: skip
_LABELS = ("label", "value", "DependencyType", "PosValue", "referenceType")
_AWAY = {"sofa", "begin", "end", "note", "origin", "uid"}
_ENDS = (("Governor", "Dependent"), ("Source", "Target"), ("source", "target"))
_CHAIN = ("next", "referenceRelation")
_OFFSET = re.compile(r"-?[0-9]{1,15}\Z")


def read_uima(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield the document of a file; in an archive the folder is named after it, the file after the annotator."""
    path = PurePosixPath(incoming.name.replace("\\", "/"))
    folder = path.parent.name
    name, annotator = (folder.removesuffix(".txt"), path.stem) if folder else (incoming.stem, DEFAULT_ANNOTATOR)
    (only,) = incoming.files
    cas = read_cas(incoming.read(only))
    try:
        refuse_forbidden(cas.text)
    except UnreadableText as problem:
        yield ReadResult("", problems=(problem.detail,))
        return
    builder = SetBuilder(cas.text, unit=UTF16)
    _Annotations(builder, cas).read()
    sets = {incoming.options.get("annotator") or annotator: builder.build()}
    identifier = name[:LONGEST_ID] or incoming.stem
    document = IncomingDocument(identifier, name, cas.text, text_digest(cas.text), {}, sets)
    yield ReadResult("", document, tuple(builder.problems), tuple(builder.notes))


class _Annotations:
    def __init__(self, builder: SetBuilder, cas: Cas) -> None:
        self._builder = builder
        self._cas = cas
        self._ids: dict[str, str] = {}
        self._more_features = 0

    def read(self) -> None:
        """Add spans, then relations and links; note what was left out."""
        annotations = [one for one in self._cas.structures.values() if one.is_annotation]
        left = Counter(one.kind for one in annotations if one.kind in _LEFT_OUT)
        kept = [one for one in annotations if one.kind not in _LEFT_OUT]
        here = [one for one in kept if one.view in ("", self._cas.view)]
        for one in here:
            if _ends(one) is None:
                span_id = self._add_span(one)
                if span_id is not None:
                    self._ids[one.number] = span_id
        for one in here:
            ends = _ends(one)
            if ends is not None:
                named, label = _label(one)
                self._relate(one.text("uid"), label, one.number, *ends)
                away = {*_AWAY, named, *itertools.chain(*_ENDS)}
                self._more_features += sum(bool(value) for name, value in one.features.items() if name not in away)
            for name in one.features:
                self._link(one, name)
            if (following := self._following(one)) is not None:
                self._relate("", one.text("referenceRelation") or one.kind, one.number, one.number, following.number)
        if self._more_features:
            note = f"Features of relations beyond their label were left out: {self._more_features:,}."
            self._builder.leave_out("attributes", "unsupported", note, number=self._more_features)
        if left:
            listed = ", ".join(f"{number:,} {kind}" for kind, number in sorted(left.items()))
            self._builder.notes.append(f"The structure of the text was not imported: {listed}.")
        if self._cas.views > 1:
            note = f"Views after the first were left out: {self._cas.views - 1}."
            self._builder.leave_out("spans", "unsupported", note, number=len(kept) - len(here))

    def _add_span(self, one: Structure) -> str | None:
        named, label = _label(one)
        begin, end = one.text("begin"), one.text("end")
        if not (_OFFSET.match(begin) and _OFFSET.match(end)):
            self._builder.refuse("spans", f"Element {one.number}: begin and end must be whole numbers.")
            return None
        away = {*_AWAY, named} if self._following(one) is None else {*_AWAY, *_CHAIN, named}
        rest = {
            name: self._attribute(value)
            for name, value in one.features.items()
            if name not in away and value not in ("", []) and not self._links(one, name)
        }
        span_id = self._builder.add_span(
            one.text("uid"), label, [(int(begin), int(end))], attributes=rest, note=one.text("note")
        )
        if span_id is not None:
            self._builder.set_origin(span_id, one.text("origin"))
        return span_id

    def _following(self, one: Structure) -> Structure | None:
        """Return the next element of a chain of annotations of one type; None when there is none."""
        other = self._cas.structures.get(one.text(_CHAIN[0]))
        return other if other is not None and other.is_annotation and other.kind == one.kind else None

    def _attribute(self, value: Value) -> Value:
        if isinstance(value, str) and (array := self._cas.structures.get(value)) is not None:
            return self._cas.elements(value) if array.kind.endswith(("Array", "[]")) else value
        return value

    def _links(self, one: Structure, name: str) -> list[Structure]:
        """Return the links in a feature: structures without a place in the text that have a target."""
        if name in _AWAY or any(name in pair for pair in _ENDS):
            return []
        links = [self._cas.structures.get(number) for number in self._cas.elements(one.features[name])]
        found = [link for link in links if link is not None and not link.is_annotation and link.text("target")]
        return found if len(found) == len(links) else []

    def _link(self, one: Structure, name: str) -> None:
        """Add a relation from a span to the target of each of its links, named after the role or the feature."""
        for link in self._links(one, name):
            self._relate("", link.text("role") or name, link.number, one.number, link.text("target"))
            self._more_features += len(link.features.keys() - {"role", "target"})

    def _relate(self, identifier: str, label: str, number: str, source: str, target: str) -> None:
        ends = [self._ids.get(end) for end in (source, target)]
        missing = [end for end, span in zip((source, target), ends, strict=True) if span is None]
        known = [self._cas.structures.get(end) for end in missing]
        if any(one is not None and one.is_annotation for one in known):
            kinds = ", ".join(one.kind for one in known if one is not None)
            note = f"Relation “{label}” of element {number} was left out, because an end of it was: {kinds}."
            self._builder.leave_out("relations", "no_end", note)
        else:
            names = [span or f"of element {end}" for span, end in zip(ends, (source, target), strict=True)]
            self._builder.add_relation(identifier, label, *names)


def _label(one: Structure) -> tuple[str, str]:
    """Return the feature with the label, "" for none, and the label, which otherwise is the name of the type."""
    named = next((name for name in _LABELS if one.text(name)), "")
    return named, one.text(named) if named else one.kind


def _ends(one: Structure) -> tuple[str, str] | None:
    pair = next((pair for pair in _ENDS if all(one.text(name) for name in pair)), None)
    return None if pair is None else (one.text(pair[0]), one.text(pair[1]))
