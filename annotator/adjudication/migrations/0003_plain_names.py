"""Fields get plain names; columns and stored values keep theirs, so that the database does not change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("adjudication", "0002_units_keep_how_they_stand"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="adjudication",
            name="settled_by",
            field=models.ForeignKey(
                db_column="settled_by_id",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RenameField(model_name="adjudication", old_name="settled_by", new_name="completed_by"),
        migrations.AlterField(
            model_name="adjudication",
            name="settled_at",
            field=models.DateTimeField(db_column="settled_at", null=True),
        ),
        migrations.RenameField(model_name="adjudication", old_name="settled_at", new_name="completed_at"),
        migrations.AlterField(
            model_name="reversals", name="readings", field=models.PositiveIntegerField(db_column="readings")
        ),
        migrations.RenameField(model_name="reversals", old_name="readings", new_name="versions"),
        migrations.AlterField(
            model_name="reversals", name="turned_down", field=models.PositiveIntegerField(db_column="turned_down")
        ),
        migrations.RenameField(model_name="reversals", old_name="turned_down", new_name="overruled"),
        migrations.AlterField(
            model_name="unit",
            name="stands",
            field=models.CharField(
                blank=True,
                choices=[
                    ("open", "Open"),
                    ("later", "Later"),
                    ("decided", "Decided"),
                    ("agreed", "Agreed"),
                    ("follows", "Follows"),
                    ("gone", "Gone"),
                    ("waiting", "Waiting"),
                ],
                db_column="stands",
                max_length=8,
            ),
        ),
        migrations.RenameField(model_name="unit", old_name="stands", new_name="status"),
    ]
