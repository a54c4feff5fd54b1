"""Lets the database itself refuse every change to what a release has frozen."""

from django.db import migrations

MESSAGE = "A release never changes."
# Table, the columns that may not be written, and under which condition on the row as it was ("" for always).
FIXED = {
    "release": ("project_id number name options origin layout software created_at", ""),
    "release_build": ("built_at manifest sha256 size", "OLD.sha256 <> ''"),
    "frozendocument": ("release_id document_id sha256", ""),
    "frozendocument_split": ("split", "OLD.split <> ''"),
    "frozenset": ("release_id document_id annotation_set_id revision name kind state is_evidence origins", ""),
    "frozenset_versions": ("schema_version guideline_version", ""),
}


def make_triggers(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION releases_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
        )
    for name, (columns, condition) in FIXED.items():
        table = f"releases_{name.partition('_')[0]}"
        when = f"WHEN ({condition})" if condition else ""
        action = (
            "FOR EACH ROW " + when + " EXECUTE FUNCTION releases_refuse()"
            if vendor == "postgresql"
            else f"{when} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )
        schema_editor.execute(
            f"CREATE TRIGGER releases_{name}_stays BEFORE UPDATE OF {', '.join(columns.split())} ON {table} {action}"
        )


def drop_triggers(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for name in FIXED:
        table = f" ON releases_{name.partition('_')[0]}" if postgresql else ""
        schema_editor.execute(f"DROP TRIGGER releases_{name}_stays{table}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION releases_refuse()")


class Migration(migrations.Migration):
    dependencies = [("releases", "0001_initial")]

    operations = [migrations.RunPython(make_triggers, drop_triggers)]
