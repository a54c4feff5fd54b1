"""Middleware of the frame: content security policy, size limit, problems on pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from annotator.platform.http.uploads import takes_uploads
from annotator.problems import LengthRequired, PayloadTooLarge, Problem

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
    """Sends one strict policy with every answer: nothing inline, nothing from elsewhere."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        return response


class BodyLimitMiddleware:
    """Refuses a body that is too large before anything parses it.

    Views marked by `annotator.platform.http.uploads` may take files up to `MAX_UPLOAD_BYTES`, which are streamed to
    disk; all others take `MAX_BODY_BYTES`. It stands before the middleware that reads forms.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        largest = max(settings.MAX_UPLOAD_BYTES, settings.MAX_BODY_BYTES)
        return self._refusal(request, limit=largest) or self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Refuse what is too large for this view, before its form or JSON is read."""
        multipart = request.content_type == "multipart/form-data"
        uploading = multipart and takes_uploads(view)
        return self._refusal(request, limit=settings.MAX_UPLOAD_BYTES if uploading else settings.MAX_BODY_BYTES)

    def _refusal(self, request: HttpRequest, *, limit: int) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return answer_with(request, LengthRequired("Send the request with a Content-Length, not in chunks."))
        if length.isascii() and length.isdigit() and int(length) <= limit:
            return None
        detail = f"The request holds {length} bytes; at most {limit:,} are accepted here. Send less."
        return answer_with(request, PayloadTooLarge(detail))


class ProblemMiddleware:
    """Turns a `Problem` that a page raised into an error page with the same words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the problem; anything else is a bug and rises."""
        return answer_with(request, exception) if isinstance(exception, Problem) else None


def answer_with(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer a request with a problem: as JSON on the API, as a page elsewhere."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            problem.as_document(instance=request.path), status=problem.status, content_type="application/problem+json"
        )
    return render(request, "http/problem.html", {"problem": problem}, status=problem.status)
