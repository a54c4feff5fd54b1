import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agreement", "0002_disagreements")]

    operations = [
        migrations.AlterField(
            model_name="documentagreement",
            name="measurement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="agreement.measurement",
            ),
        ),
        migrations.RemoveField(model_name="documentagreement", name="tally"),
        migrations.AddConstraint(
            model_name="measurement",
            constraint=models.UniqueConstraint(fields=("document", "key"), name="measurement_once"),
        ),
        migrations.AddIndex(
            model_name="disagreement",
            index=models.Index(fields=["measurement", "start", "end", "id"], name="disagreement_place"),
        ),
        migrations.AddIndex(
            model_name="disagreement",
            index=models.Index(fields=["measurement", "kind", "label", "other"], name="disagreement_kind"),
        ),
        migrations.AddIndex(
            model_name="disagreement",
            index=models.Index(fields=["words", "measurement"], name="disagreement_words"),
        ),
    ]
