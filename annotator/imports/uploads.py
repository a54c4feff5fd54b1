"""Files waiting to be imported: in a folder of their own, never served, removed when their import has ended.

After a preview they are kept for 24 hours, so that they need not be sent again. Folders left over are removed when an
import starts and when the import page is opened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from django.db.models import Q
from django.utils import timezone

from annotator.imports.selectors import IMPORT_JOB
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


class WaitingFiles(NamedTuple):
    """The number of previews that are stored, and the bytes of all files that wait."""

    previews: int
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


def waiting_files(project: Project, *, now: datetime) -> WaitingFiles:
    """Return the previews of a project that are stored, and the bytes of the files of its imports and previews."""
    unfinished, kept = ~Q(state__in=FINAL_STATES), Q(params__kept=True)
    previewed = kept & Q(state=JobState.DONE, finished_at__gt=now - KEPT_AFTER_PREVIEW)
    jobs = Job.objects.filter(unfinished | previewed, project=project, kind=IMPORT_JOB).order_by("id")
    waiting = [params for params in jobs.values_list("params", flat=True) if is_available(params["folder"])]
    # A preview that is being imported has its files in the same folder as the import.
    sizes = {params["folder"]: sum(file["size"] for file in params["files"]) for params in waiting}
    return WaitingFiles(sum(bool(params["kept"]) for params in waiting), sum(sizes.values()))


def is_available(folder: str) -> bool:
    """Return whether the files of a folder are still stored."""
    return (folder_path(folder) / 0).is_file()


def _store(file: IncomingFile, path: SharedPath) -> StoredFile:
    return StoredFile(file.name, path, path.write(file.chunks))
