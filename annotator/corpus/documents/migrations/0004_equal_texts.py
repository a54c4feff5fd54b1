"""Allow documents with equal texts under different ids; the constraint keeps its name and serves as the index."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class RemoveConstraintWithoutCopy(migrations.RemoveConstraint):
    """Removal of a constraint before the next operation adds one to the same table.

    SQLite copies the table to change its constraints. The copy that adds the next one leaves this one out already.
    """

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Remove the constraint, on SQLite from the state only."""
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_describe_fields")]

    operations = [
        RemoveConstraintWithoutCopy(model_name="document", name="document_text_once_per_project"),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=["project", "sha256", "external_id"], name="document_text_once_per_project"
            ),
        ),
    ]
