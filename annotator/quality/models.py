"""Quality control of annotators: how a project checks them, with which gold documents, and who may annotate."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import SetPurpose
from projects.models import Project

SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]
PURPOSES = [(purpose.value, purpose.label) for purpose in SetPurpose if purpose != SetPurpose.DATA]
LONGEST_MESSAGE = 500


class FeedbackTime(models.TextChoices):
    """When people who qualify see how their annotations differ from the adjudicated ones."""

    AFTER_EACH = "after", _("After each document")
    AT_THE_END = "end", _("When they have annotated all documents")
    NEVER = "never", _("Never")


class QualityPlan(models.Model):
    """How a project checks its annotators; thresholds are F1 against the adjudicated sets."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="quality_plan")
    is_required = models.BooleanField(
        default=False, help_text="Whether new annotators qualify before documents are assigned to them."
    )
    least_overlap = models.FloatField(null=True, blank=True, validators=SHARE)
    least_exact = models.FloatField(null=True, blank=True, validators=SHARE)
    by_label = models.BooleanField(
        default=True, help_text="Whether each label with enough spans decides too, not only all labels together."
    )
    opens_work = models.BooleanField(default=True, help_text="Whether passing opens work without a lead.")
    feedback = models.CharField(max_length=8, choices=FeedbackTime, default=FeedbackTime.AFTER_EACH)
    check_every = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(1000)],
        help_text="One document in so many is a gold check, on average.",
    )
    tells_checks = models.BooleanField(default=False, help_text="Whether annotators see what gold checks showed.")
    pauses = models.BooleanField(default=False, help_text="Whether failing gold checks pauses the queue of a person.")
    pause_message = models.CharField(max_length=LONGEST_MESSAGE, blank=True)

    def __str__(self) -> str:
        return f"quality plan of {self.project_id}"


class GoldDocument(models.Model):
    """An adjudicated document that is used for practice, qualification or gold checks."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="gold_documents")
    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="gold_use")
    purpose = models.CharField(max_length=16, choices=PURPOSES)

    class Meta:
        indexes = [models.Index(fields=["project", "purpose", "id"], name="gold_documents_by_purpose")]

    def __str__(self) -> str:
        return f"document {self.document_id} for {self.purpose}"


class Admission(models.Model):
    """Whether documents are assigned to a person: opened by passing (`opened_by` is null) or by a lead, or paused."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="admissions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_open = models.BooleanField(default=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    alerted_at = models.DateTimeField(null=True, help_text="When gold checks failed and leads were alerted.")
    message = models.CharField(max_length=LONGEST_MESSAGE, blank=True, help_text="Why the queue is paused.")
    resumed_at = models.DateTimeField(null=True, help_text="Gold checks before are not held against the person again.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="admission_once_per_project")]

    def __str__(self) -> str:
        return f"admission of {self.user_id} to {self.project_id}"
