"""Reading accounts, tokens and preferences."""

import hashlib
from datetime import datetime
from typing import cast

from django.db.models import Q, QuerySet

from annotator.platform.accounts.models import ApiToken, Preferences, User
from annotator.platform.accounts.preferences import DEFAULTS, EditorPreferences
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


def editor_preferences(user: User) -> EditorPreferences:
    """Return how somebody likes the editor, with what they never set as it comes."""
    row = Preferences.objects.filter(user=user).order_by("id").first()
    stored = {} if row is None else row.editor_preferences
    known = {name: value for name, value in stored.items() if name in DEFAULTS}
    return cast(EditorPreferences, {**DEFAULTS, **known})
