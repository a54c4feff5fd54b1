from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("spans", "0010_is_tallied"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="span",
            index=models.Index(fields=["label", "annotation_set"], name="span_label"),
        ),
    ]
