"""Drops indexes whose column is the first of a unique constraint, which has an index of its own.

`AlterField` would copy whole tables on SQLite.
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = (
    ("span", "annotation_set"),
    ("relation", "annotation_set"),
    ("relation", "source"),
    ("change", "annotation_set"),
)


def drop_indexes(apps, schema_editor):
    """Drop the index of each column, under the name that this database has for it."""
    connection = schema_editor.connection
    for model_name, field_name in COLUMNS:
        columns, table = [f"{field_name}_id"], f"spans_{model_name}"
        with connection.cursor() as cursor:
            constraints = connection.introspection.get_constraints(cursor, table)
        for name, found in constraints.items():
            if found["index"] and not found["unique"] and not found["foreign_key"] and found["columns"] == columns:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make_indexes(apps, schema_editor):
    """Make the indexes again, under names that fit any database."""
    for model_name, field_name in COLUMNS:
        model = apps.get_model("spans", model_name)
        schema_editor.add_index(model, models.Index(fields=[field_name], name=f"{model_name}_{field_name}_again"))


class Migration(migrations.Migration):
    dependencies = [
        ("spans", "0011_span_label"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop_indexes, make_indexes)],
            state_operations=[
                migrations.AlterField(
                    model_name=model_name,
                    name=field_name,
                    field=models.ForeignKey(db_index=False, on_delete=on_delete, related_name=related_name, to=to),
                )
                for model_name, field_name, related_name, to, on_delete in (
                    ("span", "annotation_set", "spans", "spans.annotationset", django.db.models.deletion.PROTECT),
                    (
                        "relation",
                        "annotation_set",
                        "relations",
                        "spans.annotationset",
                        django.db.models.deletion.PROTECT,
                    ),
                    ("relation", "source", "outgoing", "spans.span", django.db.models.deletion.RESTRICT),
                    ("change", "annotation_set", "changes", "spans.annotationset", django.db.models.deletion.PROTECT),
                )
            ],
        ),
    ]
