"""The rule “off” is described by spans. Nothing changes in the database: only the titles of choices differ."""

from django.db import migrations, models

CHOICES = [
    ("off", "Off: every span needs a decision"),
    ("exact", "Exact: same label, boundaries and attributes"),
    ("same_tokens", "Same tokens: same label and attributes over the same tokens"),
]


class Migration(migrations.Migration):
    dependencies = [("adjudication", "0009_units_by_location")]

    operations = [
        migrations.AlterField(
            model_name="adjudication", name="rule", field=models.CharField(choices=CHOICES, max_length=16)
        ),
        migrations.AlterField(
            model_name="projectrule",
            name="rule",
            field=models.CharField(choices=CHOICES, default="exact", max_length=16),
        ),
    ]
