"""Authentication of programs by `Authorization: Bearer <token>`, and of pages by the session they were opened in.

Sessions are in the database, as Django keeps them; each request of a page reads one, and its user, by prepared queries.
"""

from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import DateTimeField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from annotator.platform.accounts import selectors, services
from annotator.platform.accounts.models import ApiToken, User
from annotator.platform.prepared import Parameter, PreparedQuery

OPENED_BY = "X-Opened-By"
"""Header with the key of the user who opened the page that sends a request."""


class OtherUser(AuthenticationFailed):
    """The session of the browser belongs to another user than the page that sent the request."""

    default_code = "other_user"
    default_detail = "Another user is signed in now. Sign in again as the user who opened the page."


class TokenAuthentication(BaseAuthentication):
    """Authentication by API token; the keyword is `Bearer` or `Token`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return user and token, or None when the request carries no token."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() not in (b"bearer", b"token"):
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("The Authorization header must have the form: Bearer TOKEN.")
        now = timezone.now()
        token = selectors.find_token(parts[1], now=now)
        if token is None:
            raise AuthenticationFailed(
                "The token is unknown, expired or deleted. Create a new one on your account page."
            )
        services.record_token_use(token, now=now)
        token.user.limited_to_project = token.project_id
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return the WWW-Authenticate header for requests without a token."""
        return 'Bearer realm="api"'


class PageAuthentication(SessionAuthentication):
    """Authentication by the session; a page that says who opened it is refused for another user."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the user of the session; raise `OtherUser` when another user opened the page."""
        signed_in: tuple[User, None] | None = super().authenticate(request)
        opened_by = request.headers.get(OPENED_BY)
        if signed_in is not None and opened_by is not None and opened_by != str(signed_in[0].pk):
            raise OtherUser
        return signed_in


BACKEND = "django.contrib.auth.backends.ModelBackend"
_data = PreparedQuery(
    lambda: (
        Session.objects.filter(session_key=Parameter("key"), expire_date__gt=Parameter("now", DateTimeField()))
        .order_by("session_key")
        .values_list("session_data")
    )
)
_user = PreparedQuery(lambda: User.objects.filter(pk=Parameter("user"), is_active=True).order_by("id"))


class SessionStore(db.SessionStore):
    """Django's store; only reading differs."""

    def load(self) -> dict[str, Any]:
        """Return the content of the session; an expired or unknown one loses its key, and is empty."""
        row = _data.first(key=self.session_key, now=timezone.now())
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])


class SessionUserMiddleware(AuthenticationMiddleware):
    """Django's middleware, which reads a user who is signed in by a prepared query.

    Everything else is left to Django: other backends, changed passwords, fallback keys, and requests without a user.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Set the user of the request, who is read when they are asked for."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    found: User | AnonymousUser = _signed_in(request) or get_user(request)
    request.__dict__["_cached_user"] = found  # where Django keeps it, and the log finds it
    return found


def _signed_in(request: HttpRequest) -> User | None:
    """Return the user of a session that is in order; None when Django has to look at it."""
    key, session_hash = request.session.get(SESSION_KEY, ""), request.session.get(HASH_SESSION_KEY)
    if request.session.get(BACKEND_SESSION_KEY) != BACKEND or not key.isdecimal() or not session_hash:
        return None
    user = _user.first(user=int(key))
    return user if user is not None and constant_time_compare(session_hash, user.get_session_auth_hash()) else None
