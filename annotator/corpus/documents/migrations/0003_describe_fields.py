from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_original"),
    ]

    operations = [
        migrations.AlterField(
            model_name="original",
            name="packed",
            field=models.BinaryField(help_text="The bytes, compressed by zlib."),
        ),
        migrations.AlterField(
            model_name="original",
            name="sha256",
            field=models.CharField(help_text="Of the uploaded bytes.", max_length=64),
        ),
        migrations.AlterField(
            model_name="original",
            name="size",
            field=models.PositiveIntegerField(help_text="In bytes, uncompressed."),
        ),
    ]
