"""The API description in the order and words in which people read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from drf_spectacular.generators import SchemaGenerator

Json = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
SHAPES = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Type:
    """What a value is, in words; `shape` is the name of the table that tells more, or empty."""

    words: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an address, or a member of a shape."""

    name: str
    type: Type
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Shape:
    """An object that the API takes or gives, or a closed list of values."""

    name: str
    description: str
    fields: list[Field]
    values: list[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A way in which an operation ends well; `type` is None when there is no content."""

    status: str
    type: Type | None


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on an address."""

    id: str
    method: str
    path: str
    description: str
    parameters: list[Field]
    body: Type | None
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole API: operations by the first word of their address, and the shapes they name."""

    title: str
    version: str
    description: str
    groups: dict[str, list[Operation]]
    shapes: list[Shape]


@cache
def api_description() -> bytes:
    """Return the OpenAPI document as JSON; made once in a process, since it costs about a second."""
    document: Json = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str)


@cache
def api_reference() -> Reference:
    """Return the reference, made of the same description that programs get."""
    return read_description(orjson.loads(api_description()))


def read_description(document: Json) -> Reference:
    """Return the reference for an OpenAPI document."""
    groups: dict[str, list[Operation]] = {}
    for operation in _operations(document["paths"]):
        groups.setdefault(operation.path.removeprefix("/api/v1/").split("/")[0], []).append(operation)
    schemas: Json = document.get("components", {}).get("schemas", {})
    shapes = [_shape(name, schema) for name, schema in schemas.items()]
    about: Json = document["info"]
    return Reference(about["title"], about["version"], about.get("description", ""), groups, shapes)


def _operations(paths: Json) -> Iterator[Operation]:
    for path, methods in paths.items():
        for method in METHODS:
            if method in methods:
                yield _operation(path, method, methods[method])


def _operation(path: str, method: str, operation: Json) -> Operation:
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        description=operation.get("description", ""),
        parameters=[
            Field(each["name"], _type(each["schema"]), each.get("required", False), each.get("description", ""))
            for each in operation.get("parameters", [])
        ],
        body=_content(operation.get("requestBody", {})),
        answers=[
            Answer(status, _content(answer))
            for status, answer in operation.get("responses", {}).items()
            if status != "default"
        ],
    )


def _content(holder: Json) -> Type | None:
    for kind, content in holder.get("content", {}).items():
        known = _type(content.get("schema", {}))
        return known if kind == "application/json" else Type(f"{known.words} as {kind}", known.shape)
    return None


def _shape(name: str, schema: Json) -> Shape:
    required = schema.get("required", [])
    fields = [
        Field(key, _type(value), key in required, value.get("description", ""))
        for key, value in schema.get("properties", {}).items()
    ]
    values = [str(value) for value in schema.get("enum", [])]
    return Shape(name, "" if values else schema.get("description", ""), fields, values)


def _type(schema: Json) -> Type:
    """Return what a JSON schema allows; of several shapes the first is linked."""
    if reference := schema.get("$ref"):
        name = reference.removeprefix(SHAPES)
        return Type(name, name)
    parts = [_type(part) for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, [])]
    if parts:
        shape = next((part.shape for part in parts if part.shape), "")
        return Type(" or ".join(part.words for part in parts), shape)
    if "enum" in schema:
        return Type(" or ".join(f"“{value}”" for value in schema["enum"]))
    return _plain_type(schema)


def _plain_type(schema: Json) -> Type:
    kinds = schema.get("type", "anything")
    words, shape = [], ""
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind in ("array", "object"):
            inner = _type(schema.get("items" if kind == "array" else "additionalProperties") or {})
            known = inner.words != "anything"
            collection = "list" if kind == "array" else "object"
            words.append(f"{collection} of {inner.words}" if known else collection)
            shape = shape or inner.shape
        else:
            words.append(f"{kind} ({schema['format']})" if "format" in schema and kind == "string" else str(kind))
    return Type(" or ".join(words), shape)
