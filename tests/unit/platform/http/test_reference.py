"""The API reference is made from the OpenAPI description."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from annotator.platform.http.reference import Field, Type, api_reference, read_description
from tests.api.routes import every_route

# Of a table in docs/developers/api.md: the first cell of a row, the methods in it, and the paths behind each of them.
ROW = re.compile(r"^\| ((?:GET|POST|PUT|PATCH|DELETE)\b.*?) (?<!\\)\| ", re.MULTILINE)
METHODS = re.compile(r"((?:\b(?:GET|POST|PUT|PATCH|DELETE)\b(?:, )?)+) (.*?)(?=\b(?:GET|POST|PUT|PATCH|DELETE)\b|$)")
PATH = re.compile(r"`([a-z][\w{}/-]*/)(?:\?[^`]*)?`")

DOCUMENT = {
    "info": {"title": "T", "version": "1", "description": "D"},
    "paths": {
        "/api/v1/things/{id}/": {
            "put": {
                "operationId": "put_thing",
                "description": "Replaces <b>it</b>.",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {"204": {"description": ""}, "default": {"description": "no"}},
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": {"allOf": [{"$ref": "#/components/schemas/KindEnum"}], "description": "Which."},
                    "at": {"type": ["string", "null"], "format": "date-time"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                    "meta": {"type": "object", "additionalProperties": {}},
                    "mode": {"enum": ["a", "b"], "type": "string"},
                    "any": {},
                    "either": {"oneOf": [{"$ref": "#/components/schemas/KindEnum"}, {"type": "null"}]},
                },
            },
            "KindEnum": {"enum": ["x", "y"], "type": "string", "description": "* `x` - x"},
        }
    },
}


def test_an_operation_has_parameters_body_and_responses() -> None:
    (operation,) = read_description(DOCUMENT).groups["things"]

    assert (operation.method, operation.path, operation.description) == (
        "PUT",
        "/api/v1/things/{id}/",
        "Replaces <b>it</b>.",
    )
    assert operation.parameters == [Field("id", Type("integer"), True, "")]
    assert operation.body == Type("Thing", "Thing")
    assert [(response.status, response.type) for response in operation.responses] == [("204", None)]


def test_types_are_shown_as_text_and_linked() -> None:
    thing, kind = read_description(DOCUMENT).objects

    assert {field.name: (field.type.text, field.type.object_name) for field in thing.fields} == {
        "kind": ("KindEnum", "KindEnum"),
        "at": ("string (date-time) or null", ""),
        "parts": ("list of Thing", "Thing"),
        "meta": ("object", ""),
        "mode": ("“a” or “b”", ""),
        "any": ("anything", ""),
        "either": ("KindEnum or null", "KindEnum"),
    }
    assert [field.name for field in thing.fields if field.required] == ["kind"]
    assert (kind.values, kind.description) == (["x", "y"], "")


@pytest.mark.django_db
def test_every_route_is_on_the_page() -> None:
    reference = api_reference()
    described = {operation.path for operations in reference.groups.values() for operation in operations}
    paths = [route.path({name: f"{{{name}}}" for name in route.parameters}) for route in every_route() if route.is_api]
    routes = {path.partition("?")[0] for path in paths}

    assert described == routes
    assert all(operation.description for operations in reference.groups.values() for operation in operations)


def nameless(path: str) -> str:
    """Return a path without the names of its parameters."""
    return re.sub(r"\{\w+\}", "{}", path)


@pytest.mark.django_db
def test_the_page_for_developers_names_every_operation() -> None:
    page = (Path(settings.BASE_DIR) / "docs/developers/api.md").read_text("utf-8")
    reference = api_reference()
    operations = [operation for group in reference.groups.values() for operation in group]
    described = {(operation.method.upper(), nameless(operation.path)) for operation in operations}

    named = set()
    for row in ROW.findall(page):
        for methods, rest in METHODS.findall(row):
            paths = [f"/api/v1/{nameless(path)}" for path in PATH.findall(rest)]
            named |= {(method, path) for method in methods.split(", ") for path in paths}

    assert named == described


@pytest.mark.django_db
def test_the_description_is_openapi(client: Client) -> None:
    answer = client.get("/api/schema/")

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["openapi"] == "3.1.0"
    assert answer.json()["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


@pytest.mark.django_db
def test_every_object_is_on_the_page() -> None:
    reference = api_reference()
    names = {item.name for item in reference.objects}
    types = [field.type for item in reference.objects for field in item.fields]
    types += [
        kind
        for operations in reference.groups.values()
        for operation in operations
        for kind in [operation.body, *(response.type for response in operation.responses)]
        if kind is not None
    ]

    assert {kind.object_name for kind in types} - {""} <= names
