"""Building the archive of a release, and comparing it with what it was."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from annotator.datasets.exports.output.atomic_files import replaced_file
from annotator.datasets.releases.layouts.registry import BuiltArchive, OnProgress, layout_of
from annotator.datasets.releases.models import FrozenDocument, Release
from annotator.datasets.releases.problems import ReleaseDiffers, ReleaseFileGone, ReleaseNotBuilt
from annotator.datasets.releases.verification.archive import Findings, differences, verify
from annotator.problems import Problem

ARCHIVE = "release.zip"
UPDATED_AT_ONCE = 500
WORKSHOP = "at-work"


class CannotSave(Problem):
    """The place cannot be written to."""

    code = "cannot_save"
    title = "The archive cannot be saved there"


def directory_of(release: Release) -> Path:
    """Return the folder in which the archive of a release lies."""
    return Path(settings.RELEASES_DIR) / str(release.pk)


def archive_of(release: Release) -> Path:
    """Return the archive; raises `ReleaseNotBuilt`, `ReleaseFileGone`."""
    if not release.is_built:
        raise ReleaseNotBuilt(f"Release {release.number} was not built yet; look at its job.")
    path = directory_of(release) / ARCHIVE
    if not path.is_file():
        raise ReleaseFileGone(
            f"The archive of release {release.number} is no longer here. Build it again: the bytes are the same."
        )
    return path


def file_name(release: Release) -> str:
    """Return the name under which people save the archive."""
    return f"{release.origin['slug']}-release-{release.number}.zip"


def build_release(release: Release, *, now: datetime, on_progress: OnProgress) -> None:
    """Write the archive, complete or not at all.

    A release that was built before must come out with the same bytes; raises `ReleaseDiffers`, and leaves what was
    there, when it does not.
    """
    with _workshop(release) as folder:
        archive, built = _write(release, folder, on_progress)
        with archive.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if release.is_built:
            if sha256 != release.sha256:
                raise ReleaseDiffers(_how_it_differs(release, archive))
            archive.replace(directory_of(release) / ARCHIVE)
            return
        size = archive.stat().st_size
        archive.replace(directory_of(release) / ARCHIVE)
        _store(release, built, sha256=sha256, size=size, now=now)


def check_release(release: Release, *, on_progress: OnProgress) -> Findings:
    """Check the archive by itself, then build it anew and compare byte by byte; return what is wrong."""
    stored = archive_of(release)
    found = verify(stored, sha256=release.sha256)
    with _workshop(release) as folder:
        anew, _ = _write(release, folder, on_progress)
        return found.with_more(differences(stored, anew))


@contextmanager
def _workshop(release: Release) -> Iterator[Path]:
    """Give an empty folder to build in, gone in the end; what an attempt that was killed left behind goes first."""
    home = directory_of(release)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in home.glob(f"{WORKSHOP}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{WORKSHOP}-", dir=home) as folder:
        yield Path(folder)


def _write(release: Release, folder: Path, on_progress: OnProgress) -> tuple[Path, BuiltArchive]:
    path = folder / ARCHIVE
    with path.open("xb") as file:
        built = layout_of(release).write_archive(release, file, on_progress=on_progress)
        _to_disk(file)
    return path, built


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


@transaction.atomic
def _store(release: Release, built: BuiltArchive, *, sha256: str, size: int, now: datetime) -> None:
    by_split: dict[str, list[int]] = {}
    for key, split in built.split_of.items():
        by_split.setdefault(split, []).append(key)
    documents = FrozenDocument.objects.filter(release=release)
    for split, keys in by_split.items():
        for start in range(0, len(keys), UPDATED_AT_ONCE):
            documents.filter(document_id__in=keys[start : start + UPDATED_AT_ONCE]).update(split=split)
    Release.objects.filter(pk=release.pk).update(manifest=built.manifest, sha256=sha256, size=size, built_at=now)
    release.refresh_from_db()


def _how_it_differs(release: Release, anew: Path) -> str:
    head = f"Release {release.number}, built again, is not what it was"
    stored = directory_of(release) / ARCHIVE
    if not stored.is_file():
        return f"{head}, and its first archive is gone: SHA-256 {release.sha256} was promised."
    found = "; ".join(differences(stored, anew)[:5])
    return f"{head}: {found}. The archive that was there is kept."


def save_archive(release: Release, out: Path) -> None:
    """Copy the archive, whole or not at all; raises `CannotSave`."""
    try:
        with archive_of(release).open("rb") as archive, replaced_file(out) as copy:
            shutil.copyfileobj(archive, copy)
    except OSError as error:
        raise CannotSave(f"{out} cannot be written: {error.strerror}.") from error
