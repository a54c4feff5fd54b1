"""Health checks for proxies, containers and monitoring."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from annotator.problems import NotFound
from annotator.site.serving import health


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
