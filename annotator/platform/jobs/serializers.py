"""The shape of a job and of the lines of its report in the API."""

from rest_framework import serializers

from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.jobs import registry
from annotator.platform.jobs.models import Job, JobLine


class JobOut(serializers.ModelSerializer[Job]):
    """A job: its state, how far it is, and at the end its result or its problem."""

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
        """Return what people call this kind of job."""
        return registry.title_of(job.kind)


class JobLineOut(serializers.ModelSerializer[JobLine]):
    """A line of a report."""

    class Meta:
        model = JobLine
        fields = ["id", "level", "where", "message"]
