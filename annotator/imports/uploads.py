"""Files that wait to be imported: in a folder of their own, never served, removed when their import has ended."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from annotator.jobs.models import FINAL_STATES, Job

KEPT_AT_LEAST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file as somebody sends it: its name, and its bytes in pieces."""

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in its folder: `name` as it was sent."""

    name: str
    path: Path
    size: int


def folder_path(folder: str) -> Path:
    """Return where a folder of uploads lies."""
    return Path(settings.UPLOADS_DIR) / folder


def store_files(files: Sequence[IncomingFile]) -> tuple[str, list[StoredFile]]:
    """Write files into a new folder, piece by piece; return its name and what lies in it."""
    folder = uuid4().hex
    directory = folder_path(folder)
    directory.mkdir(mode=0o700, parents=True)
    try:
        return folder, [_store(file, directory / str(number)) for number, file in enumerate(files)]
    except BaseException:
        remove_folder(folder)
        raise


def remove_folder(folder: str) -> None:
    """Remove a folder of uploads, if it is still there."""
    shutil.rmtree(folder_path(folder), ignore_errors=True)


def remove_left_over() -> None:
    """Remove folders whose import was cancelled while it waited, or never came to be."""
    root = Path(settings.UPLOADS_DIR)
    if not root.is_dir():
        return
    long_ago = (timezone.now() - KEPT_AT_LEAST).timestamp()
    old = [path.name for path in root.iterdir() if path.stat().st_mtime < long_ago]
    if old:
        waiting = Job.objects.exclude(state__in=FINAL_STATES).filter(params__folder__in=old).order_by("id")
        for folder in set(old) - set(waiting.values_list("params__folder", flat=True)):
            remove_folder(folder)


def _store(file: IncomingFile, path: Path) -> StoredFile:
    size = 0
    with path.open("xb") as target:
        for chunk in file.chunks:
            target.write(chunk)
            size += len(chunk)
    return StoredFile(file.name, path, size)
