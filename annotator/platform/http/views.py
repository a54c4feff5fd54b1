"""Health of the installation, and the pages for unknown addresses and bugs."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotator.platform.http.middleware import answer_with
from annotator.platform.http.reference import api_description, api_reference
from annotator.problems import NotFound, PayloadTooLarge, Problem


class Unreadable(Problem):
    """The request itself is broken, or comes for a host that is not ours."""

    code = "bad_request"
    title = "The request could not be read"


@login_not_required
@never_cache
def live(_request: HttpRequest) -> HttpResponse:
    """Answer that the process runs."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer that the database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})


@login_not_required
@require_GET
def description(_request: HttpRequest) -> HttpResponse:
    """Send the OpenAPI 3.1 description of the API."""
    return HttpResponse(api_description(), content_type="application/json")


@login_not_required
@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """Show the API to people; programs read `/api/schema/`."""
    context = {"reference": api_reference(), "origin": f"{request.scheme}://{request.get_host()}"}
    return render(request, "http/reference.html", context)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for an address that leads nowhere."""
    return answer_with(request, NotFound("There is nothing here, or you may not see it."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for a request that could not be read; too much in it counts as too large."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return answer_with(
            request, PayloadTooLarge("The request holds more fields or files than are accepted. Send less.")
        )
    return answer_with(request, Unreadable("The request could not be read. Go back and send it again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for what somebody may not do: it looks like nothing is there."""
    return not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a bug: nothing of it is shown, all of it is in the log."""
    if request.path.startswith("/api/"):
        document = {
            "type": "about:blank",
            "title": "Server error",
            "status": 500,
            "detail": "Something went wrong here, not with your request. It is in the server's log; try again later.",
            "code": "server_error",
        }
        return JsonResponse(document, status=500, content_type="application/problem+json")
    return render(request, "http/server_error.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for a form that was open too long or came from elsewhere."""
    return render(request, "http/csrf_failure.html", status=403)
