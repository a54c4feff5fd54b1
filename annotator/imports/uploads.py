"""Files that wait to be imported: in a folder of their own, never served, removed when their import has ended.

After a preview they stay for a day, so that whoever looked at them need not send them twice. What nobody came back for
goes when the next import begins, when one ends, or when somebody opens the page of imports.
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from annotator.platform.jobs.models import FINAL_STATES, Job, JobState
from annotator.problems import Problem

KEPT_AT_LEAST = timedelta(hours=1)
KEPT_AFTER_PREVIEW = timedelta(hours=24)


class UploadGone(Problem):
    """The uploaded files are no longer on the disk."""

    status = 410
    code = "upload_gone"
    title = "The files are gone"


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
    """Remove folders whose import was cancelled while it waited or never came to be, and previews of yesterday."""
    root = Path(settings.UPLOADS_DIR)
    if not root.is_dir():
        return
    now = timezone.now()
    long_ago = (now - KEPT_AT_LEAST).timestamp()
    old = [path.name for path in root.iterdir() if path.stat().st_mtime < long_ago]
    if old:
        waiting = ~Q(state__in=FINAL_STATES)
        looked_at = Q(state=JobState.DONE, params__kept=True, finished_at__gt=now - KEPT_AFTER_PREVIEW)
        wanted = Job.objects.filter(waiting | looked_at, params__folder__in=old).order_by("id")
        for folder in set(old) - set(wanted.values_list("params__folder", flat=True)):
            remove_folder(folder)


def is_there(folder: str) -> bool:
    """Whether the files of a folder are still to be had."""
    return folder_path(folder).is_dir()


def _store(file: IncomingFile, path: Path) -> StoredFile:
    size = 0
    with path.open("xb") as target:
        for chunk in file.chunks:
            target.write(chunk)
            size += len(chunk)
    return StoredFile(file.name, path, size)
