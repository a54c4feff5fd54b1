"""Schemas of other tools: Label Studio configurations, brat's annotation.conf, labels of doccano and Prodigy. Pure."""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

import orjson

from annotator.formats.xml_files import parse_xml
from annotator.problems import InvalidInput
from projects.schema_reader import is_id

Definition = dict[str, Any]
COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
SECTION = re.compile(r"\[(\w+)\]\s*\Z")
LONGEST = 64


def read_schema_text(text: str) -> object:
    """Return the definition in a schema file of this or another tool, recognised by its content.

    Raises `InvalidInput` for a file of none of them.
    """
    start = text.lstrip()[:1]
    if start == "<":
        return read_label_studio(text.encode())
    if start in ("{", "["):
        try:
            content = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            # brat's sections look like a JSON list.
            if start == "[" and SECTION.match(text.lstrip().splitlines()[0].strip()):
                return read_brat(text)
            raise _unknown(f"The file is not valid JSON: {error}.") from error
        return _of_json(content)
    if any(SECTION.match(line.strip()) for line in text.splitlines()):
        return read_brat(text)
    raise _unknown("The file is not a schema of this site, Label Studio, brat, doccano or Prodigy.")


def _unknown(detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": "/schema_file", "detail": detail}])


def _of_json(content: object) -> object:
    if isinstance(content, list):
        return _labels_only(content)
    if isinstance(content, dict):
        labels = content.get("labels")
        config = content.get("label_config")
        if isinstance(config, str):
            return read_label_studio(config.encode())
        if isinstance(labels, list) and labels and all(isinstance(label, str) for label in labels):
            return _labels_only(labels)  # Prodigy's prodigy.json and recipes
    return content


def _labels_only(items: list[Any]) -> Definition:
    """Return the schema of a list of names, or of doccano's label types."""
    labels: list[Definition] = []
    for item in items:
        if isinstance(item, str):
            labels.append({"id": item})
        elif isinstance(item, dict) and isinstance(item.get("text"), str):
            label: Definition = {"id": item["text"]}
            key = item.get("suffixKey") or item.get("suffix_key")
            if isinstance(key, str) and len(key) == 1:
                label["hotkey"] = key
            color = item.get("backgroundColor") or item.get("background_color")
            labels.append(label | _color(color))
    return _definition(labels)


def _color(color: object) -> Definition:
    return {"color": color} if isinstance(color, str) and COLOR.match(color) else {}


def _definition(labels: list[Definition], relations: list[Definition] | None = None) -> Definition:
    """Return a definition whose ids are valid and unique; a name that is no id stays as the name."""
    if not labels:
        raise _unknown("The file has no labels for spans.")
    for items in (labels, relations or []):
        seen: set[str] = set()
        for item in items:
            name = str(item["id"])
            shortened = re.sub(r"[\0-\x1f\x7f-\x9f]", " ", name).strip()[:LONGEST].strip()
            if shortened != name:
                item.setdefault("name", name[:100])
            item["id"] = shortened if is_id(shortened) else "label"
            while item["id"] in seen:
                item["id"] = f"{item['id'][: LONGEST - 2]}-2"
            seen.add(item["id"])
    return {"labels": labels} | ({"relations": relations} if relations else {})


def read_label_studio(data: bytes) -> Definition:
    """Return the schema of a labelling configuration: labels, their choices and texts for each span, and relations."""
    root = parse_xml(data)
    labels: list[Definition] = []
    for tag in ("Labels", "HyperTextLabels", "ParagraphLabels"):
        for group in root.iter(tag):
            for element in group.iter("Label"):
                value = element.get("alias") or element.get("value") or ""
                if value:
                    label: Definition = {"id": value} | _color(element.get("background"))
                    if element.get("alias") and element.get("value"):
                        label["name"] = element.get("value")
                    hotkey = element.get("hotkey", "")
                    labels.append(label | ({"hotkey": hotkey} if len(hotkey) == 1 else {}))
    for attribute, only in _per_region(root):
        for label in labels:
            if not only or label["id"] in only or label.get("name") in only:
                label.setdefault("attributes", []).append(copy.deepcopy(attribute))
    relations = [{"id": element.get("value", "")} for element in root.iter("Relation") if element.get("value")]
    return _definition(labels, relations)


def _per_region(root: ElementTree.Element) -> Iterator[tuple[Definition, set[str]]]:
    """Yield the attributes that spans have, each with the labels that have it; none for all."""
    for tag in ("Choices", "TextArea"):
        for element in root.iter(tag):
            if element.get("perRegion", "").lower() != "true":
                continue
            attribute: Definition = {"id": element.get("name") or tag.lower()}
            if element.get("required", "").lower() == "true":
                attribute["required"] = True
            if tag == "Choices":
                values = [str(choice.get("alias") or choice.get("value") or "") for choice in element.iter("Choice")]
                attribute |= {"type": "choice", "choices": [{"id": value} for value in values if value]}
            yield attribute, set(filter(None, (element.get("whenLabelValue") or "").split(",")))


def read_brat(text: str) -> Definition:
    """Return the schema of an annotation.conf: entities and events as labels, attributes, relations."""
    sections: dict[str, list[str]] = {}
    macros: dict[str, list[str]] = {}
    section = ""
    for raw in text.splitlines():
        line = raw.strip()
        match = SECTION.match(line)
        if match:
            section = match[1].lower()
        elif line and not line.startswith("#") and set(line) != {"-"}:
            if line.startswith("<") and "=" in line and section in ("", "relations"):
                name, _equals, values = line.partition("=")
                macros[name.strip()] = [value.strip() for value in values.split("|")]
            else:
                sections.setdefault(section, []).append(line.lstrip("!"))
    names = [line.split()[0] for key in ("entities", "events") for line in sections.get(key, [])]
    labels: list[Definition] = [{"id": name} for name in dict.fromkeys(names)]
    known = [str(label["id"]) for label in labels]
    events = {line.split()[0] for line in sections.get("events", [])}
    expand = _expander(known, events, macros)
    for line in sections.get("attributes", []):
        attribute, targets = _brat_attribute(line, expand)
        for label in labels:
            if label["id"] in targets:
                label.setdefault("attributes", []).append(attribute)
    relations: dict[str, Definition] = {}
    for line in sections.get("relations", []):
        for relation in _brat_relation(line, expand):
            earlier = relations.setdefault(relation["id"], relation)
            for end in ("from", "to"):
                earlier[end] = list(dict.fromkeys([*earlier[end], *relation[end]]))
    return _definition(labels, list(relations.values()))


def _expander(known: list[str], events: set[str], macros: Mapping[str, list[str]]) -> Callable[[str], list[str]]:
    def expand(value: str) -> list[str]:
        found: list[str] = []
        for part in value.split("|"):
            if part in ("<ANY>", ""):
                found += known
            elif part == "<ENTITY>":
                found += [name for name in known if name not in events]
            elif part == "<EVENT>":
                found += [name for name in known if name in events]
            elif part in macros:
                found += [name for item in macros[part] for name in expand(item)]
            elif part in known:
                found.append(part)
        return list(dict.fromkeys(found))

    return expand


def _arguments(line: str) -> tuple[str, dict[str, str]]:
    name, _space, rest = line.partition(" ") if " " in line else line.partition("\t")
    pairs = [part.strip().partition(":") for part in rest.replace("\t", " ").split(",")]
    return name.strip(), {key.strip(): value.strip() for key, _colon, value in pairs if key.strip()}


def _brat_attribute(line: str, expand: Callable[[str], list[str]]) -> tuple[Definition, list[str]]:
    name, arguments = _arguments(line)
    values = [value for value in arguments.get("Value", "").split("|") if value]
    attribute = {"id": name, "type": "choice", "choices": [{"id": value} for value in values or ["true"]]}
    return attribute, expand(arguments.get("Arg", "<ANY>"))


def _brat_relation(line: str, expand: Callable[[str], list[str]]) -> Iterator[Definition]:
    name, arguments = _arguments(line)
    ends = [value for key, value in arguments.items() if not key.startswith("<")]
    if name.startswith("<") or len(ends) < 2:
        return
    yield {"id": name, "from": expand(ends[0]), "to": expand(ends[1])}
