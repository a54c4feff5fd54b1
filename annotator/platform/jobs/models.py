"""Background jobs. The row is authoritative; the broker only wakes workers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

WHERE_LENGTH = 300


class JobState(models.TextChoices):
    """The states of a job; the last three are final."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


FINAL_STATES = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class LineLevel(models.TextChoices):
    """The severity of a report line."""

    INFO = "info", _("Info")
    WARNING = "warning", _("Warning")
    ERROR = "error", _("Error")


class Job(models.Model):
    """A background job with its progress, and its result or problem."""

    kind = models.CharField(max_length=64)
    project = models.ForeignKey("projects.Project", null=True, on_delete=models.PROTECT, related_name="jobs")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    own_process = models.BooleanField(default=False, help_text="Run by a command in its own process, not by a worker.")
    cursor = models.JSONField(null=True, help_text="The checkpoint from which another attempt continues.")
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
        """Whether the state is final."""
        return self.state in FINAL_STATES


class JobLine(models.Model):
    """A line of the report of a job."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    level = models.CharField(max_length=8, choices=LineLevel)
    where = models.CharField(max_length=WHERE_LENGTH, blank=True)
    message = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["job", "id"], name="job_line_order")]

    def __str__(self) -> str:
        return f"{self.level} {self.where}: {self.message}"


class Worker(models.Model):
    """A worker process that runs now or ran lately; its sweeper keeps `seen_at` up to date."""

    name = models.CharField(max_length=200, unique=True, help_text="Host name and process id.")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
