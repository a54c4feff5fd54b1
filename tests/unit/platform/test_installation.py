"""The tables of the database: a version does not start on those of a newer one."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from annotator.platform.installation import CannotStart, create_tables

pytestmark = pytest.mark.django_db


def test_tables_of_a_newer_version_are_refused():
    MigrationRecorder(connection).record_applied("spans", "0099_later")

    with pytest.raises(CannotStart, match=r"newer version of the site \(spans 0099_later\)"):
        create_tables(print)
    with pytest.raises(CommandError, match="restore the backup made before the upgrade"):
        call_command("check_log", "news")


def test_tables_of_removed_apps_do_not_matter():
    MigrationRecorder(connection).record_applied("removed", "0001_initial")

    create_tables(print)

    assert "removed" not in connection.introspection.table_names()
