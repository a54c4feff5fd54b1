"""Writing UIMA CAS as XMI: a file for each set, and the type system. Offsets count UTF-16 units."""

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import quoteattr

from annotator.formats.file_names import FileNames, Identifiers
from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import (
    ATTRIBUTES,
    ID,
    NOTE,
    ORIGIN,
    RELATIONS,
    ExportContext,
    ExportDocument,
    LossTracker,
    Piece,
)
from annotator.formats.records import SetRecord
from annotator.formats.uima.read import SPACE
from annotator.text.offsets import Utf16Offsets

PACKAGE, SPAN, RELATION = "annotation", "Span", "Relation"


TYPES = "TypeSystem.xml"


_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


_NO_NAME = re.compile(r"\W", re.ASCII)


_OWN = ("label", "note", "origin", "uid")


_CARRIED = {ATTRIBUTES, NOTE, ORIGIN, RELATIONS, ID}


def write_uima(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield an XMI for each set, and at the end the type system."""
    folders, files = FileNames(), FileNames()
    features = _Features()
    for export in documents:
        tracker = LossTracker(export, context.losses, carried=_CARRIED)
        folder = folders.of(export.document["id"])
        if folder != export.document["id"]:
            tracker.add_loss("", "", "id", reason("id_is_folder_name", folder))
        text = _UNFIT.sub("\ufffd", export.document["text"])
        if text != export.document["text"]:
            tracker.add_loss("", "", "text", reason("not_in_xml"))
        for annotator, record in export.sets.items():
            name = files.of(annotator)
            if name != annotator:
                tracker.add_loss(annotator, "", "annotator", reason("file_name", name))
            lines = _lines(text, annotator, record, tracker, features)
            yield f"annotation/{folder}.txt/{name}.xmi", "".join(lines).encode()
    yield TYPES, type_system(sorted(features.used)).encode()


def _lines(text: str, annotator: str, record: SetRecord, tracker: LossTracker, features: "_Features") -> Iterator[str]:
    units = Utf16Offsets(text)
    numbers: dict[str, int] = {}
    count = 1
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas='
    yield f'"{SPACE}uima/cas.ecore" xmlns:{PACKAGE}="{SPACE}{PACKAGE}.ecore" xmi:version="2.0">\n'
    yield '<cas:NULL xmi:id="0"/>\n'
    places: dict[str, tuple[int, int]] = {}
    for span in tracker.spans(annotator, record):
        names = features.of(span["attributes"], span["id"], annotator, tracker)
        members = {"label": span["label"], "note": span["note"], "origin": span["origin"], "uid": span["id"], **names}
        for start, end in span["fragments"]:
            count += 1
            numbers.setdefault(span["id"], count)
            places.setdefault(span["id"], (units.to_utf16(start), units.to_utf16(end)))
            yield _element(SPAN, count, units.to_utf16(start), units.to_utf16(end), members)
    for relation in tracker.relations(annotator, record):
        count += 1
        ends = {"Governor": str(numbers[relation["from"]]), "Dependent": str(numbers[relation["to"]])}
        yield _element(
            RELATION, count, *places[relation["to"]], {"label": relation["label"], "uid": relation["id"], **ends}
        )
    yield f'<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString={_quoted(text)}/>\n'
    yield f'<cas:View sofa="1" members="{" ".join(map(str, range(2, count + 1)))}"/>\n</xmi:XMI>\n'


class _Features:
    """Names of features that are valid in Java, and those that were used."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self._names = Identifiers(_NO_NAME)

    def of(self, attributes: Mapping[str, str], span: str, annotator: str, tracker: LossTracker) -> dict[str, str]:
        """Return attributes under valid names of features."""
        names: dict[str, str] = {}
        for name, value in sorted(attributes.items()):
            feature = self._names.of(f"{name}_" if name in _OWN else name)
            if feature != name:
                tracker.add_loss(annotator, span, f"attribute {name}", reason("feature_name", feature))
            names[feature] = value
        self.used.update(names)
        return names


def _element(kind: str, number: int, begin: int, end: int, features: dict[str, str]) -> str:
    members = "".join(f" {name}={_quoted(value)}" for name, value in features.items() if value)
    return f'<{PACKAGE}:{kind} xmi:id="{number}" sofa="1" begin="{begin}" end="{end}"{members}/>\n'


def _quoted(value: str) -> str:
    # XML readers replace line breaks and tabs in attributes by spaces unless they are escaped.
    return quoteattr(_UNFIT.sub("\ufffd", value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def type_system(features: Iterable[str]) -> str:
    """Return the description of the two types, with a feature for each attribute."""
    strings = [*_OWN, *features]
    spans = "".join(_feature(name, "uima.cas.String") for name in strings)
    ends = "".join(_feature(name, f"{PACKAGE}.{SPAN}") for name in ("Governor", "Dependent"))
    relations = "".join(_feature(name, "uima.cas.String") for name in ("label", "uid")) + ends
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>\n'
        f"{_type(SPAN, spans)}{_type(RELATION, relations)}</types></typeSystemDescription>\n"
    )


def _type(name: str, features: str) -> str:
    return (
        f"<typeDescription><name>{PACKAGE}.{name}</name><description/>"
        f"<supertypeName>uima.tcas.Annotation</supertypeName><features>{features}</features></typeDescription>\n"
    )


def _feature(name: str, kind: str) -> str:
    return (
        f"<featureDescription><name>{name}</name><description/>"
        f"<rangeTypeName>{kind}</rangeTypeName></featureDescription>"
    )
