"""Statistics of tables, from which SQLite chooses the index of a query."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotator.platform.accounts.models import User
from annotator.platform.sqlite import statistics

pytestmark = pytest.mark.django_db


def test_statistics_know_the_rows_of_a_table():
    User.objects.bulk_create(User(username=f"person-{number}") for number in range(30))

    statistics.collect_statistics()

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = %s", [User._meta.db_table])
            assert cursor.fetchone()[0].split()[0] == str(User.objects.count())


def test_another_database_collects_its_statistics_itself(monkeypatch):
    monkeypatch.setattr(statistics.connection, "vendor", "postgresql")

    with CaptureQueriesContext(connection) as queries:
        statistics.collect_statistics()

    assert not queries.captured_queries
