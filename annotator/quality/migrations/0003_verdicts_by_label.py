from django.db import migrations, models

HELP = "Whether each label with enough spans decides too, not only all labels together."


class Migration(migrations.Migration):
    """Plans that exist go on with verdicts over all labels together; new ones decide by label too."""

    dependencies = [
        ("quality", "0002_alerts"),
    ]

    operations = [
        migrations.AddField("qualityplan", "by_label", models.BooleanField(default=False, help_text=HELP)),
        migrations.AlterField("qualityplan", "by_label", models.BooleanField(default=True, help_text=HELP)),
    ]
