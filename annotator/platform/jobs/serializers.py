"""Serializers of jobs and report lines."""

from rest_framework import serializers

from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.jobs import registry
from annotator.platform.jobs.models import Job, JobLine


class JobOut(serializers.ModelSerializer[Job]):
    """A job: its state and progress, and at the end its result or problem."""

    title = serializers.SerializerMethodField()
    project = serializers.SlugRelatedField[Job](slug_field="slug", read_only=True)
    started_by = UserNameField()

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "title",
            "project",
            "started_by",
            "state",
            "attempt",
            "progress_done",
            "progress_total",
            "cancel_requested",
            "result",
            "problem",
            "created_at",
            "started_at",
            "finished_at",
        ]

    def get_title(self, job: Job) -> str:
        """Return the title of the kind of job."""
        return registry.title_of(job.kind)


class JobLineOut(serializers.ModelSerializer[JobLine]):
    """A line of the report of a job."""

    class Meta:
        model = JobLine
        fields = ["id", "level", "where", "message"]
