"""Allow documents with equal texts under different ids; the constraint keeps its name and serves as the index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_describe_fields")]

    operations = [
        migrations.RemoveConstraint(model_name="document", name="document_text_once_per_project"),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=["project", "sha256", "external_id"], name="document_text_once_per_project"
            ),
        ),
    ]
