"""Background work. The row is the truth; the broker only rings the bell."""

from django.conf import settings
from django.db import models

from projects.models import Project


class JobState(models.TextChoices):
    """Where a job stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(models.Model):
    """One piece of background work with its progress, its result or its problem."""

    kind = models.CharField(max_length=64)
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="jobs")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    cursor = models.JSONField(null=True, help_text="The checkpoint from which another attempt goes on.")
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(null=True)
    cancel_requested = models.BooleanField(default=False)
    result = models.JSONField(null=True)
    problem = models.JSONField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "lease_until"], name="job_state_lease")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"


class JobLine(models.Model):
    """One line of a job's report."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    level = models.CharField(max_length=8, choices=[("info", "info"), ("warning", "warning"), ("error", "error")])
    where = models.CharField(max_length=300, blank=True)
    message = models.TextField()

    def __str__(self) -> str:
        return f"{self.level} {self.where}: {self.message}"
