"""Health checks for proxies, containers and monitoring."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from annotator.problems import NotFound
from annotator.site.serving import health
from annotator.site.serving.metrics import CONTENT_TYPE, metrics_text


@login_not_required
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Report that the process runs, whatever else does not."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Report all checks: 200 when each passed, otherwise 503."""
    return _response(health.run_checks(list(health.CHECKS)))


@login_not_required
@never_cache
def ready_part(request: HttpRequest, check: str) -> HttpResponse:
    """Report one check."""
    if check not in health.CHECKS:
        raise NotFound(_("This address does not exist, or you do not have access to it."))
    return _response(health.run_checks([check]))


@login_not_required
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Send the metrics to a program with the token of the settings; to others the address does not exist."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        raise NotFound(_("This address does not exist, or you do not have access to it."))
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE)


def _response(checks: list[health.Check]) -> HttpResponse:
    health.log_changes(checks)
    passed = all(check.passed for check in checks)
    document = {
        "status": "ok" if passed else "unavailable",
        "checks": {
            check.name: {"status": "ok"} if check.passed else {"status": "failed", "detail": check.detail}
            for check in checks
        },
    }
    response = JsonResponse(document, status=200 if passed else 503)
    # The lines of `log_changes` say more than Django's line about the response.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark
    return response
