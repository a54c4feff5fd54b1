"""Exports: data sets written to files."""

from django.conf import settings
from django.db import models

from annotator.platform.jobs.models import Job
from projects.models import Project


class Export(models.Model):
    """A data set written to shared files, with its manifest."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="exports")
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="export")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    options = models.JSONField()
    manifest = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True, help_text="In bytes.")

    def __str__(self) -> str:
        return f"export {self.pk} of {self.project}"
