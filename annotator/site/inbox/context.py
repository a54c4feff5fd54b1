"""What the frame of every page shows of the inbox."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from annotator.platform.accounts.requests import user_of
from annotator.site.inbox.selectors import inbox_count


def inbox(request: HttpRequest) -> dict[str, object]:
    """Return the number of things that wait for the user, counted when a page of a signed-in user shows it."""
    return {"inbox_count": SimpleLazyObject(lambda: inbox_count(user_of(request), now=timezone.now()))}
