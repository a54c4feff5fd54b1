"""Active time on annotation sets."""

from django.db import models

from annotator.corpus.spans.models import AnnotationSet


class ActiveTime(models.Model):
    """The periods in which an annotator was active on a set, as reported by the editor.

    `seconds` is the length of `periods`, stored so that totals take one query; `words` is the length of the document.
    Active time is never exported.
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
