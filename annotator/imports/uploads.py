"""Files waiting to be imported: in a folder of their own, never served, removed when their import has ended.

After a preview they are kept for 24 hours, so that they need not be sent again. Folders left over are removed when an
import starts and when the import page is opened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import Q
from django.utils import timezone

from annotator.platform.jobs.models import FINAL_STATES, Job, JobState
from annotator.platform.shared_files import SharedPath
from annotator.problems import Problem
from projects.models import Project

UPLOADS = SharedPath("uploads")
KEPT_AT_LEAST = timedelta(hours=1)
KEPT_AFTER_PREVIEW = timedelta(hours=24)


class UploadGone(Problem):
    """The uploaded files are no longer stored."""

    status = 410
    code = "upload_gone"
    title = "The files are no longer available"


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file as it is sent: its name, and its bytes in pieces."""

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A stored upload; `name` is the name under which it was sent."""

    name: str
    path: SharedPath
    size: int


def folder_path(folder: str) -> SharedPath:
    """Return a folder of uploads."""
    return UPLOADS / folder


def store_files(files: Sequence[IncomingFile]) -> tuple[str, list[StoredFile]]:
    """Write files into a new folder, piece by piece; return its name and the stored files."""
    folder = uuid4().hex
    try:
        return folder, [_store(file, folder_path(folder) / number) for number, file in enumerate(files)]
    except BaseException:
        remove_folder(folder)
        raise


def remove_folder(folder: str) -> None:
    """Remove a folder of uploads, if it exists."""
    folder_path(folder).remove()


def remove_left_over() -> None:
    """Remove folders without a waiting import, and those of previews older than 24 hours."""
    now = timezone.now()
    changed = {folder.last: folder.changed_at() for folder in UPLOADS.folders()}
    old = [folder for folder, at in changed.items() if at is not None and at < now - KEPT_AT_LEAST]
    if old:
        waiting = ~Q(state__in=FINAL_STATES)
        previewed = Q(state=JobState.DONE, params__kept=True, finished_at__gt=now - KEPT_AFTER_PREVIEW)
        wanted = Job.objects.filter(waiting | previewed, params__folder__in=old).order_by("id")
        for folder in set(old) - set(wanted.values_list("params__folder", flat=True)):
            remove_folder(folder)


def kept_previews(project: Project, *, now: datetime) -> int:
    """Return how many previews of a project wait for their import, with their files."""
    waiting = ~Q(state__in=FINAL_STATES) | Q(state=JobState.DONE, finished_at__gt=now - KEPT_AFTER_PREVIEW)
    jobs = Job.objects.filter(waiting, project=project, params__kept=True).order_by("id")
    return sum(is_available(folder) for folder in jobs.values_list("params__folder", flat=True))


def is_available(folder: str) -> bool:
    """Return whether the files of a folder are still stored."""
    return (folder_path(folder) / 0).is_file()


def _store(file: IncomingFile, path: SharedPath) -> StoredFile:
    return StoredFile(file.name, path, path.write(file.chunks))
