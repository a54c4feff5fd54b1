"""The API reference for people, made from the OpenAPI description."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from drf_spectacular.generators import SchemaGenerator

Json = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
OBJECTS = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value as text; `object_name` is the object that it refers to, or empty."""

    text: str
    object_name: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation, or a member of an object."""

    name: str
    type: Type
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object of requests or responses, or a closed list of values."""

    name: str
    description: str
    fields: list[Field]
    values: list[str]


@dataclass(frozen=True, slots=True)
class Response:
    """A successful response; `type` is None when it has no content."""

    status: str
    type: Type | None


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of an address."""

    id: str
    method: str
    path: str
    description: str
    parameters: list[Field]
    body: Type | None
    responses: list[Response]


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole API: operations by the first part of their path, and the objects they refer to."""

    title: str
    version: str
    description: str
    groups: dict[str, list[Operation]]
    objects: list[ObjectType]


@cache
def api_description() -> bytes:
    """Return the OpenAPI document as JSON; made once per process, because it takes about a second."""
    document: Json = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str)


@cache
def api_reference() -> Reference:
    """Return the reference of this site."""
    return read_description(orjson.loads(api_description()))


def read_description(document: Json) -> Reference:
    """Return the reference for an OpenAPI document."""
    groups: dict[str, list[Operation]] = {}
    for operation in _operations(document["paths"]):
        groups.setdefault(operation.path.removeprefix("/api/v1/").split("/")[0], []).append(operation)
    schemas: Json = document.get("components", {}).get("schemas", {})
    objects = [_object(name, schema) for name, schema in schemas.items()]
    about: Json = document["info"]
    return Reference(about["title"], about["version"], about.get("description", ""), groups, objects)


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
            Field(item["name"], _type(item["schema"]), item.get("required", False), item.get("description", ""))
            for item in operation.get("parameters", [])
        ],
        body=_content(operation.get("requestBody", {})),
        responses=[
            Response(status, _content(response))
            for status, response in operation.get("responses", {}).items()
            if status != "default"
        ],
    )


def _content(holder: Json) -> Type | None:
    for kind, content in holder.get("content", {}).items():
        inner = _type(content.get("schema", {}))
        return inner if kind == "application/json" else Type(f"{inner.text} as {kind}", inner.object_name)
    return None


def _object(name: str, schema: Json) -> ObjectType:
    required = schema.get("required", [])
    fields = [
        Field(key, _type(value), key in required, value.get("description", ""))
        for key, value in schema.get("properties", {}).items()
    ]
    values = [str(value) for value in schema.get("enum", [])]
    return ObjectType(name, "" if values else schema.get("description", ""), fields, values)


def _type(schema: Json) -> Type:
    """Return the type that a JSON schema allows; of several objects the first is linked."""
    if reference := schema.get("$ref"):
        name = reference.removeprefix(OBJECTS)
        return Type(name, name)
    parts = [_type(part) for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, [])]
    if parts:
        object_name = next((part.object_name for part in parts if part.object_name), "")
        return Type(" or ".join(part.text for part in parts), object_name)
    if "enum" in schema:
        return Type(" or ".join(f"“{value}”" for value in schema["enum"]))
    return _plain_type(schema)


def _plain_type(schema: Json) -> Type:
    kinds = schema.get("type", "anything")
    texts, object_name = [], ""
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind in ("array", "object"):
            inner = _type(schema.get("items" if kind == "array" else "additionalProperties") or {})
            collection = "list" if kind == "array" else "object"
            texts.append(collection if inner.text == "anything" else f"{collection} of {inner.text}")
            object_name = object_name or inner.object_name
        else:
            texts.append(f"{kind} ({schema['format']})" if "format" in schema and kind == "string" else str(kind))
    return Type(" or ".join(texts), object_name)
