"""Background work. The row is the truth; the broker only rings the bell."""

from django.conf import settings
from django.db import models

WHERE_LENGTH = 300


class JobState(models.TextChoices):
    """Where a job stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL_STATES = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class LineLevel(models.TextChoices):
    """How grave a line of a report is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Job(models.Model):
    """One piece of background work with its progress, its result or its problem."""

    kind = models.CharField(max_length=64)
    project = models.ForeignKey("projects.Project", null=True, on_delete=models.PROTECT, related_name="jobs")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    own_process = models.BooleanField(default=False, help_text="A command does it itself; no worker takes it.")
    cursor = models.JSONField(null=True, help_text="The checkpoint from which another attempt goes on.")
    line_cursor = models.PositiveBigIntegerField(
        default=0, help_text="The last report line that belongs to the checkpoint."
    )
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

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in FINAL_STATES


class JobLine(models.Model):
    """One line of a job's report."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    level = models.CharField(max_length=8, choices=LineLevel)
    where = models.CharField(max_length=WHERE_LENGTH, blank=True)
    message = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["job", "id"], name="job_line_order")]

    def __str__(self) -> str:
        return f"{self.level} {self.where}: {self.message}"
