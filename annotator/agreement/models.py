"""Stored agreement reports."""

from django.conf import settings
from django.db import models

from annotator.documents.models import Document
from annotator.jobs.models import Job
from annotator.spans.models import AnnotationSet
from projects.models import Project


class AgreementReport(models.Model):
    """Agreement in a project as it stood; `result` is what `annotator.agreement.reports` made of its documents."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="agreement_reports")
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="agreement_report")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    measured_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"agreement in {self.project} of {self.created_at}"


class DocumentAgreement(models.Model):
    """What one document contributed to a report (a tally), and the figures by which documents are put in order."""

    report = models.ForeignKey(AgreementReport, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    overlap_f1 = models.FloatField(null=True, help_text="All labels and pairs; null: nobody marked anything.")
    exact_f1 = models.FloatField(null=True)
    alpha = models.FloatField(null=True, help_text="Over tokens, the set of labels as value; null: not defined.")
    tally = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "document"], name="document_once_per_report")]
        indexes = [
            models.Index(fields=["report", "overlap_f1", "exact_f1", "id"], name="document_agreement_overlap"),
            models.Index(fields=["report", "exact_f1", "overlap_f1", "id"], name="document_agreement_exact"),
            models.Index(fields=["report", "alpha", "id"], name="document_agreement_alpha"),
        ]

    def __str__(self) -> str:
        return f"agreement on {self.document_id}"


class ReportedSet(models.Model):
    """An annotation set that a report was made from, at the revision it had then."""

    report = models.ForeignKey(AgreementReport, on_delete=models.CASCADE, related_name="sets")
    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.PROTECT, related_name="+")
    author = models.CharField(max_length=170, help_text="Under which name it counts in the report.")
    revision = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "annotation_set"], name="set_once_per_report")]

    def __str__(self) -> str:
        return f"set {self.annotation_set_id} at revision {self.revision}"
