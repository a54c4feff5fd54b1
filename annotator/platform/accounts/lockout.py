"""Limits on failed sign-ins: the lock of django-axes, and pauses for who guesses passwords by user name or by address.

A name that is attacked from many addresses, or an address that tries many names, may try again only after a pause.
A browser in which an account has signed in before never has to wait, so that neither the owner of an attacked
name nor a team behind one address is locked out.
"""

import ipaddress
import logging
from datetime import datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db.models import Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotator.platform.accounts import selectors

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=15)
NAME_FAILURES, ADDRESS_FAILURES = 10, 20
ADDRESS_PAUSE = timedelta(seconds=5)
FIRST_NAME_PAUSE, LONGEST_NAME_PAUSE = timedelta(seconds=5), timedelta(seconds=60)
# The pause after failures for one name doubles each time that so many more have failed.
DOUBLED_AFTER = 5
LOGGED_AT = (5, 10, 20, 50)
LOGGED_EVERY = 100

DEVICE_COOKIE = "known_browser"
DEVICE_LIFETIME = timedelta(days=365)
DEVICE_SALT = "annotator.known-browser"
MOST_NAMES = 5


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


def seconds_to_wait(username: str, address: str, *, now: datetime) -> int:
    """Return how long this address has to wait before it may try this name; 0 when it need not."""
    by_name, name_at = _failures(Q(username__iexact=username), now)
    by_address, address_at = _failures(Q(ip_address=address or None), now)
    until = now
    if name_at is not None and by_name >= NAME_FAILURES:
        doubled = 2 ** min((by_name - NAME_FAILURES) // DOUBLED_AFTER, 10)
        until = max(until, name_at + min(FIRST_NAME_PAUSE * doubled, LONGEST_NAME_PAUSE))
    if address_at is not None and by_address >= ADDRESS_FAILURES:
        until = max(until, address_at + ADDRESS_PAUSE)
    return -int(-(until - now).total_seconds() // 1)


def log_failure(username: str, address: str, *, now: datetime) -> None:
    """Write a line when the failures for a name, or from an address, reach one of some numbers.

    A name without an account is not written: it may be a password typed into the wrong field.
    """
    by_name, _ = _failures(Q(username__iexact=username), now)
    by_address, _ = _failures(Q(ip_address=address or None), now)
    if _is_logged(by_name):
        name = f"the account “{username}”" if selectors.username_is_taken(username) else "a name without an account"
        logger.warning("Sign-in: %s failed attempts for %s within 15 minutes, last from %s.", by_name, name, address)
    if _is_logged(by_address):
        logger.warning("Sign-in: %s failed attempts from %s within 15 minutes.", by_address, address)


def is_known_browser(request: HttpRequest, username: str) -> bool:
    """Return whether this account has signed in with this browser before."""
    return username.lower() in _known_names(request)


def remember_browser(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Set the cookie by which the browser is known for an account that has just signed in."""
    names = [username.lower(), *(name for name in _known_names(request) if name != username.lower())]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(names[:MOST_NAMES], salt=DEVICE_SALT),
        max_age=DEVICE_LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known_names(request: HttpRequest) -> list[str]:
    try:
        names: list[str] = signing.loads(
            request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, max_age=DEVICE_LIFETIME
        )
    except signing.BadSignature:
        return []
    return names


def _failures(condition: Q, now: datetime) -> tuple[int, datetime | None]:
    recent = AccessAttempt.objects.filter(condition, attempt_time__gt=now - WINDOW)
    sums = recent.aggregate(number=Sum("failures_since_start"), last=Max("attempt_time"))
    return sums["number"] or 0, sums["last"]


def _is_logged(number: int) -> bool:
    return number in LOGGED_AT or (number > 0 and number % LOGGED_EVERY == 0)
