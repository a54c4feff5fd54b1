import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0003_documentplan_is_reserved"),
        ("documents", "0007_tags_and_deletions"),
        ("projects", "0008_guideline_pictures"),
        ("spans", "0010_is_tallied"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SetTally",
            fields=[
                (
                    "annotation_set",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tally",
                        serialize=False,
                        to="spans.annotationset",
                    ),
                ),
                ("week", models.DateField(help_text="The Monday before it was submitted, UTC.")),
                ("submitted_at", models.DateTimeField()),
                ("seconds", models.PositiveIntegerField(help_text="Active time; 0 where none was reported.")),
                ("words", models.PositiveIntegerField(help_text="Of the document; 0 where no time was reported.")),
            ],
        ),
        migrations.CreateModel(
            name="WeekTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField(help_text="A Monday; weeks begin at midnight UTC.")),
                ("sets", models.PositiveIntegerField()),
                ("seconds", models.PositiveIntegerField()),
                (
                    "median_seconds",
                    models.PositiveIntegerField(help_text="Of a set; null where no time was reported.", null=True),
                ),
                (
                    "paces",
                    models.JSONField(
                        default=list, help_text="Minutes per 1,000 words of each set with a time, in order."
                    ),
                ),
                ("last_at", models.DateTimeField(help_text="When the newest of the sets was submitted.")),
            ],
        ),
        migrations.AddField(
            model_name="documentplan",
            name="has_imported",
            field=models.BooleanField(db_default=False, default=False, help_text="Whether it has an imported set."),
        ),
        migrations.AddField(
            model_name="documentplan",
            name="seconds",
            field=models.PositiveIntegerField(db_default=0, default=0, help_text="Active time of all annotators."),
        ),
        migrations.AddField(
            model_name="documentplan",
            name="spans",
            field=models.PositiveIntegerField(db_default=0, default=0, help_text="Of all sets but those of models."),
        ),
        migrations.AddField(
            model_name="documentplan",
            name="stage",
            field=models.CharField(
                blank=True,
                choices=[("", "Not assigned"), ("begun", "In progress"), ("adjudicated", "Adjudicated")],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="documentplan",
            name="submitted",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Submitted sets."),
        ),
        migrations.AddIndex(
            model_name="documentplan",
            index=models.Index(
                fields=["project", "round", "stage", "submitted", "has_imported", "taken"],
                name="document_plan_progress",
            ),
        ),
        migrations.AddIndex(
            model_name="documentplan",
            index=models.Index(fields=["project", "spans", "document"], name="document_plan_spans"),
        ),
        migrations.AddIndex(
            model_name="documentplan",
            index=models.Index(fields=["project", "seconds", "document"], name="document_plan_seconds"),
        ),
        migrations.AddField(
            model_name="settally",
            name="annotator",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="settally",
            name="project",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="projects.project"
            ),
        ),
        migrations.AddField(
            model_name="weektally",
            name="annotator",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="weektally",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="week_tallies",
                to="projects.project",
            ),
        ),
        migrations.AddIndex(
            model_name="settally",
            index=models.Index(fields=["project", "annotator", "week"], name="set_tally_group"),
        ),
        migrations.AddIndex(
            model_name="weektally",
            index=models.Index(fields=["project", "week", "annotator"], name="week_tally_order"),
        ),
    ]
