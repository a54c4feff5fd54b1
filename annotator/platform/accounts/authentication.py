"""Authentication of programs by `Authorization: Bearer <token>`, and of pages by the session they were opened in."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from annotator.platform.accounts import selectors, services
from annotator.platform.accounts.models import ApiToken, User

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
