"""Writing the state of inboxes, and sending digests."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.platform.mail import Send, site_address
from annotator.site.inbox.models import InboxState
from annotator.site.inbox.selectors import inbox_of, state_of

DIGEST_JOB = "send_digests"


def mark_guidelines_read(user: User, *, now: datetime) -> None:
    """Store that a user has seen all guidelines that are published now."""
    InboxState.objects.update_or_create(user=user, defaults={"guidelines_seen_at": now})


def choose_digest(user: User, *, wanted: bool) -> None:
    """Store whether a user wants the digest by mail."""
    InboxState.objects.update_or_create(user=user, defaults={"wants_digest": wanted})


def send_digest(user: User, *, send: Send, now: datetime) -> bool:
    """Send a user what waits for them; return whether there was something new. Raises `MailFailed`."""
    lines = inbox_of(user, now=now).lines()
    digest = "\n".join(lines)
    if not lines or digest == state_of(user).digest:
        return False
    text = _("Hello %(name)s,\n\nthis waits for you:\n\n%(lines)s\n\n%(url)s\n\nYou can turn these messages off there.")
    names = {"name": user.get_username(), "lines": digest, "url": site_address(reverse("inbox:inbox"))}
    send(user.email, _("Annotator: what waits for you"), text % names)
    InboxState.objects.update_or_create(user=user, defaults={"digest": digest, "digest_sent_at": now})
    return True
