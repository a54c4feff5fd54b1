import json

import django.db.models.deletion
from django.db import migrations, models

AT_ONCE = 500


def keep_tallies(apps, schema_editor):
    """Give each document of an older report a measurement of its own; none is ever taken over."""
    DocumentAgreement = apps.get_model("agreement", "DocumentAgreement")
    Measurement = apps.get_model("agreement", "Measurement")
    ids = list(DocumentAgreement.objects.order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        rows = list(DocumentAgreement.objects.filter(pk__in=ids[start : start + AT_ONCE]).order_by("id"))
        made = Measurement.objects.bulk_create(
            Measurement(document_id=row.document_id, key=f"report {row.report_id}", tally=converted(row.tally))
            for row in rows
        )
        for row, measurement in zip(rows, made, strict=True):
            row.measurement_id = measurement.pk
        DocumentAgreement.objects.bulk_update(rows, ["measurement_id"])


def converted(tally):
    """What were lists of pairs are mappings now, so that tallies add up place by place."""
    pairs = {}
    for pair in tally["pairs"]:
        kept = {name: value for name, value in pair.items() if name not in ("between", "attributes")}
        attributes = {
            key([label, name]): {key([first, second]): count for first, second, count in cells}
            for label, name, cells in pair["attributes"]
        }
        pairs[key(pair["between"])] = {**kept, "attributes": attributes}
    sets = tally["label_sets"]
    margins = {key(labels): count for labels, count in sets["margins"]}
    return {**tally, "pairs": pairs, "label_sets": {**sets, "margins": margins}}


def key(parts):
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


class Migration(migrations.Migration):
    dependencies = [
        ("agreement", "0001_initial"),
        ("documents", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="agreementreport",
            name="aliases",
            field=models.JSONField(
                default=dict, help_text="By name what a blind report calls people; empty otherwise."
            ),
        ),
        migrations.AddField(
            model_name="agreementreport",
            name="scope",
            field=models.JSONField(
                default=dict, help_text="What it is limited to, as `annotator.agreement.scope` writes it."
            ),
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="Digest of sets, revisions, names and what limits the spans.", max_length=64
                    ),
                ),
                ("tally", models.JSONField(help_text="As `annotator.agreement.tally_records` writes it.")),
                (
                    "statistics",
                    models.JSONField(default=dict, help_text="As `annotator.agreement.statistics` writes it."),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Disagreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.CharField(max_length=170)),
                ("second", models.CharField(max_length=170)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missed", "missed"),
                            ("boundary", "boundary"),
                            ("segmentation", "segmentation"),
                            ("label", "label"),
                            ("attribute", "attribute"),
                            ("relation", "relation"),
                        ],
                        max_length=16,
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=64)),
                ("other", models.CharField(blank=True, max_length=64)),
                ("attribute", models.CharField(blank=True, max_length=200)),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                (
                    "words",
                    models.CharField(help_text="What it is about, in small letters, shortened.", max_length=80),
                ),
                (
                    "start_difference",
                    models.CharField(blank=True, help_text="What is between the two starts.", max_length=16),
                ),
                ("end_difference", models.CharField(blank=True, max_length=16)),
                ("detail", models.JSONField()),
                (
                    "measurement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disagreements",
                        to="agreement.measurement",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="documentagreement",
            name="measurement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="agreement.measurement",
            ),
        ),
        # The rest is a migration of its own: PostgreSQL does not alter a table with rows changed in the same transaction.
        migrations.RunPython(keep_tallies, migrations.RunPython.noop),
    ]
