"""Anticipated failures: what went wrong, where, and what to do about it.

A `Problem` is raised by the code that notices the failure. One handler turns it into `application/problem+json` on the
API (RFC 9457), an error page in the browser and one line on standard error in a command. Anything that is not a
`Problem` is a bug and is left to rise.
"""

from collections.abc import Iterable
from typing import ClassVar, TypedDict


class FieldError(TypedDict):
    """One thing wrong with the input; `pointer` is a JSON pointer (RFC 6901) into it, "" for the whole."""

    pointer: str
    detail: str


def pointer_part(name: str) -> str:
    """Return a member name as it is written in a JSON pointer.

    >>> pointer_part("label a/b")
    'label a~1b'
    """
    return name.replace("~", "~0").replace("/", "~1")


class Problem(Exception):
    """A failure that was foreseen.

    `detail` says in one or two sentences what is wrong, where, and what to do. `extra` holds members of the problem
    document beyond the standard ones; the values must be JSON.

    >>> str(Conflict("Somebody else saved first. Load the page again.", revision=7))
    'Somebody else saved first. Load the page again.'
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "problem"
    title: ClassVar[str] = "The request could not be carried out"

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    def as_document(self, *, instance: str = "") -> dict[str, object]:
        """Return the problem document: type, title, status, detail, code, instance if given, and the extra members."""
        document: dict[str, object] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if instance:
            document["instance"] = instance
        return document | self.extra


class NotFound(Problem):
    """It does not exist, or may not be seen; the two look alike on purpose."""

    status = 404
    code = "not_found"
    title = "Not found"


class InvalidInput(Problem):
    """The input was understood but breaks a rule; `errors` says which part of it and why."""

    status = 422
    code = "invalid_input"
    title = "The input is not valid"

    def __init__(self, detail: str, *, errors: Iterable[FieldError] = (), **extra: object) -> None:
        self.errors = list(errors)
        super().__init__(detail, errors=self.errors, **extra)


class Conflict(Problem):
    """The state moved, or does not allow it now."""

    status = 409
    code = "conflict"
    title = "The present state does not allow this"


class LengthRequired(Problem):
    """The body comes in pieces without its length: it would be taken for an empty one."""

    status = 411
    code = "length_required"
    title = "The length is missing"


class PayloadTooLarge(Problem):
    """The request holds more than is accepted."""

    status = 413
    code = "payload_too_large"
    title = "Too large"
