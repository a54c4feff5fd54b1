"""Serializers of jobs and report lines."""

from typing import Any

from rest_framework import serializers

from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.jobs import registry
from annotator.platform.jobs.models import Job, JobLine
from annotator.platform.jobs.selectors import result_of


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

    def to_representation(self, job: Job) -> Any:
        """Return the job with its result as it is shown."""
        return super().to_representation(job) | {"result": result_of(job)}


class JobLineOut(serializers.ModelSerializer[JobLine]):
    """A line of the report of a job."""

    class Meta:
        model = JobLine
        fields = ["id", "level", "where", "message"]
