"""Everything that the site stores about a person, as JSON lines."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.snapshots import read_snapshot
from annotator.site.backup.archive import private_file
from annotator.site.backup.rows import quoted, read_rows
from annotator.site.backup.tables import Table, all_tables, columns_of, foreign_keys, key_column, name_of

# Hashes and digests protect the account and say nothing about the person.
SECRETS = {("accounts_user", "password"), ("accounts_apitoken", "digest"), ("projects_invitation", "digest")}


def export_person(user: User, path: Path) -> int:
    """Write the data of a person to a file that only its owner may read, and return the number of rows."""
    count = 0
    with private_file(path) as file, read_snapshot():
        for line in personal_data(user):
            file.write(line)
            count += 1
    return count


def personal_data(user: User) -> Iterator[bytes]:
    """Yield a line for each row about a person: `{"table": …, "row": {column: value}}`.

    These are the account, all rows that refer to it, and all rows that refer to the person's annotation sets.
    """
    for table in all_tables():
        where, count = _condition(table)
        if not where:
            continue
        columns = [column for column in columns_of(table) if (name_of(table), column.name) not in SECRETS]
        parameters = [user.pk] * count
        for batch in read_rows(name_of(table), columns, key=key_column(table), where=where, parameters=parameters):
            for row in batch:
                values = {column.name: value for column, value in zip(columns, row, strict=True)}
                yield orjson.dumps({"table": name_of(table), "row": values}) + b"\n"


def _condition(table: Table) -> tuple[str, int]:
    """Return the condition that selects the rows of a person, and how often it takes the key of the account."""
    if table is User:
        return f"{quoted(key_column(table))} = %s", 1
    conditions = []
    for column, key in foreign_keys(table).items():
        if key.related_model is User:
            conditions.append(f"{quoted(column)} = %s")
        elif key.related_model is AnnotationSet:
            own = f"SELECT id FROM {quoted(name_of(AnnotationSet))} WHERE annotator_id = %s"  # noqa: S608 - our names
            conditions.append(f"{quoted(column)} IN ({own})")
    return " OR ".join(conditions), len(conditions)
