"""Help texts of projects; the tables stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="note",
            field=models.CharField(
                blank=True, help_text="Who the link is for. Only leads see this note.", max_length=200
            ),
        ),
        migrations.AlterField(
            model_name="project",
            name="seed",
            field=models.CharField(help_text="Determines the order of documents for each annotator.", max_length=64),
        ),
    ]
