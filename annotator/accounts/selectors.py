"""Reading accounts and tokens."""

import hashlib
from datetime import datetime

from django.db.models import Q, QuerySet

from annotator.accounts.models import ApiToken, User
from annotator.problems import NotFound


def find_token(secret: bytes, *, now: datetime) -> ApiToken | None:
    """Return the valid token with this secret whose user is active."""
    digest = hashlib.sha256(secret).hexdigest()
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    tokens = ApiToken.objects.select_related("user").filter(unexpired, digest=digest, user__is_active=True)
    return tokens.order_by("id").first()


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Return a person's own tokens, newest first."""
    return ApiToken.objects.filter(user=user).order_by("-created_at", "id")


def get_token(token_id: int, *, user: User) -> ApiToken:
    """Return one of a person's own tokens."""
    token = tokens_of(user).filter(pk=token_id).first()
    if token is None:
        raise NotFound("You have no such token.")
    return token


def username_is_taken(username: str) -> bool:
    """Whether somebody has this user name, in whatever capitals."""
    return User.objects.filter(username__iexact=username).exists()


def find_user(username: str) -> User | None:
    """Return the person with a user name, for commands; None when there is none."""
    return User.objects.filter(username=username).order_by("id").first()
