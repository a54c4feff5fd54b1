"""The OpenAPI description: every operation may respond with problem details."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, where, and what to do."},
        "code": {"type": "string", "description": "Stable code of the problem, for programs."},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


class ProblemAutoSchema(AutoSchema):
    """OpenAPI schema of a view, with the problem response added."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the operation with a default response for failures."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation["responses"].setdefault(
                "default",
                {
                    "description": "The request failed.",
                    "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}},
                },
            )
        return operation
