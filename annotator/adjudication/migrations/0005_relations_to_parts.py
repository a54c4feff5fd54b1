"""Relations that follow their spans are looked at again: those with several spans at one end may need a decision."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def clear_statuses(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Clear the stored status of relations that follow in open adjudications; it is computed when it is needed."""
    units = apps.get_model("adjudication", "Unit").objects.using(schema_editor.connection.alias)
    units.filter(kind="relation", status="follows", adjudication__state="open").update(status="")


class Migration(migrations.Migration):
    dependencies = [("adjudication", "0004_plain_texts")]

    operations = [migrations.RunPython(clear_statuses, migrations.RunPython.noop)]
