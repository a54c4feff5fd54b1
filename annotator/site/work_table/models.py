"""Saved views of the table of documents."""

from django.conf import settings
from django.db import models

from projects.models import Project


class SavedView(models.Model):
    """A choice of filters, columns and order under a name; shared ones are for everyone who sees the table."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="saved_views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    is_shared = models.BooleanField(default=False)
    choice = models.JSONField(default=dict, help_text="As `choice.Choice` writes it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "owner", "name"], name="saved_view_name_once_per_owner")
        ]

    def __str__(self) -> str:
        return self.name
