"""Changing accounts, tokens and preferences."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from annotator.platform.accounts import selectors
from annotator.platform.accounts.models import ApiToken, Preferences, User
from annotator.platform.accounts.preferences import EditorPreferences
from annotator.problems import Conflict, FieldError, InvalidInput

# A write for every request of a program would only wear the disk.
USE_IS_NOTED_EVERY = timedelta(minutes=10)
LONGEST_USERNAME = 100
LONGEST_TOKEN_NAME = 100
MOST_TOKENS = 50
# Names of annotation sets that are nobody's own.
RESERVED_USERNAMES = frozenset({"adjudicated"})


class TooManyTokens(Conflict):
    """Somebody has as many API tokens as anybody can keep apart."""

    code = "too_many_tokens"
    title = "Too many tokens"


def create_user(username: str, *, password: str, now: datetime) -> User:
    """Make an account.

    Raises `InvalidInput` for a name that is taken (also in capitals) or cannot be used, and for a weak password.
    """
    username = User.normalize_username(username.strip())
    user = User(username=username, date_joined=now)
    errors = [*_username_errors(username), *_password_errors(password, user)]
    if errors:
        raise _invalid(errors)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise _invalid([_taken(username)]) from error
    return user


def change_password(user: User, *, password: str) -> None:
    """Give somebody another password; raises `InvalidInput` for a weak one. API tokens stay valid."""
    errors = _password_errors(password, user)
    if errors:
        raise _invalid(errors)
    user.set_password(password)
    user.save(update_fields=["password"])


def set_active(user: User, *, active: bool) -> None:
    """Let somebody sign in, or no longer: sessions and tokens of an inactive account are refused at once."""
    user.is_active = active
    user.save(update_fields=["is_active"])


def create_token(user: User, *, name: str, now: datetime, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """Make a token for a program; the secret is returned once and cannot be read again."""
    name = name.strip()
    if not name or len(name) > LONGEST_TOKEN_NAME or "\0" in name:
        raise _invalid([{"pointer": "/name", "detail": f"Name the token, in at most {LONGEST_TOKEN_NAME} characters."}])
    if expires_at is not None and expires_at <= now:
        raise _invalid([{"pointer": "/expires_at", "detail": "The token would have expired already."}])
    if selectors.tokens_of(user).count() >= MOST_TOKENS:
        raise TooManyTokens(f"You have {MOST_TOKENS} tokens. Withdraw one that is not used any more.")
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


def revoke_token(token: ApiToken) -> None:
    """Withdraw a token for good."""
    token.delete()


def note_token_use(token: ApiToken, *, now: datetime) -> None:
    """Remember when a token was last used, to ten minutes."""
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def set_editor_preferences(user: User, preferences: EditorPreferences, *, now: datetime) -> None:
    """Remember how somebody likes the editor, in place of what was remembered before."""
    Preferences.objects.update_or_create(user=user, defaults={"editor_preferences": preferences, "updated_at": now})


def choose_letter_keys(user: User, letter_keys: str, *, now: datetime) -> None:
    """Remember whether single keys act on the pages of agreement and adjudication; the rest stays as it is."""
    preferences = selectors.editor_preferences(user)
    set_editor_preferences(user, EditorPreferences(**preferences | {"letter_keys": letter_keys}), now=now)


def _username_errors(username: str) -> list[FieldError]:
    if not username:
        return [{"pointer": "/username", "detail": "Choose a user name."}]
    if len(username) > LONGEST_USERNAME:
        return [{"pointer": "/username", "detail": f"A user name has at most {LONGEST_USERNAME} characters."}]
    try:
        User.username_validator(username)
    except ValidationError:
        detail = "A user name consists of letters, digits and @ . + - _ only."
        return [{"pointer": "/username", "detail": detail}]
    taken = username.lower() in RESERVED_USERNAMES or selectors.username_is_taken(username)
    return [_taken(username)] if taken else []


def _taken(username: str) -> FieldError:
    return {"pointer": "/username", "detail": f"“{username}” is taken. Choose another user name."}


def _password_errors(password: str, user: User) -> list[FieldError]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [{"pointer": "/password", "detail": message} for message in error.messages]
    return []


def _invalid(errors: list[FieldError]) -> InvalidInput:
    return InvalidInput(" ".join(error["detail"] for error in errors), errors=errors)
