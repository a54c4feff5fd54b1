"""Invitations by e-mail, several at once: a job sends them over one connection."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import check_address
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.platform.mail import Send, site_address
from annotator.problems import Conflict, FieldError, InvalidInput, gettext_noop
from projects.models import Invitation, Project
from projects.roles import Role
from projects.services.members import INVITATION_LIFETIME, create_invitation

INVITATION_JOB = "send_invitations"
MOST_ADDRESSES = 200
SEPARATORS = re.compile(r"[\s,;]+")


class MailOff(Conflict):
    """The site sends no e-mail."""

    code = "mail_off"
    title = gettext_noop("This site sends no e-mail")


def split_addresses(text: str) -> list[str]:
    """Return the addresses in a text, separated by commas, semicolons, spaces or lines; raise `InvalidInput`."""
    errors: list[FieldError] = []
    addresses: dict[str, str] = {}
    for part in filter(None, SEPARATORS.split(text)):
        try:
            address = check_address(part.strip("<>"))
            addresses.setdefault(address.lower(), address)
        except InvalidInput as problem:
            errors.append({"pointer": "/emails", "detail": problem.detail})
    if not errors and not 1 <= len(addresses) <= MOST_ADDRESSES:
        detail = _("Enter 1 to %(limit)s e-mail addresses.") % {"limit": MOST_ADDRESSES}
        errors.append({"pointer": "/emails", "detail": detail})
    if errors:
        raise InvalidInput(" ".join(error["detail"] for error in errors[:5]), errors=errors[:5])
    return list(addresses.values())


def invitation_link(secret: str, request: HttpRequest | None = None) -> str:
    """Return the absolute address of an invitation; for an e-mail without the request."""
    return site_address(reverse("projects:invitation", args=[secret]), request)


def check_enabled() -> None:
    """Raise `MailOff` when the site sends no e-mail."""
    if not settings.EMAIL_ENABLED:
        raise MailOff(_("Set EMAIL_URL to send invitations, or create invitation links and send them yourself."))


def start_invitations(
    project: Project,
    addresses: Sequence[str],
    *,
    role: Role,
    by: User | None,
    now: datetime,
    own_process: bool = False,
) -> Job:
    """Start the job that creates an invitation for each address and sends its link; raise `MailOff`."""
    check_enabled()
    params = {"addresses": list(addresses), "role": role.value}
    with transaction.atomic():
        return jobs.start(
            INVITATION_JOB,
            project_id=project.pk,
            params=params,
            started_by=by,
            now=now,
            own_process=own_process,
        )


def send_invitation(
    project: Project, address: str, *, role: Role, by: User | None, now: datetime, send: Send
) -> Invitation:
    """Create an invitation and send its link; an open one to the same address is revoked. Raises `MailFailed`."""
    with transaction.atomic():
        earlier = Invitation.objects.filter(project=project, email__iexact=address, accepted_at=None, revoked_at=None)
        earlier.update(revoked_at=now)
        invitation, secret = create_invitation(project, role=role, by=by, now=now, note=address[:200], email=address)
    link = invitation_link(secret)
    text = _(
        "%(by)s invites you to annotate in the project “%(project)s”. Your role: %(role)s.\n\n"
        "Open this link to join:\n\n%(link)s\n\n"
        "The link can be used once and is valid for %(days)s days. Do not forward it: the first person who uses it "
        "joins."
    )
    sender = by.username if by else _("The administrator")
    values = {
        "by": sender,
        "project": project.name,
        "role": invitation.get_role_display(),
        "link": link,
        "days": INVITATION_LIFETIME.days,
    }
    try:
        send(address, _("Invitation to “%(project)s”") % {"project": project.name}, text % values)
    except BaseException:
        Invitation.objects.filter(pk=invitation.pk).update(revoked_at=now)
        raise
    return invitation
