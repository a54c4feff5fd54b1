"""Building the archive of a release, verifying it and copying it."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.datasets.releases.contents.facts import DocumentFacts, blind_documents, current_joins, current_names
from annotator.datasets.releases.contents.frozen import read_frozen
from annotator.datasets.releases.contents.ledger import mentions_in
from annotator.datasets.releases.contents.source import FrozenSource
from annotator.datasets.releases.layouts.build import BuiltArchive
from annotator.datasets.releases.layouts.registry import OnProgress, layout_of
from annotator.datasets.releases.models import FrozenDocument, Release
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.releases.problems import (
    ReleaseDiffers,
    ReleaseFileGone,
    ReleaseIncomplete,
    ReleaseNotBuilt,
)
from annotator.datasets.releases.selectors import deleted_documents_in
from annotator.datasets.releases.verification.archive import Verification, differences, verify
from annotator.platform.atomic_files import replaced_file
from annotator.platform.shared_files import SharedPath
from annotator.problems import Problem

ARCHIVE = "release.zip"
UPDATED_AT_ONCE = 500
FROZEN_AT_ONCE = 200
MOST_DIFFERENCES = 5


class CannotSave(Problem):
    """The target cannot be written to."""

    code = "cannot_save"
    title = "The archive cannot be saved there"


def directory_of(release: Release) -> SharedPath:
    """Return the folder of the archive of a release."""
    return SharedPath("releases") / release.pk


def archive_of(release: Release) -> SharedPath:
    """Return the archive; raise `ReleaseNotBuilt` or `ReleaseFileGone`."""
    if not release.is_built:
        raise ReleaseNotBuilt(_("Release {number} has not been built yet. See its job.").format(number=release.number))
    path = directory_of(release) / ARCHIVE
    if not path.is_file():
        raise ReleaseFileGone(
            _("The archive of release {number} is missing. Rebuild it: the bytes will be the same.").format(
                number=release.number
            )
        )
    return path


def file_name(release: Release) -> str:
    """Return the name of the archive as a download."""
    return f"{release.origin['slug']}-release-{release.number}.zip"


def build_release(release: Release, *, now: datetime, on_progress: OnProgress) -> None:
    """Build the archive, completely or not at all.

    If the release was built before and the bytes differ, keep the existing archive and raise `ReleaseDiffers`. Raises
    `ReleaseIncomplete` when documents of the release were deleted.
    """
    if deleted := deleted_documents_in(release):
        detail = _(
            "Release %(number)s cannot be built again: %(count)s of its documents were deleted. "
            "An existing archive stays."
        )
        raise ReleaseIncomplete(detail % {"number": release.number, "count": f"{len(deleted):,}"})
    if not release.is_built:
        freeze_facts(release)
    with _build_folder(release) as folder:
        archive, built = _write(release, folder, on_progress)
        with archive.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if release.is_built:
            if sha256 != release.sha256:
                raise ReleaseDiffers(_rebuild_error(release, archive))
            (directory_of(release) / ARCHIVE).take(archive)
            return
        size = archive.stat().st_size
        (directory_of(release) / ARCHIVE).take(archive)
        _store(release, built, sha256=sha256, size=size, now=now)


def freeze_facts(release: Release) -> None:
    """Store what the options of a release need of its documents and what may change later; what is stored stays."""
    options = ReleaseOptions.from_json(release.options)
    needs_blind = options.splits is not None and bool(options.splits.blind_test)
    if not options.ledger and not needs_blind:
        return
    source = FrozenSource(release)
    joins = current_joins(release.project) if options.ledger else {}
    rows = list(FrozenDocument.objects.filter(release=release, facts__isnull=True).order_by("document_id"))
    for begin in range(0, len(rows), FROZEN_AT_ONCE):
        batch = {row.document_id: row for row in rows[begin : begin + FROZEN_AT_ONCE]}
        keys = list(batch)
        blind = blind_documents(source.heads(keys)) if needs_blind else set()
        records = dict(zip(keys, read_frozen(source, keys), strict=True)) if options.ledger else {}
        names = current_names(
            release.project, {key: mentions_in(record, options.data) for key, record in records.items()}
        )
        for key, row in batch.items():
            joined = joins.get(records[key].document["id"], ()) if key in records else ()
            row.facts = DocumentFacts(names.get(key, {}), joined, key in blind).as_json()
        FrozenDocument.objects.bulk_update(batch.values(), ["facts"])


def check_release(release: Release, *, on_progress: OnProgress) -> Verification:
    """Return the result of verifying the archive and comparing it byte by byte with a new build.

    A release of which documents were deleted is verified only.
    """
    stored = archive_of(release)
    with stored.local_copy() as path, _build_folder(release) as folder:
        verified = verify(path, sha256=release.sha256)
        if deleted_documents_in(release):
            return verified
        rebuilt = _write(release, folder, on_progress)[0]
        return verified.with_errors(differences(path, rebuilt))


@contextmanager
def _build_folder(release: Release) -> Iterator[Path]:
    """Provide an empty folder for building and remove it afterwards, as well as those of attempts that were killed."""
    directory = directory_of(release)
    directory.remove_unfinished()
    with directory.scratch_folder() as folder:
        yield folder


def _write(release: Release, folder: Path, on_progress: OnProgress) -> tuple[Path, BuiltArchive]:
    path = folder / ARCHIVE
    with path.open("xb") as file:
        built = layout_of(release).write_archive(FrozenSource(release), file, on_progress=on_progress)
        _sync_to_disk(file)
    return path, built


def _sync_to_disk(file: BinaryIO) -> None:
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


def _rebuild_error(release: Release, rebuilt: Path) -> str:
    head = f"The rebuilt archive of release {release.number} differs from the original"
    stored = directory_of(release) / ARCHIVE
    if not stored.is_file():
        return f"{head} with SHA-256 {release.sha256}, which is missing."
    with stored.local_copy() as path:
        found = " ".join(differences(path, rebuilt)[:MOST_DIFFERENCES])
    return f"{head}: {found} The original archive was kept."


def save_archive(release: Release, out: Path) -> None:
    """Copy the archive to `out`, completely or not at all; raise `CannotSave`."""
    try:
        with archive_of(release).open() as archive, replaced_file(out) as copy:
            shutil.copyfileobj(archive, copy)
    except OSError as error:
        raise CannotSave(f"{out} cannot be written: {error.strerror}.") from error
