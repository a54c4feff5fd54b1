"""Absolute addresses of pages, to send to people."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def invitation_link(request: HttpRequest, secret: str) -> str:
    """Return the absolute address of an invitation, under `PUBLIC_URL` when it is set."""
    path = reverse("projects:invitation", args=[secret])
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
