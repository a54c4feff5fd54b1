"""Queries of accounts, API tokens and preferences."""

import hashlib
from datetime import datetime
from typing import Any, cast

from django.apps import apps
from django.db.models import DateTimeField, Q, QuerySet
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import ApiToken, Preferences, User
from annotator.platform.accounts.preferences import DEFAULTS, EditorPreferences
from annotator.platform.prepared import Parameter, PreparedQuery
from annotator.problems import NotFound


def _build_valid_tokens() -> QuerySet[ApiToken]:
    now = Parameter("now", DateTimeField())
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    tokens = ApiToken.objects.select_related("user").filter(unexpired, user__is_active=True)
    return tokens.filter(digest=Parameter("digest")).order_by("id")


_valid_tokens = PreparedQuery(_build_valid_tokens)


def find_token(secret: bytes, *, now: datetime) -> ApiToken | None:
    """Return the valid token with this secret whose user is active."""
    return _valid_tokens.first(digest=hashlib.sha256(secret).hexdigest(), now=now)


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Return the API tokens of a user, newest first."""
    tokens = ApiToken.objects.filter(user=user).select_related("project")
    if user.limited_to_project is not None:
        tokens = tokens.filter(project=user.limited_to_project)
    return tokens.order_by("-created_at", "id")


def projects_for_tokens(user: User) -> QuerySet[Any]:
    """Return the projects to which a token of a user can be limited."""
    projects: QuerySet[Any] = apps.get_model("projects", "Project").objects.filter(memberships__user=user)
    if user.limited_to_project is not None:
        projects = projects.filter(pk=user.limited_to_project)
    return projects.order_by("name", "id")


def get_token(token_id: int, *, user: User) -> ApiToken:
    """Return an API token of a user, or raise `NotFound`."""
    token = tokens_of(user).filter(pk=token_id).first()
    if token is None:
        raise NotFound(_("This token does not exist, or it is not yours."))
    return token


def username_is_taken(username: str) -> bool:
    """Return whether a user has this name, ignoring case."""
    return User.objects.filter(username__iexact=username).exists()


def find_user(username: str) -> User | None:
    """Return the user with a name, for commands; None when there is none."""
    return User.objects.filter(username=username).order_by("id").first()


def editor_preferences(user: User) -> EditorPreferences:
    """Return the editor preferences of a user, including defaults."""
    row = Preferences.objects.filter(user=user).order_by("id").first()
    stored = {} if row is None else row.editor_preferences
    known = {name: value for name, value in stored.items() if name in DEFAULTS}
    return cast(EditorPreferences, {**DEFAULTS, **known})
