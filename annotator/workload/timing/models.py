"""How long somebody was at work on an annotation set."""

from django.db import models

from annotator.corpus.spans.models import AnnotationSet


class ActiveTime(models.Model):
    """When somebody was at work on a set: what the editor reported, brought together.

    `periods` is the truth, `seconds` its length, stored so that totals are one query; `words` is how much there is to
    read. Nothing here goes into exports.
    """

    annotation_set = models.OneToOneField(
        AnnotationSet, on_delete=models.CASCADE, primary_key=True, related_name="active_time"
    )
    periods = models.JSONField(default=list, help_text="[[start, end], …] in milliseconds since 1970.")
    seconds = models.PositiveIntegerField(default=0)
    words = models.PositiveIntegerField(help_text="Of the document.")
    reported_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.seconds} s on set {self.annotation_set_id}"
