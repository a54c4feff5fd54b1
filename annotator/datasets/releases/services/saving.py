"""Copying an archive to where somebody wants it."""

import shutil
from pathlib import Path

from annotator.datasets.exports.files import replaced_file
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.services.building import archive_of
from annotator.problems import Problem


class CannotSave(Problem):
    """The place cannot be written to."""

    code = "cannot_save"
    title = "The archive cannot be saved there"


def save_archive(release: Release, out: Path) -> None:
    """Copy the archive, whole or not at all; raises `CannotSave`."""
    try:
        with archive_of(release).open("rb") as archive, replaced_file(out) as copy:
            shutil.copyfileobj(archive, copy)
    except OSError as error:
        raise CannotSave(f"{out} cannot be written: {error.strerror}.") from error
