"""Problems of migrations between schema versions."""

from annotator.problems import Conflict, gettext_noop


class MigrationRefused(Conflict):
    """The migration cannot be started, carried out or undone as things are."""

    code = "migration_refused"
    title = gettext_noop("Migration not possible")
