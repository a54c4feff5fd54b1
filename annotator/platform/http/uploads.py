"""Uploads: the mark of views that accept them, other views accept small bodies only; and where the files wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
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


class UploadHandler(TemporaryFileUploadHandler):
    """Files of a request, in temporary files. When the disk is full, the unfinished one is removed at once."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Append to the file."""
        with self._removed_on_failure():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> TemporaryUploadedFile:
        """Return the file; what is still in memory is written before."""
        with self._removed_on_failure():
            self.file.flush()
            super().file_complete(file_size)
            return self.file

    @contextmanager
    def _removed_on_failure(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            with suppress(OSError):  # closing writes what is left, and removes the file in any case
                self.file.close()
            raise
