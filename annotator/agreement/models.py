"""Stored agreement reports, what they were made from, and every disagreement behind their figures."""

from django.conf import settings
from django.db import models

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from annotator.measures.alignment import DisagreementKind
from annotator.platform.jobs.models import Job
from projects.models import Project

AUTHOR_LENGTH = 170
WORDS_LENGTH = 80


class AgreementReport(models.Model):
    """The agreement in a project at one time; `result` is what `annotator.agreement.reports.report` reads."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="agreement_reports")
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="agreement_report")
    gamma_job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    measured_at = models.DateTimeField(null=True)
    scope = models.JSONField(default=dict, help_text="What it covers, as `annotator.agreement.scope` writes it.")
    aliases = models.JSONField(default=dict, help_text="The names that a blind report shows, by name; else empty.")
    result = models.JSONField(null=True)
    tracks_changes = models.BooleanField(
        default=True,
        db_default=False,
        help_text="Whether plans of documents tell what changed since; false in reports of earlier versions.",
    )
    sums = models.JSONField(null=True, help_text="Tallies by import: the next report adds only changes.")

    def __str__(self) -> str:
        return f"agreement in {self.project} of {self.created_at}"

    @property
    def is_limited(self) -> bool:
        """Whether it covers only part of what can be compared. Such a report is never the official one."""
        return bool(self.scope.keys() - {"blind"})

    @property
    def covers_everything(self) -> bool:
        """Whether every document and span that can be compared counts, perhaps over other tokens."""
        return not self.scope.keys() - {"blind", "tokens"}


class Measurement(models.Model):
    """What was measured on one document from certain sets at certain revisions; reports share it.

    Its disagreements are rows of their own.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, help_text="Digest of sets, revisions, names and filters of spans.")
    tally = models.JSONField(help_text="As `annotator.agreement.counting.tally_records` writes it.")
    statistics = models.JSONField(default=dict, help_text="As `annotator.agreement.counting.statistics` writes it.")
    gamma = models.JSONField(null=True, help_text="The best alignment, as `reports.gamma` writes it.")
    overlap_f1 = models.FloatField(null=True, help_text="For `DocumentAgreement`, which explains it.")
    exact_f1 = models.FloatField(null=True)
    alpha = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "key"], name="measurement_once")]

    def __str__(self) -> str:
        return f"measurement of {self.document_id}"


class DocumentAgreement(models.Model):
    """A document in a report, and the figures by which documents are ordered."""

    report = models.ForeignKey(AgreementReport, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="agreements")
    overlap_f1 = models.FloatField(null=True, help_text="All labels and pairs; null without spans.")
    exact_f1 = models.FloatField(null=True)
    alpha = models.FloatField(null=True, help_text="Over tokens, the set of labels as value; null: not defined.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "document"], name="document_once_per_report")]
        indexes = [
            models.Index(fields=["report", "overlap_f1", "exact_f1", "id"], name="document_agreement_overlap"),
            models.Index(fields=["report", "exact_f1", "overlap_f1", "id"], name="document_agreement_exact"),
            models.Index(fields=["report", "alpha", "id"], name="document_agreement_alpha"),
        ]

    def __str__(self) -> str:
        return f"agreement on {self.document_id}"


class Disagreement(models.Model):
    """One disagreement of two annotators.

    `label` is the label of the first annotator's span (or relation), `other` that of the second; "" for an annotator
    without a span there. `detail` holds both versions: `{"first": [version, …], "second": […]}`, a version
    `{"label", "fragments"}` and `"value"` of the attribute or `"relation"` and `"target"`.
    """

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="disagreements", db_index=False)
    first = models.CharField(max_length=AUTHOR_LENGTH)
    second = models.CharField(max_length=AUTHOR_LENGTH)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in DisagreementKind])
    label = models.CharField(max_length=64, blank=True)
    other = models.CharField(max_length=64, blank=True)
    attribute = models.CharField(max_length=200, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    words = models.CharField(
        max_length=WORDS_LENGTH, help_text="The text it is about, in lowercase letters, shortened."
    )
    start_difference = models.CharField(
        max_length=16, blank=True, help_text="The class of the text between the two starts."
    )
    end_difference = models.CharField(max_length=16, blank=True)
    location = models.PositiveIntegerField(
        null=True, help_text="The number of its location in the document; null in measurements of earlier versions."
    )
    apart = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="1: the first annotator differs from most others here; 2: the second; 3: both.",
    )
    detail = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["measurement", "start", "end", "id"], name="disagreement_place"),
            models.Index(fields=["measurement", "kind", "label", "other"], name="disagreement_kind"),
            models.Index(fields=["words", "measurement"], name="disagreement_words"),
            models.Index(fields=["measurement", "location", "id"], name="disagreement_location"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start}-{self.end}"


class ReportedSet(models.Model):
    """An annotation set that a report was made from, and its revision then."""

    report = models.ForeignKey(AgreementReport, on_delete=models.CASCADE, related_name="sets")
    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.PROTECT, related_name="+")
    author = models.CharField(max_length=AUTHOR_LENGTH, help_text="The name under which it counts in the report.")
    revision = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "annotation_set"], name="set_once_per_report")]

    def __str__(self) -> str:
        return f"set {self.annotation_set_id} at revision {self.revision}"
