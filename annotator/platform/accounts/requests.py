"""The user of a request, for views that require a sign-in."""

from django.http import HttpRequest
from rest_framework.request import Request

from annotator.platform.accounts.models import User
from annotator.problems import NotFound


def user_of(request: HttpRequest | Request) -> User:
    """Return the signed-in user; decorators and permissions have refused all other requests before."""
    user = request.user
    if not isinstance(user, User):
        raise NotFound("Sign in first.")
    return user
