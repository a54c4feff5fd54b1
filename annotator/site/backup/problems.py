"""Why a backup or a project file cannot be written or read."""

from annotator.problems import Problem, gettext_noop


class BackupFailed(Problem):
    """The file cannot be written."""

    code = "backup_failed"
    title = gettext_noop("The backup cannot be written")


class BackupUnreadable(Problem):
    """The file is not a backup, it is damaged, or the passphrase is wrong."""

    code = "backup_unreadable"
    title = gettext_noop("The file cannot be read")


class BackupTooNew(Problem):
    """The file was written by a newer version of the site."""

    code = "backup_too_new"
    title = gettext_noop("The file is from a newer version")


class NotEmpty(Problem):
    """The installation has data, which a restore never overwrites."""

    status = 409
    code = "not_empty"
    title = gettext_noop("The installation is not empty")


class OtherVersion(Problem):
    """The file of a project was written by an older version of the site."""

    status = 409
    code = "other_version"
    title = gettext_noop("The file is from another version")


class PeopleUndecided(Problem):
    """Names of people in a file are also names of accounts here, or a given account does not exist."""

    status = 409
    code = "people_undecided"
    title = gettext_noop("People have to be assigned")
