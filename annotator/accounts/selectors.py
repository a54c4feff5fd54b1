"""Reading accounts and tokens."""

import hashlib
from datetime import datetime

from django.db.models import Q, QuerySet

from annotator.accounts.models import ApiToken, User


def find_token(secret: bytes, *, now: datetime) -> ApiToken | None:
    """Return the valid token with this secret whose user is active."""
    digest = hashlib.sha256(secret).hexdigest()
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    tokens = ApiToken.objects.select_related("user").filter(unexpired, digest=digest, user__is_active=True)
    return tokens.order_by("id").first()


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Return a person's own tokens, newest first."""
    return ApiToken.objects.filter(user=user).order_by("-created_at", "id")
