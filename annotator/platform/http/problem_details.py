"""Failures of the API as problem details (RFC 9457)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from annotator.platform.http.outages import log_outage, mark_as_logged, outage_of
from annotator.problems import FieldError, Problem, pointer_part

CONTENT_TYPE = "application/problem+json"


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the problem document of an anticipated failure or outage; None for other exceptions, which are bugs."""
    request = context["request"]
    path = request.path
    if (outage := outage_of(error)) is not None:
        log_outage(request, outage, error)
        response = Response(outage.as_document(instance=path), status=outage.status, content_type=CONTENT_TYPE)
        return mark_as_logged(response, outage)
    if isinstance(error, Problem):
        return Response(error.as_document(instance=path), status=error.status, content_type=CONTENT_TYPE)
    known = exception_handler(error, context)
    if known is None:
        return None
    if isinstance(error, Http404 | PermissionDenied):
        document = _document(404, "not_found", "This address does not exist, or you do not have access to it.", path)
    elif isinstance(error, exceptions.ValidationError):
        errors = field_errors(error.detail)
        document = _document(422, "invalid_input", "The input is not valid. See errors.", path) | {"errors": errors}
    else:
        api_error = error if isinstance(error, exceptions.APIException) else exceptions.APIException()
        code = {"not_authenticated": "not_signed_in", "authentication_failed": "not_signed_in"}.get(
            api_error.default_code, api_error.default_code
        )
        document = _document(known.status_code, code, str(api_error.detail), path)
    headers = {name: value for name, value in known.headers.items() if name != "Content-Type"}
    return Response(document, status=document["status"], headers=headers, content_type=CONTENT_TYPE)


TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    415: "Unsupported media type",
    422: "Invalid input",
    429: "Too many requests",
}


def _document(status: int, code: str, detail: str, path: str) -> dict[str, Any]:
    title = TITLES.get(status, "The request failed")
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, "instance": path}


def field_errors(detail: Any, pointer: str = "") -> list[FieldError]:
    """Return the nested errors of a serializer as a flat list with JSON pointers."""
    if isinstance(detail, dict):
        parts = [
            (f"{pointer}/{pointer_part(str(name))}" if name != "non_field_errors" else pointer, part)
            for name, part in detail.items()
        ]
        return [error for where, part in parts for error in field_errors(part, where)]
    if isinstance(detail, list):
        if any(isinstance(part, dict | list) for part in detail):
            return [error for index, part in enumerate(detail) for error in field_errors(part, f"{pointer}/{index}")]
        return [{"pointer": pointer, "detail": str(part)} for part in detail]
    return [{"pointer": pointer, "detail": str(detail)}]
