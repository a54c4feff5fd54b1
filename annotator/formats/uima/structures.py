"""The feature structures of a UIMA CAS, from XMI and from CAS JSON. Files that declare entities are refused."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from annotator.formats.incoming import UnreadableFile
from annotator.formats.xml_files import parse_xml

Value = str | list[str]
_XMI_ID = "{http://www.omg.org/XMI}id"
_SOFA, _JSON_SOFA = "}Sofa", "uima.cas.Sofa"
_NO_TEXT = "The file has no text: it needs a Sofa with a sofaString."


class Structure(NamedTuple):
    """A feature structure: its number, the last part of its type, the number of its view, and its features.

    A reference is the number of another structure; only CAS JSON tells references from other values.
    """

    number: str
    kind: str
    view: str
    features: Mapping[str, Value]

    @property
    def is_annotation(self) -> bool:
        """Whether it lies somewhere in a text."""
        return "begin" in self.features and "end" in self.features

    def text(self, name: str) -> str:
        """Return a feature as a string, "" when it is missing or a list."""
        value = self.features.get(name, "")
        return value if isinstance(value, str) else ""


class Cas(NamedTuple):
    """The text of the first view that has one, the number of that view, and all feature structures."""

    text: str
    view: str
    views: int
    structures: Mapping[str, Structure]

    def elements(self, value: Value) -> list[str]:
        """Return the elements of a list, of an array that the value refers to, or of a list of references."""
        if isinstance(value, list):
            return value
        array = self.structures.get(value)
        if array is not None and array.kind.endswith(("Array", "[]")):
            elements = array.features.get("elements", [])
            return elements if isinstance(elements, list) else elements.split()
        return value.split()


def read_cas(data: bytes) -> Cas:
    """Return the CAS in a file; raise `UnreadableFile` when it is neither XMI nor CAS JSON, or has no text."""
    is_json = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    structures = list(_of_json(data) if is_json else _of_xmi(data))
    views = [one for one in structures if one.kind == "Sofa" and one.text("sofaString").strip()]
    if not views:
        raise UnreadableFile(_NO_TEXT)
    by_number: dict[str, Structure] = {}
    for one in structures:
        if by_number.setdefault(one.number, one) is not one:
            raise UnreadableFile(f"Two elements have the id {one.number}. Give each an id of its own.")
    return Cas(views[0].text("sofaString"), views[0].number, len(views), by_number)


def _of_xmi(data: bytes) -> Iterator[Structure]:
    root = parse_xml(data)
    for place, element in enumerate(root):
        features: dict[str, Value] = {name: value for name, value in element.attrib.items() if name[0] != "{"}
        # Arrays of strings are elements, one for each string.
        for child in element:
            values = features.setdefault(child.tag.rsplit("}", 1)[-1], [])
            if isinstance(values, list):
                values.append(child.text or "")
        kind = element.tag.rsplit("}", 1)[-1]
        yield Structure(element.get(_XMI_ID) or f"element {place}", kind, element.get("sofa") or "", features)


def _of_json(data: bytes) -> Iterator[Structure]:
    try:
        page = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise UnreadableFile(f"The file is not valid JSON: {error}.") from error
    structures = page.get("%FEATURE_STRUCTURES") if isinstance(page, dict) else None
    if isinstance(structures, dict):
        structures = [{"%ID": number} | one for number, one in structures.items() if isinstance(one, dict)]
    if not isinstance(structures, list):
        raise UnreadableFile(
            "The file has no “%FEATURE_STRUCTURES”. Export it as UIMA CAS JSON 0.4 or later, or as XMI."
        )
    for place, one in enumerate(structures):
        if isinstance(one, dict):
            yield _json_structure(one, place)


def _json_structure(given: Mapping[str, Any], place: int) -> Structure:
    features: dict[str, Value] = {}
    for name, value in given.items():
        if name == "%ELEMENTS":
            features["elements"] = [_as_text(item) for item in value] if isinstance(value, list) else []
        elif name[:1] != "%" and value is not None:
            # “@” marks a reference, “^” a number that JSON cannot hold.
            plain = name[1:] if name[:1] in "@^" else name
            features[plain] = [_as_text(item) for item in value] if isinstance(value, list) else _as_text(value)
    kind = str(given.get("%TYPE", ""))
    return Structure(
        str(given.get("%ID", f"element {place}")), kind.rsplit(".", 1)[-1], _as_text(given.get("@sofa", "")), features
    )


def _as_text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
