"""Adds what the archive needs of documents that may change later; the database refuses to change it once it is there."""

from django.db import migrations, models

MESSAGE = "A release never changes."


def make_trigger(apps, schema_editor):
    action = (
        "FOR EACH ROW WHEN (OLD.facts IS NOT NULL) EXECUTE FUNCTION releases_refuse()"
        if schema_editor.connection.vendor == "postgresql"
        else f"WHEN (OLD.facts IS NOT NULL) BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    schema_editor.execute(
        f"CREATE TRIGGER releases_frozendocument_facts_stays BEFORE UPDATE OF facts ON releases_frozendocument {action}"
    )


def drop_trigger(apps, schema_editor):
    table = " ON releases_frozendocument" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER releases_frozendocument_facts_stays{table}")


class Migration(migrations.Migration):
    dependencies = [("releases", "0002_what_is_frozen_stays")]

    operations = [
        migrations.AddField(
            model_name="frozendocument",
            name="facts",
            field=models.JSONField(
                help_text="What the archive needs of it that may change later; see `contents.facts`. Null: nothing.",
                null=True,
            ),
        ),
        migrations.RunPython(make_trigger, drop_trigger),
    ]
