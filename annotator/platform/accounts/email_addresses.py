"""E-mail addresses of accounts, which are stored when they are verified, and links that set a new password."""

from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.platform.mail import send_later, site_address
from annotator.problems import InvalidInput, Problem, gettext_noop

SALT = "annotator.accounts.email"
VALID_SECONDS = 24 * 3600
# One message to an address in this time, so that the site cannot be used to flood a mailbox.
PAUSE_SECONDS = 120


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
    if not _may_send("verify", address):
        return
    token = signing.dumps([user.pk, user.email, address], salt=SALT)
    link = site_address(reverse("accounts:verify-email", args=[token]))
    text = _(
        "Open this link to confirm that %(address)s is the e-mail address of your account “%(name)s”:\n\n%(link)s\n\n"
        "The link is valid for 24 hours. If you did not ask for it, ignore this message."
    )
    send_later(
        address, _("Confirm your e-mail address"), text % {"address": address, "name": user.username, "link": link}
    )


def verify(token: str, *, user: User) -> None:
    """Store the address of a link in the account that asked for it; raise `LinkExpired`."""
    try:
        key, before, address = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
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
    if not users or not _may_send("password", address):
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


def _may_send(kind: str, address: str) -> bool:
    return bool(cache.add(f"mail:{kind}:{address.strip().lower().encode().hex()[:200]}", 1, PAUSE_SECONDS))
