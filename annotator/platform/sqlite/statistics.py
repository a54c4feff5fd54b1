"""Statistics of the tables, from which SQLite chooses the index of a query.

Without them, it takes for granted that a project or a label has about ten rows. PostgreSQL collects them by itself.
"""

from django.db import connection

ROWS_READ = 20_000
"""Of each index; enough to tell the rows of a project from those of a document. All rows of 2 million spans take ten
times as long, in which nothing can be saved."""


def collect_statistics() -> None:
    """Collect the statistics of all tables on SQLite, from a part of their rows; on PostgreSQL do nothing."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit={ROWS_READ}")
        cursor.execute("ANALYZE")
