"""What may go wrong with releases."""

from annotator.problems import Conflict, Problem


class NothingToRelease(Conflict):
    """No annotation set would be in it."""

    code = "nothing_to_release"
    title = "There is nothing to release yet"


class ReleaseNameTaken(Conflict):
    """Names tell the releases of a project apart."""

    code = "release_name_taken"
    title = "There is a release of this name"


class ReleaseNotBuilt(Conflict):
    """There is nothing to read yet."""

    code = "release_not_built"
    title = "This release was not built yet"


class ReleaseBusy(Conflict):
    """Its job is at work."""

    code = "release_busy"
    title = "This release is being worked on"


class ReleaseIsBuilt(Conflict):
    """Only what was never built can be thrown away."""

    code = "release_is_built"
    title = "A release that was built stays"


class ReleaseFileGone(Problem):
    """The archive is no longer on the disk."""

    status = 410
    code = "release_file_gone"
    title = "The file is gone"


class OtherLayout(Conflict):
    """The archive was arranged by a version of the site that arranged it otherwise."""

    code = "release_of_other_version"
    title = "Another version built this release"


class FrozenDataChanged(Problem):
    """The database does not hold any more what was frozen: somebody went past this site."""

    status = 500
    code = "frozen_data_changed"
    title = "What was frozen has been changed"


class ReleaseDiffers(Problem):
    """An archive is not what it should be."""

    status = 409
    code = "release_differs"
    title = "The release is not as it was"
