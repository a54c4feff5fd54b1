"""Help texts of jobs; the tables stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="job",
            name="cursor",
            field=models.JSONField(help_text="The checkpoint from which another attempt continues.", null=True),
        ),
        migrations.AlterField(
            model_name="job",
            name="own_process",
            field=models.BooleanField(default=False, help_text="Run by a command in its own process, not by a worker."),
        ),
    ]
