"""Failures of the API as problem details of RFC 9457."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.forms import CharField, Form
from django.http import Http404
from rest_framework import exceptions
from rest_framework.test import APIRequestFactory

from annotator.platform.http.forms import show_problem
from annotator.platform.http.problem_details import handle
from annotator.problems import Conflict, InvalidInput, NotFound, PayloadTooLarge, Problem


def answer(error: Exception) -> tuple[int, dict[str, Any]]:
    response = handle(error, {"request": APIRequestFactory().get("/api/v1/x/")})
    assert response is not None
    assert response.content_type == "application/problem+json"
    return response.status_code, response.data


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("x"), 404, "not_found"),
        (Conflict("x"), 409, "conflict"),
        (PayloadTooLarge("x"), 413, "payload_too_large"),
        (InvalidInput("x"), 422, "invalid_input"),
        (Problem("x"), 400, "problem"),
        (Http404("secret"), 404, "not_found"),
        (PermissionDenied("secret"), 404, "not_found"),
        (exceptions.NotAuthenticated(), 401, "not_signed_in"),
        (exceptions.AuthenticationFailed(), 401, "not_signed_in"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.ParseError("x"), 400, "parse_error"),
        (exceptions.UnsupportedMediaType("a/b"), 415, "unsupported_media_type"),
    ],
)
def test_each_failure_has_status_code_and_detail(error: Exception, status: int, code: str) -> None:
    given, document = answer(error)

    assert (given, document["status"], document["code"], document["instance"]) == (status, status, code, "/api/v1/x/")
    assert document["title"]
    assert "secret" not in document["detail"]


def test_extra_members_are_added() -> None:
    _, document = answer(Conflict("Somebody saved first.", revision=7))

    assert (document["revision"], document["detail"]) == (7, "Somebody saved first.")


def test_errors_of_a_serializer_become_json_pointers() -> None:
    error = exceptions.ValidationError(
        {"name": ["Too long.", "Odd."], "labels": [{}, {"id": ["Missing."]}], "non_field_errors": ["Neither."]}
    )

    assert answer(error)[1]["errors"] == [
        {"pointer": "/name", "detail": "Too long."},
        {"pointer": "/name", "detail": "Odd."},
        {"pointer": "/labels/1/id", "detail": "Missing."},
        {"pointer": "", "detail": "Neither."},
    ]


def test_a_bug_is_not_handled() -> None:
    assert handle(KeyError("x"), {"request": APIRequestFactory().get("/")}) is None


class ExampleForm(Form):
    name = CharField()


def test_a_problem_is_shown_beside_its_field() -> None:
    form = ExampleForm({"name": "x"})
    form.is_valid()
    show_problem(
        form,
        InvalidInput(
            "Two things.",
            errors=[{"pointer": "/name", "detail": "Taken."}, {"pointer": "/labels/0", "detail": "Bad."}],
        ),
    )

    assert form.errors == {"name": ["Taken."], "__all__": ["/labels/0: Bad."]}


def test_a_problem_without_pointers_is_shown_above_the_form() -> None:
    form = ExampleForm({"name": "x"})
    form.is_valid()
    show_problem(form, Conflict("Somebody was faster."))

    assert form.non_field_errors() == ["Somebody was faster."]
