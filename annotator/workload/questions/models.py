"""Questions about a span, a document or a rule of the guidelines, with their threads."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from projects.models import Project


class Question(models.Model):
    """A question with what it is about; each part may be empty.

    Leads, the person who asked and people whom a lead mentions see the thread. A published question shows everyone in
    the project its text and the answer, without names, document and thread, so that annotators stay independent.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="questions")
    document = models.ForeignKey(Document, null=True, on_delete=models.CASCADE, related_name="questions")
    annotation_set = models.ForeignKey(AnnotationSet, null=True, on_delete=models.SET_NULL, related_name="+")
    start = models.PositiveIntegerField(null=True, help_text="Of the passage, in code points.")
    end = models.PositiveIntegerField(null=True)
    quote = models.CharField(max_length=200, blank=True, help_text="The beginning of the passage.")
    label = models.CharField(max_length=64, blank=True, help_text="The label that the question or answer is about.")
    rule = models.CharField(max_length=200, blank=True, help_text="A heading of the guidelines.")
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text="Of the newest comment.")
    waits_for_lead = models.BooleanField(default=True, help_text="No lead has answered since the last comment.")
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, help_text="The answer that everyone sees once it is published.")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__lt=models.F("end")),
                name="question_passage_not_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-changed_at", "id"], name="question_order"),
            models.Index(fields=["project"], condition=Q(waits_for_lead=True), name="question_waits"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class QuestionComment(models.Model):
    """A comment in the thread of a question."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"comment {self.pk} on question {self.question_id}"


class QuestionReader(models.Model):
    """A person who follows a question: who asked, who commented, and who was mentioned."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_unread = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="question_reader_once")]
        indexes = [models.Index(fields=["user"], condition=Q(is_unread=True), name="question_unread")]

    def __str__(self) -> str:
        return f"{self.user_id} follows question {self.question_id}"
