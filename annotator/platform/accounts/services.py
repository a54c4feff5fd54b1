"""Changes of accounts, e-mail addresses, API tokens and preferences."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from annotator.platform.accounts import selectors
from annotator.platform.accounts.models import ApiToken, Preferences, User
from annotator.platform.accounts.preferences import EditorPreferences
from annotator.platform.accounts.scopes import Scope, includes
from annotator.platform.mail import send_later, site_address
from annotator.problems import Conflict, FieldError, InvalidInput, Problem, gettext_noop

# One write per request of a program would be too many.
TOKEN_USE_INTERVAL = timedelta(minutes=10)
LONGEST_USERNAME = 100
LONGEST_TOKEN_NAME = 100
MOST_TOKENS = 50
# Names of annotation sets that belong to no annotator.
RESERVED_USERNAMES = frozenset({"adjudicated"})


EMAIL_SALT = "annotator.accounts.email"
EMAIL_LINK_SECONDS = 24 * 3600
# One message to an address in this time, so that the site cannot be used to flood a mailbox.
EMAIL_PAUSE_SECONDS = 120


class TooManyTokens(Conflict):
    """The user has as many API tokens as allowed."""

    code = "too_many_tokens"
    title = gettext_noop("Too many tokens")


class TokenTooStrong(Problem):
    """The new token would be allowed more than the token that creates it."""

    status = 403
    code = "token_too_strong"
    title = gettext_noop("Not allowed for this token")


def create_user(username: str, *, password: str, now: datetime) -> User:
    """Create an account.

    Raises `InvalidInput` for a name that is taken (ignoring case) or not allowed, and for a weak password.
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
    """Change the password of a user; raise `InvalidInput` for a weak one. API tokens that do not end with it stay."""
    errors = _password_errors(password, user)
    if errors:
        raise _invalid(errors)
    user.set_password(password)
    user.save(update_fields=["password"])


def set_active(user: User, *, active: bool) -> None:
    """Open or close an account; sessions and API tokens of a closed account are refused at once."""
    user.is_active = active
    user.save(update_fields=["is_active"])


def create_token(
    user: User,
    *,
    name: str,
    now: datetime,
    expires_at: datetime | None = None,
    scope: str = Scope.MANAGE,
    project: Any = None,
    ends_with_password: bool = False,
    made_with: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """Create an API token; its secret is returned once and cannot be read again.

    Without `expires_at` it is valid as long as the site permits. With `made_with`, the token of the request, it may do
    and last no more than that token; raises `TokenTooStrong` otherwise.
    """
    name = name.strip()
    errors = _token_errors(name, expires_at, now)
    if errors:
        raise _invalid(errors)
    expires_at = expires_at or latest_expiry(now)
    if made_with is not None:
        expires_at, project = expires_at or made_with.expires_at, project or made_with.project
        _check_not_stronger(made_with, scope=scope, project=project, expires_at=expires_at)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        # The lock keeps requests at the same moment from passing the limit together.
        User.objects.select_for_update().get(pk=user.pk)
        if ApiToken.objects.filter(user=user).count() >= MOST_TOKENS:
            raise TooManyTokens(
                _("You have %(count)s tokens. Delete one that is no longer used.") % {"count": MOST_TOKENS}
            )
        token = ApiToken.objects.create(
            user=user,
            name=name,
            digest=hashlib.sha256(secret.encode()).hexdigest(),
            prefix=secret[:8],
            created_at=now,
            expires_at=expires_at,
            scope=scope,
            project=project,
            ends_with_password=ends_with_password,
        )
    return token, secret


def latest_expiry(now: datetime) -> datetime | None:
    """Return when a token that is created now must expire; None when the site sets no limit."""
    days: int = settings.TOKEN_MAX_DAYS
    return now + timedelta(days=days) if days else None


def _token_errors(name: str, expires_at: datetime | None, now: datetime) -> list[FieldError]:
    errors: list[FieldError] = []
    if not name or len(name) > LONGEST_TOKEN_NAME or "\0" in name:
        detail = _("Enter a name of 1 to %(limit)s characters.") % {"limit": LONGEST_TOKEN_NAME}
        errors.append({"pointer": "/name", "detail": detail})
    latest = latest_expiry(now)
    if expires_at is not None and expires_at <= now:
        errors.append({"pointer": "/expires_at", "detail": _("The expiry date is in the past.")})
    elif expires_at is not None and latest is not None and expires_at > latest:
        detail = _("Tokens of this site are valid for at most %(days)s days.") % {"days": settings.TOKEN_MAX_DAYS}
        errors.append({"pointer": "/expires_at", "detail": detail})
    return errors


def _check_not_stronger(made_with: ApiToken, *, scope: str, project: Any, expires_at: datetime | None) -> None:
    longer = made_with.expires_at is not None and (expires_at is None or expires_at > made_with.expires_at)
    wider = made_with.project_id is not None and project.pk != made_with.project_id
    if longer or wider or not includes(made_with.scope, scope):
        raise TokenTooStrong(
            _("A token can create only tokens with its own scope, project and expiry date, or with less.")
        )


def revoke_token(token: ApiToken) -> None:
    """Delete an API token."""
    token.delete()


def record_token_use(token: ApiToken, *, now: datetime) -> None:
    """Store when a token was last used, at most once in ten minutes."""
    if token.last_used_at is None or now - token.last_used_at > TOKEN_USE_INTERVAL:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def set_editor_preferences(user: User, preferences: EditorPreferences, *, now: datetime) -> None:
    """Replace the editor preferences of a user."""
    Preferences.objects.update_or_create(user=user, defaults={"editor_preferences": preferences, "updated_at": now})


def set_letter_keys(user: User, letter_keys: str, *, now: datetime) -> None:
    """Store the setting for single-key shortcuts; other preferences stay."""
    preferences = selectors.editor_preferences(user)
    set_editor_preferences(user, EditorPreferences(**preferences | {"letter_keys": letter_keys}), now=now)


def _username_errors(username: str) -> list[FieldError]:
    if not username:
        return [{"pointer": "/username", "detail": _("Enter a user name.")}]
    if len(username) > LONGEST_USERNAME:
        return [
            {
                "pointer": "/username",
                "detail": _("At most %(limit)s characters are allowed.") % {"limit": LONGEST_USERNAME},
            }
        ]
    try:
        User.username_validator(username)
    except ValidationError:
        detail = _("Only letters, digits and @ . + - _ are allowed.")
        return [{"pointer": "/username", "detail": detail}]
    taken = username.lower() in RESERVED_USERNAMES or selectors.username_is_taken(username)
    return [_taken(username)] if taken else []


def _taken(username: str) -> FieldError:
    return {"pointer": "/username", "detail": _("The user name “%(name)s” is taken.") % {"name": username}}


def _password_errors(password: str, user: User) -> list[FieldError]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [{"pointer": "/password", "detail": message} for message in error.messages]
    return []


def _invalid(errors: list[FieldError]) -> InvalidInput:
    return InvalidInput(" ".join(error["detail"] for error in errors), errors=errors)


class LinkExpired(Problem):
    """The link of an e-mail is no longer valid."""

    status = 410
    code = "link_expired"
    title = gettext_noop("The link is no longer valid")


def check_address(address: str) -> str:
    """Return an e-mail address without surrounding space; raise `InvalidInput`."""
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        detail = _("“%(address)s” is not an e-mail address.") % {"address": address[:100]}
        raise InvalidInput(detail, errors=[{"pointer": "/email", "detail": detail}]) from error
    return address


def send_verification(user: User, address: str) -> None:
    """Send a link that stores the address in the account when it is opened; raise `InvalidInput`."""
    address = check_address(address)
    if not _may_mail("verify", address):
        return
    token = signing.dumps([user.pk, user.email, address], salt=EMAIL_SALT)
    link = site_address(reverse("accounts:verify-email", args=[token]))
    text = _(
        "Open this link to confirm that %(address)s is the e-mail address of your account “%(name)s”:\n\n%(link)s\n\n"
        "The link is valid for 24 hours. If you did not ask for it, ignore this message."
    )
    send_later(
        address, _("Confirm your e-mail address"), text % {"address": address, "name": user.username, "link": link}
    )


def verify_address(token: str, *, user: User) -> None:
    """Store the address of a link in the account that asked for it; raise `LinkExpired`."""
    try:
        key, before, address = signing.loads(token, salt=EMAIL_SALT, max_age=EMAIL_LINK_SECONDS)
    except signing.BadSignature as error:
        raise LinkExpired(_("This link has expired or is incomplete. Enter the address again.")) from error
    # The address before is part of the link, so that an older link cannot undo a later change.
    if key != user.pk or not User.objects.filter(pk=key, email=before).update(email=address):
        raise LinkExpired(_("This link is for another account, or it has been used."))
    user.email = address


def remove_address(user: User) -> None:
    """Remove the address of an account."""
    user.email = ""
    user.save(update_fields=["email"])


def send_password_links(address: str) -> None:
    """Send a link to set a new password to each open account with this address, and nothing when there is none."""
    users = list(User.objects.filter(email__iexact=address.strip(), is_active=True).exclude(email="").order_by("id"))
    if not users or not _may_mail("password", address):
        return
    for user in users:
        key, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
        link = site_address(reverse("accounts:new-password", args=[key, token]))
        text = _(
            "Open this link to set a new password for your account “%(name)s”:\n\n%(link)s\n\n"
            "The link is valid for one hour and can be used once. If you did not ask for it, ignore this message: your "
            "password is unchanged."
        )
        send_later(user.email, _("Set a new password"), text % {"name": user.username, "link": link})


def _may_mail(kind: str, address: str) -> bool:
    return bool(cache.add(f"mail:{kind}:{address.strip().lower().encode().hex()[:200]}", 1, EMAIL_PAUSE_SECONDS))
