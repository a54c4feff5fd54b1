"""Marking the few views that take uploads; everywhere else a body is small or refused."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def accepts_uploads(view: View) -> View:
    """Let a view take files up to `MAX_UPLOAD_BYTES`. A class-based view sets `accepts_uploads = True` instead."""
    view.accepts_uploads = True  # type: ignore[attr-defined]
    return view


def takes_uploads(view: Callable[..., object]) -> bool:
    """Whether a view, as the URL configuration holds it, is marked."""
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return bool(getattr(view, "accepts_uploads", False) or getattr(view_class, "accepts_uploads", False))
