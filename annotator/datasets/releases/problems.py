"""Anticipated failures of releases."""

from annotator.problems import Conflict, Problem, gettext_noop


class NothingToRelease(Conflict):
    """No annotation set is selected."""

    code = "nothing_to_release"
    title = gettext_noop("Nothing to release")


class ReleaseNameTaken(Conflict):
    """Another release of the project has the name."""

    code = "release_name_taken"
    title = gettext_noop("Release name already in use")


class ReleaseNotBuilt(Conflict):
    """The archive does not exist yet."""

    code = "release_not_built"
    title = gettext_noop("Release not built yet")


class ReleaseIncomplete(Conflict):
    """Documents of the release were deleted, so that it cannot be built again."""

    code = "release_incomplete"
    title = gettext_noop("Documents of the release were deleted")


class ReleaseBusy(Conflict):
    """A job of the release is not finished."""

    code = "release_busy"
    title = gettext_noop("Release is busy")


class ReleaseIsBuilt(Conflict):
    """A release that was built cannot be deleted."""

    code = "release_is_built"
    title = gettext_noop("Release was built")


class ReleaseFileGone(Problem):
    """The archive is missing from the disk."""

    status = 410
    code = "release_file_gone"
    title = gettext_noop("File missing")


class OtherLayout(Conflict):
    """The archive has a layout that this version of the site does not have."""

    code = "release_of_other_version"
    title = gettext_noop("Release of another version")


class FrozenDataChanged(Problem):
    """Frozen data were changed in the database."""

    status = 500
    code = "frozen_data_changed"
    title = gettext_noop("Frozen data were changed")


class ReleaseDiffers(Problem):
    """An archive differs from what was built first."""

    status = 409
    code = "release_differs"
    title = gettext_noop("Release has changed")
