"""Middleware of the whole site: content security policy, size limits, problems as pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from annotator.platform.http.outages import outage_of, outage_response
from annotator.platform.http.uploads import is_upload_view
from annotator.problems import BadRequest, LengthRequired, PayloadTooLarge, Problem

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


class ContentSecurityPolicyMiddleware:
    """Middleware that adds one strict policy to every response: nothing inline, nothing from other origins."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        return response


class PrivateResponseMiddleware:
    """Middleware that keeps responses out of shared caches and off the disks of browsers.

    After signing out, the Back button of a shared computer shows nothing. Views of public content set `Cache-Control`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class NullCharacterMiddleware:
    """Middleware that refuses NUL in addresses and forms, which no text has and PostgreSQL cannot compare with."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            return self._refusal(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Refuse a form with NUL; the API refuses it where it reads its input."""
        is_form = request.content_type == "application/x-www-form-urlencoded"
        if is_form and not request.path.startswith("/api/") and b"%00" in request.body:
            return self._refusal(request)
        return None

    @staticmethod
    def _refusal(request: HttpRequest) -> HttpResponse:
        return problem_response(
            request, BadRequest(_("The request contains the character NUL (%00). Remove it and try again."))
        )


class BodyLimitMiddleware:
    """Middleware that refuses a body that is too large before it is parsed.

    Views marked by `annotator.platform.http.uploads` accept files up to `MAX_UPLOAD_BYTES`, which are streamed to disk;
    all others accept `MAX_BODY_BYTES`. It runs before the middleware that reads forms.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        largest = max(settings.MAX_UPLOAD_BYTES, settings.MAX_BODY_BYTES)
        return self._refusal(request, limit=largest) or self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Refuse a body that is too large for this view, before it is parsed."""
        multipart = request.content_type == "multipart/form-data"
        uploading = multipart and is_upload_view(view)
        return self._refusal(request, limit=settings.MAX_UPLOAD_BYTES if uploading else settings.MAX_BODY_BYTES)

    def _refusal(self, request: HttpRequest, *, limit: int) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return problem_response(
                request, LengthRequired(_("Send the request with a Content-Length header, not in chunks."))
            )
        if length.isascii() and length.isdigit() and int(length) <= limit:
            return None
        size = f"{int(length):,}" if length.isascii() and length.isdigit() else length
        detail = _("The request has %(size)s bytes; the limit for this address is %(limit)s bytes.")
        detail %= {"size": size, "limit": f"{limit:,}"}
        return problem_response(request, PayloadTooLarge(detail))


class ProblemMiddleware:
    """Middleware that turns a `Problem` raised by a page into an error page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the error page of a problem or outage; None for other exceptions, which are bugs."""
        if isinstance(exception, Problem):
            return problem_response(request, exception)
        outage = outage_of(exception)
        return None if outage is None else outage_response(request, outage, exception)


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the response for a problem: JSON in the API, a page elsewhere."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            problem.as_document(instance=request.path), status=problem.status, content_type="application/problem+json"
        )
    return render(request, "http/problem.html", {"problem": problem}, status=problem.status)
