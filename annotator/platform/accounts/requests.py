"""Who sends a request, for views and endpoints that only signed-in people reach."""

from django.http import HttpRequest
from rest_framework.request import Request

from annotator.platform.accounts.models import User
from annotator.problems import NotFound


def user_of(request: HttpRequest | Request) -> User:
    """Return the signed-in person; the decorators and permissions in front let nobody else through."""
    user = request.user
    if not isinstance(user, User):
        raise NotFound("Sign in first.")
    return user
