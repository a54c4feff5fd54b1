"""Stored agreement reports."""

from django.conf import settings
from django.db import models

from annotator.documents.models import Document
from annotator.jobs.models import Job
from projects.models import Project


class AgreementReport(models.Model):
    """Agreement of a project as it stood, with the revisions it was made from."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="agreement_reports")
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="agreement_report")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    measured_at = models.DateTimeField(null=True)
    sources = models.JSONField(default=dict, help_text="Revision of every annotation set it was made from, by id.")
    result = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"agreement in {self.project} of {self.created_at}"


class DocumentAgreement(models.Model):
    """The figures of one document in a report; `score` orders documents from worst to best."""

    report = models.ForeignKey(AgreementReport, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    score = models.FloatField(null=True)
    result = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "document"], name="document_once_per_report")]
        indexes = [models.Index(fields=["report", "score", "id"], name="document_agreement_order")]

    def __str__(self) -> str:
        return f"agreement on {self.document_id}"
