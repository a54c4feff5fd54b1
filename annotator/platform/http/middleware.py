"""Middleware of the whole site: content security policy, size limits, problems as pages."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
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
    """Middleware that turns a `Problem` raised by a page into an error page.

    An address that only accepts forms leads to the page above it when it is opened: after a refused form, reloading,
    the address bar and relative links of the page end up there.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method in ("GET", "HEAD") and not request.path.startswith("/api/"):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(page_above(request.path) + (f"?{query}" if query else ""))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the error page of a problem or outage; None for other exceptions, which are bugs."""
        if isinstance(exception, Problem):
            return problem_response(request, exception)
        outage = outage_of(exception)
        return None if outage is None else outage_response(request, outage, exception)


def page_above(path: str) -> str:
    """Return the nearest address above a path that exists; "/" at last."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return "/"


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the response for a problem: JSON in the API, a page elsewhere."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            problem.as_document(instance=request.path), status=problem.status, content_type="application/problem+json"
        )
    # Bodies that were too large or malformed have no fields.
    entered = _entered(request) if request.method == "POST" and problem.status in (404, 409, 422) else []
    context = {"problem": problem, "back": _page_of_form(request), "entered": entered}
    return render(request, "http/problem.html", context, status=problem.status)


def _page_of_form(request: HttpRequest) -> str:
    """The page of this site that a refused form was sent from; "" for other requests."""
    if request.method != "POST":
        return ""
    try:
        host = request.get_host()
    except DisallowedHost:  # the problem that is reported
        return ""
    referer = request.META.get("HTTP_REFERER", "")
    is_safe = url_has_allowed_host_and_scheme(referer, allowed_hosts={host}, require_https=request.is_secure())
    return referer if is_safe else ""


NOT_ENTERED = ("csrfmiddlewaretoken", "password", "old_password", "new_password1", "new_password2", "token", "secret")


def _entered(request: HttpRequest) -> list[tuple[str, str]]:
    """The text that a refused form had, so that nothing typed is lost; without passwords."""
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    return [(name, str(value)) for name, value in pairs if value and not _is_secret(name)]


def _is_secret(name: str) -> bool:
    return name in NOT_ENTERED or "password" in name
