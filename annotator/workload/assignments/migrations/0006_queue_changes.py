"""What changed in the queue of documents, for the copies that processes keep of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0005_comparable_sets"),
        ("projects", "0008_guideline_pictures"),
    ]

    operations = [
        migrations.CreateModel(
            name="QueueChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document_key",
                    models.BigIntegerField(help_text="The document may have been deleted since.", null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(help_text="By the clock, also where an action has a time of its own."),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "id"], name="queue_change_order")],
            },
        ),
    ]
