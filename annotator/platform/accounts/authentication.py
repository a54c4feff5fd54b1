"""Authentication of programs by `Authorization: Bearer <token>`."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from annotator.platform.accounts import selectors, services
from annotator.platform.accounts.models import ApiToken, User


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
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return the WWW-Authenticate header for requests without a token."""
        return 'Bearer realm="api"'
