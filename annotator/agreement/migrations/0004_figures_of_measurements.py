from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agreement", "0003_measurements_are_shared")]

    operations = [
        migrations.AddField(
            model_name="measurement",
            name="overlap_f1",
            field=models.FloatField(help_text="For `DocumentAgreement`, which explains it.", null=True),
        ),
        migrations.AddField(model_name="measurement", name="exact_f1", field=models.FloatField(null=True)),
        migrations.AddField(model_name="measurement", name="alpha", field=models.FloatField(null=True)),
        migrations.AddField(
            model_name="agreementreport",
            name="sums",
            field=models.JSONField(help_text="Tallies by import: the next report adds only what has moved.", null=True),
        ),
    ]
