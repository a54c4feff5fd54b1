"""The API reference, and the pages for unknown addresses, bad requests and bugs."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET
from django.views.i18n import JavaScriptCatalog

from annotator.platform.http.middleware import problem_response
from annotator.platform.http.outages import outage_of, outage_response
from annotator.platform.http.reference import api_description, api_reference
from annotator.problems import BadRequest, NotFound, PayloadTooLarge

LONGEST_ORIGIN = 200

# The strings of scripts in the language of the site: public, and the same for everyone.
javascript_catalogue = login_not_required(cache_control(public=True, max_age=3600)(JavaScriptCatalog.as_view()))


@login_not_required
@require_GET
def description(request: HttpRequest) -> HttpResponse:
    """Send the OpenAPI 3.1 description of the API."""
    return HttpResponse(api_description(), content_type="application/json")


@login_not_required
@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """Show the API reference; programs read `/api/schema/`."""
    context = {"reference": api_reference(), "origin": f"{request.scheme}://{request.get_host()}"}
    return render(request, "http/reference.html", context)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the response for an unknown address."""
    return problem_response(request, NotFound(_("This address does not exist, or you do not have access to it.")))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the response for a malformed request; one with too many fields or files is too large."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return problem_response(request, PayloadTooLarge(_("The request has too many fields or files.")))
    if isinstance(exception, DisallowedHost):
        refused = _("The site does not answer under this host name. Its operator can add the name to ALLOWED_HOSTS.")
        return problem_response(request, BadRequest(refused))
    return problem_response(request, BadRequest(_("The request could not be read. Go back and send it again.")))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the same response as for an unknown address, which does not reveal what exists."""
    return not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the response for a bug, without details; the traceback is in the log.

    Outages arrive here as well, when they happen in middleware, such as reading the session.
    """
    error = sys.exc_info()[1]
    outage = outage_of(error)
    if outage is not None and error is not None:
        return outage_response(request, outage, error)
    if request.path.startswith("/api/"):
        document = {
            "type": "about:blank",
            "title": "Server error",
            "status": 500,
            "detail": "The server failed because of a bug. Try again later; the cause is in the log of the server.",
            "code": "server_error",
        }
        return JsonResponse(document, status=500, content_type="application/problem+json")
    return render(request, "http/server_error.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form whose security token is missing or outdated, or that came from another origin."""
    origin = request.META.get("HTTP_ORIGIN") or request.META.get("HTTP_REFERER", "")
    wrong_origin = reason.startswith(("Origin checking failed", "Referer checking failed"))
    context = {
        "wrong_origin": wrong_origin,
        "origin": origin[:LONGEST_ORIGIN],
        "public_url": settings.PUBLIC_URL,
        "address": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "http/csrf_failure.html", context, status=403)
