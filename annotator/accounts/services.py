"""Changing accounts and tokens."""

import hashlib
import secrets
from datetime import datetime, timedelta

from annotator.accounts.models import ApiToken, User

# A write for every request of a program would only wear the disk.
USE_IS_NOTED_EVERY = timedelta(minutes=10)


def create_token(user: User, *, name: str, now: datetime, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """Make a token for a program; the secret is returned once and cannot be read again."""
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        prefix=secret[:8],
        created_at=now,
        expires_at=expires_at,
    )
    return token, secret


def note_token_use(token: ApiToken, *, now: datetime) -> None:
    """Remember when a token was last used, to ten minutes."""
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
