"""Count for each document the sets that agreement counts, once for the sets that there are."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Count, OuterRef, Q, Subquery


def count_sets(apps, schema_editor):
    """Write the counts; documents with the set of an outside name that is linked are left to the tallies."""
    annotation_sets = apps.get_model("spans", "AnnotationSet").objects
    finished = Q(kind="annotator", purpose="", state__in=("submitted", "adjudicated"), awaits_review=False)
    sets = annotation_sets.filter(finished | Q(kind="imported"), document=OuterRef("document"), is_excluded=False)
    counts = sets.order_by().values("document").annotate(count=Count("id")).values("count")
    apps.get_model("assignments", "DocumentPlan").objects.update(comparable=Subquery(counts))
    linked = annotation_sets.filter(member__isnull=False).values("document")
    annotation_sets.filter(document__in=list(linked.values_list("document", flat=True).distinct())).update(
        is_tallied=False
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0004_tallies"),
        ("documents", "0008_corrections"),
        ("projects", "0008_guideline_pictures"),
        ("spans", "0014_adjudicated_sets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="documentplan",
            name="changed_at",
            field=models.DateTimeField(
                help_text="When a change of its sets was counted; null where none was since this is stored.", null=True
            ),
        ),
        migrations.AddField(
            model_name="documentplan",
            name="comparable",
            field=models.PositiveSmallIntegerField(help_text="Sets that agreement counts; null: none.", null=True),
        ),
        migrations.RunPython(count_sets, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="documentplan",
            index=models.Index(fields=["project", "comparable"], name="document_plan_comparable"),
        ),
        migrations.AddIndex(
            model_name="documentplan",
            index=models.Index(
                condition=models.Q(("changed_at__isnull", False)),
                fields=["project", "changed_at"],
                name="document_plan_changed",
            ),
        ),
    ]
