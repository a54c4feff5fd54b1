"""The account that a command is about."""

from django.core.management.base import CommandError

from annotator.platform.accounts.models import User
from annotator.platform.accounts.selectors import find_user


def get_account(username: str) -> User:
    """Return the account with a name; raise `CommandError` when there is none."""
    user = find_user(username)
    if user is None:
        raise CommandError(f"There is no user “{username}”.")
    return user
