"""Anticipated failures: what went wrong, where, and what to do about it.

A `Problem` is raised by the code that detects the failure. One handler turns it into `application/problem+json` in the
API (RFC 9457), an error page in the browser and one line on standard error in a command. Any other exception is a bug
and is not caught.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, TypedDict


class FieldError(TypedDict):
    """An error in the input; `pointer` is a JSON pointer (RFC 6901) into it, "" for the whole input."""

    pointer: str
    detail: str


def gettext_noop(message: str) -> str:
    """Return a string unchanged; the name marks it for translation in modules that do not import Django."""
    return message


def pointer_part(name: str) -> str:
    """Return a member name as it is written in a JSON pointer.

    >>> pointer_part("label a/b")
    'label a~1b'
    """
    return name.replace("~", "~0").replace("/", "~1")


class Problem(Exception):
    """An anticipated failure.

    `title` is the same for all problems of a class; mark it with `gettext_noop`, pages translate it. `detail` says in
    one or two sentences what is wrong, where, and what to do. `extra` holds members of the problem document beyond the
    standard ones; the values must be JSON.

    >>> str(Conflict("The project was changed by another user. Reload the page.", revision=7))
    'The project was changed by another user. Reload the page.'
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "problem"
    title: ClassVar[str] = gettext_noop("The request failed")

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    def as_document(self, *, instance: str = "") -> dict[str, object]:
        """Return the problem document: type, title, status, detail, code, the extra members, and instance if given."""
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

    def messages(self) -> list[str]:
        """Return the errors in the input as people read them; empty for other failures."""
        return []


class BadRequest(Problem):
    """A malformed request, or a request for a host that is not allowed."""

    code = "bad_request"
    title = gettext_noop("Bad request")


class NotFound(Problem):
    """An object that does not exist, or that the user may not see; the response is the same on purpose."""

    status = 404
    code = "not_found"
    title = gettext_noop("Not found")


class InvalidInput(Problem):
    """Input that breaks a rule; `errors` says where and why.

    `locations` names some of the pointers for people, as in `{"/labels/0/id": "label “Claim”, id"}`.
    """

    status = 422
    code = "invalid_input"
    title = gettext_noop("Invalid input")

    def __init__(
        self,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        locations: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        self.errors = list(errors)
        self._locations = locations or {}
        super().__init__(detail, errors=self.errors, **extra)

    def location(self, pointer: str) -> str:
        """Return the name of a pointer for people; the pointer itself when it has no name."""
        return self._locations.get(pointer, pointer)

    def messages(self) -> list[str]:
        """Return the errors, each with its location; one that has a name begins like a sentence."""
        return [f"{self._beginning(error['pointer'])}{error['detail']}" for error in self.errors]

    def _beginning(self, pointer: str) -> str:
        location = self.location(pointer)
        return f"{location[0].upper()}{location[1:]}: " if location else ""


class Conflict(Problem):
    """A request that the current state does not allow, or that is based on an outdated state."""

    status = 409
    code = "conflict"
    title = gettext_noop("Conflict with the current state")


class LengthRequired(Problem):
    """A request body without its length, which would be read as an empty body."""

    status = 411
    code = "length_required"
    title = gettext_noop("Length required")


class PayloadTooLarge(Problem):
    """A request that is larger than the limit."""

    status = 413
    code = "payload_too_large"
    title = gettext_noop("Request too large")


class ServiceUnavailable(Problem):
    """A service that the site needs does not respond, such as the database; `retry_after` is in seconds."""

    status = 503
    code = "unavailable"
    title = gettext_noop("Temporarily unavailable")
    retry_after: ClassVar[int] = 5


class DiskFull(Problem):
    """The disk is full."""

    status = 507
    code = "disk_full"
    title = gettext_noop("The disk is full")
    retry_after: ClassVar[int] = 60
