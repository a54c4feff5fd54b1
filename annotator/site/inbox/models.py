"""What a person has seen of what waits for them, and whether it is sent by mail."""

from django.conf import settings
from django.db import models


class InboxState(models.Model):
    """When a person marked new guidelines as read, and when the last digest was sent."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="inbox_state"
    )
    guidelines_seen_at = models.DateTimeField(null=True)
    wants_digest = models.BooleanField(default=True)
    digest_sent_at = models.DateTimeField(null=True)
    digest = models.TextField(blank=True, help_text="The last one that was sent: the same one is not sent again.")

    def __str__(self) -> str:
        return f"inbox of {self.user_id}"
