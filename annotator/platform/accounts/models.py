"""Users, the API tokens of their programs, and their preferences."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from annotator.platform.accounts.scopes import Scope


class User(AbstractUser):
    """A person who signs in. Users are never deleted, only deactivated, so that annotations keep their author."""

    class Meta:
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="username_once_in_any_capitals",
                violation_error_message="This user name is taken.",
            )
        ]

    # Of a request by a token that is limited to one project; every query of projects respects it.
    limited_to_project: int | None = None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the user; a new password ends the API tokens that were to end with it."""
        # None again after a sign-in that only renewed the hash.
        has_new_password = getattr(self, "_password", None) is not None
        super().save(*args, **kwargs)
        if has_new_password:
            ApiToken.objects.filter(user=self, ends_with_password=True).delete()


class ApiToken(models.Model):
    """An API token of a program; only its SHA-256 is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=8)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    scope = models.CharField(max_length=16, choices=Scope, default=Scope.MANAGE)
    project = models.ForeignKey(
        "projects.Project", null=True, blank=True, on_delete=models.CASCADE, related_name="api_tokens"
    )
    ends_with_password = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Preferences(models.Model):
    """The preferences of a user (`annotator.platform.accounts.preferences`); without a row the defaults apply."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    editor_preferences = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Preferences of {self.user_id}"
