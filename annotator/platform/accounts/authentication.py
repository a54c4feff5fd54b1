"""Programs sign in with `Authorization: Bearer <token>`."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from annotator.platform.accounts import selectors, services
from annotator.platform.accounts.models import ApiToken, User


class TokenAuthentication(BaseAuthentication):
    """Finds the user of an API token; the keyword is `Bearer` or `Token`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return user and token, or None when the request carries no token."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() not in (b"bearer", b"token"):
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("The Authorization header must be: Bearer, a blank, the token.")
        now = timezone.now()
        token = selectors.find_token(parts[1], now=now)
        if token is None:
            raise AuthenticationFailed(
                "The token is unknown, expired or withdrawn. Make a new one on your account page."
            )
        services.note_token_use(token, now=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return what a client without a token is asked for."""
        return 'Bearer realm="api"'
