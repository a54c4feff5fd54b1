"""People of a project: invitations, roles, leaving."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import create_user
from annotator.problems import InvalidInput
from annotator.text.json_objects import UNSTORABLE
from projects import selectors
from projects.models import Invitation, Membership, Project
from projects.problems import AlreadyMember, InvitationGone, LastLead
from projects.roles import Role
from projects.services.locks import lock_project

INVITATION_LASTS = timedelta(days=14)
LONGEST_NOTE = 200


def add_member(project: Project, user: User, *, role: Role, now: datetime) -> Membership:
    """Make somebody a member; raises `AlreadyMember`."""
    try:
        with transaction.atomic():
            return Membership.objects.create(project=project, user=user, role=role, joined_at=now)
    except IntegrityError as error:
        raise AlreadyMember(f"{user.username} belongs to “{project.name}” already.") from error


def create_invitation(
    project: Project, *, role: Role, by: User | None, now: datetime, note: str = "", lasts: timedelta = INVITATION_LASTS
) -> tuple[Invitation, str]:
    """Make a link that lets one person join; its secret is returned once and cannot be read again."""
    if len(note) > LONGEST_NOTE or UNSTORABLE.search(note):
        wrong = f"The note must be text of at most {LONGEST_NOTE} characters."
        raise InvalidInput(wrong, errors=[{"pointer": "/note", "detail": wrong}])
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        project=project,
        role=role,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        note=note,
        created_by=by,
        created_at=now,
        expires_at=now + lasts,
    )
    return invitation, secret


@transaction.atomic
def accept_invitation(secret: str, *, user: User, now: datetime) -> Membership:
    """Let somebody who has an account join, once.

    Raises `NotFound` for an unknown secret, `InvitationGone` for one that was used, withdrawn or is too old, and
    `AlreadyMember` without using the invitation up.
    """
    invitation = selectors.find_invitation(secret)
    _take(invitation, user=user, now=now)
    return add_member(invitation.project, user, role=Role(invitation.role), now=now)


@transaction.atomic
def accept_as_new_person(secret: str, *, username: str, password: str, now: datetime) -> Membership:
    """Make an account for somebody who was invited, and let them join. Raises as `accept_invitation`, `create_user`."""
    invitation = selectors.find_invitation(secret)
    check_usable(invitation, now=now)
    user = create_user(username, password=password, now=now)
    _take(invitation, user=user, now=now)
    return add_member(invitation.project, user, role=Role(invitation.role), now=now)


def check_usable(invitation: Invitation, *, now: datetime) -> None:
    """Raise `InvitationGone` when an invitation cannot be accepted any more."""
    if invitation.accepted_at is not None:
        raise InvitationGone("This invitation was used already. Ask whoever sent it for a new one.")
    if invitation.revoked_at is not None:
        raise InvitationGone("This invitation was withdrawn. Ask whoever sent it for a new one.")
    if invitation.expires_at <= now:
        raise InvitationGone("This invitation is too old. Ask whoever sent it for a new one.")


def _take(invitation: Invitation, *, user: User, now: datetime) -> None:
    """Use an invitation up. The condition is part of the update: of two at the same instant, one gets it."""
    usable = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    if not usable.update(accepted_by=user, accepted_at=now):
        invitation.refresh_from_db()
        check_usable(invitation, now=now)
        raise InvitationGone("This invitation cannot be used any more. Ask whoever sent it for a new one.")


def revoke_invitation(invitation: Invitation, *, now: datetime) -> Invitation:
    """Withdraw an invitation; one that was used or withdrawn stays as it is and raises `InvitationGone`."""
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
        invitation.refresh_from_db()
        raise InvitationGone("This invitation was used or withdrawn already.")
    invitation.revoked_at = now
    return invitation


@transaction.atomic
def change_role(membership: Membership, *, role: Role) -> Membership:
    """Give a member another role; raises `LastLead` when nobody would be left to lead."""
    if role is not Role.LEAD:
        _keep_a_lead(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """Take somebody out of a project; what they did stays. Raises `LastLead` when nobody would be left to lead."""
    _keep_a_lead(membership)
    membership.delete()


def _keep_a_lead(membership: Membership) -> None:
    """Raise `LastLead` for the only lead. The lock makes two leads who leave at once take turns."""
    lock_project(membership.project)
    role = selectors.get_member(membership.project, membership.pk).role
    if role == Role.LEAD and not selectors.leads_of(membership.project).exclude(pk=membership.pk).exists():
        raise LastLead(f"{membership.user.username} is the only lead. Make somebody else a lead first.")
