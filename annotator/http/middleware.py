"""Middleware of the frame: content security policy, size limit, problems on pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from annotator.problems import PayloadTooLarge, Problem

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

    Uploads of files may be larger; they are streamed to disk and have a limit of their own.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        multipart = request.content_type == "multipart/form-data"
        limit = settings.MAX_UPLOAD_BYTES if multipart else settings.MAX_BODY_BYTES
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > limit:
            return answer_with(
                request,
                PayloadTooLarge(f"The request holds {length} bytes; at most {limit:,} are accepted. Send less."),
            )
        return self.get_response(request)


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
