"""The response after too many failed sign-ins, and the address they come from. Called by django-axes."""

import ipaddress

from axes.helpers import get_cool_off
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, _response: HttpResponse | None, _credentials: object) -> HttpResponse:
    """Return the page for a user who is locked out, with the time to wait."""
    seconds = int(get_cool_off(request).total_seconds())
    context = {"minutes": -(-seconds // 60), "limit": settings.AXES_FAILURE_LIMIT}
    page = render(request, "accounts/locked.html", context, status=429)
    page.headers["Retry-After"] = str(seconds)
    return page


def client_address(request: HttpRequest) -> str:
    """Return the address of the browser.

    Behind a reverse proxy (`PUBLIC_URL` is set, and the connection comes from this machine or a private network) it is
    the last address of X-Forwarded-For, which the proxy wrote; the addresses before it can be forged by any client.
    """
    direct: str = request.META.get("REMOTE_ADDR") or ""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if settings.PUBLIC_URL and _is_near(direct) and _address(forwarded) is not None:
        return forwarded
    return direct


def _is_near(address: str) -> bool:
    # A server on a Unix socket knows no address.
    parsed = _address(address)
    return not address or (parsed is not None and parsed.is_private)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
