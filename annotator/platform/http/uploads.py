"""The mark of views that accept uploads; all other views accept small request bodies only."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def accepts_uploads(view: View) -> View:
    """Mark a view that accepts files up to `MAX_UPLOAD_BYTES`. A class-based view sets `accepts_uploads = True`."""
    view.accepts_uploads = True  # type: ignore[attr-defined]
    return view


def is_upload_view(view: Callable[..., object]) -> bool:
    """Return whether a view, as resolved from the URL, is marked."""
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return bool(getattr(view, "accepts_uploads", False) or getattr(view_class, "accepts_uploads", False))
