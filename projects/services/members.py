"""Changes of members: invitations, roles, removal."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import create_user
from annotator.problems import InvalidInput
from annotator.text.json_objects import UNSTORABLE
from projects import selectors
from projects.models import Invitation, Membership, Project
from projects.problems import AlreadyMember, InvitationGone, LastLead
from projects.roles import Role
from projects.services.locks import lock_project

INVITATION_LIFETIME = timedelta(days=14)
LONGEST_NOTE = 200


def add_member(project: Project, user: User, *, role: Role, now: datetime) -> Membership:
    """Add a member; raise `AlreadyMember` for a member."""
    try:
        with transaction.atomic():
            return Membership.objects.create(project=project, user=user, role=role, joined_at=now)
    except IntegrityError as error:
        raise AlreadyMember(
            _("%(user)s is already a member of “%(project)s”.") % {"user": user.username, "project": project.name}
        ) from error


def create_invitation(
    project: Project,
    *,
    role: Role,
    by: User | None,
    now: datetime,
    note: str = "",
    email: str = "",
    lifetime: timedelta = INVITATION_LIFETIME,
) -> tuple[Invitation, str]:
    """Create an invitation for one person; its secret is returned once and cannot be read again."""
    if len(note) > LONGEST_NOTE or UNSTORABLE.search(note):
        detail = _("The note must be text of at most %(limit)s characters.") % {"limit": LONGEST_NOTE}
        raise InvalidInput(detail, errors=[{"pointer": "/note", "detail": detail}])
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        project=project,
        role=role,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        note=note,
        email=email,
        created_by=by,
        created_at=now,
        expires_at=now + lifetime,
    )
    return invitation, secret


@transaction.atomic
def accept_invitation(secret: str, *, user: User, now: datetime) -> Membership:
    """Accept an invitation with an existing account.

    Raises `NotFound` for an unknown secret, `InvitationGone` for a used, revoked or expired invitation, and
    `AlreadyMember`, which does not use the invitation.
    """
    invitation = selectors.find_invitation(secret)
    _use(invitation, user=user, now=now)
    _keep_address(invitation, user)
    return add_member(invitation.project, user, role=Role(invitation.role), now=now)


@transaction.atomic
def accept_with_new_account(secret: str, *, username: str, password: str, now: datetime) -> Membership:
    """Create an account and accept an invitation with it. Raises as `accept_invitation` and `create_user`."""
    invitation = selectors.find_invitation(secret)
    check_usable(invitation, now=now)
    user = create_user(username, password=password, now=now)
    _use(invitation, user=user, now=now)
    _keep_address(invitation, user)
    return add_member(invitation.project, user, role=Role(invitation.role), now=now)


def _keep_address(invitation: Invitation, user: User) -> None:
    """Store the address of an invitation in an account without one; the link was sent there, which verifies it."""
    if invitation.email and not user.email:
        user.email = invitation.email
        user.save(update_fields=["email"])


def check_usable(invitation: Invitation, *, now: datetime) -> None:
    """Raise `InvitationGone` when an invitation is no longer valid."""
    if invitation.accepted_at is not None:
        raise InvitationGone(_("This invitation has already been used. Ask the project lead for a new one."))
    if invitation.revoked_at is not None:
        raise InvitationGone(_("This invitation has been revoked. Ask the project lead for a new one."))
    if invitation.expires_at <= now:
        raise InvitationGone(_("This invitation has expired. Ask the project lead for a new one."))


def _use(invitation: Invitation, *, user: User, now: datetime) -> None:
    """Mark an invitation as used. The condition is part of the update, so that two users cannot both succeed."""
    usable = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    if not usable.update(accepted_by=user, accepted_at=now):
        invitation.refresh_from_db()
        check_usable(invitation, now=now)
        raise InvitationGone(_("This invitation is no longer valid. Ask the project lead for a new one."))


def revoke_invitation(invitation: Invitation, *, now: datetime) -> Invitation:
    """Revoke an invitation; raise `InvitationGone` when it has been used or revoked."""
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
        invitation.refresh_from_db()
        raise InvitationGone(_("This invitation has already been used or revoked."))
    invitation.revoked_at = now
    return invitation


@transaction.atomic
def change_role(membership: Membership, *, role: Role) -> Membership:
    """Change the role of a member; raise `LastLead` when no lead would be left."""
    if role is not Role.LEAD:
        _check_leads(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """Remove a member, keeping their annotations; raise `LastLead` when no lead would be left."""
    _check_leads(membership)
    membership.delete()


def choose_to_annotate(project: Project, user: User, *, annotates: bool) -> None:
    """Choose whether documents are assigned to a member, whatever their role has as default."""
    Membership.objects.filter(project=project, user=user).update(annotates=annotates)


def _check_leads(membership: Membership) -> None:
    """Raise `LastLead` for the only lead. The lock orders two leads who leave at the same time."""
    lock_project(membership.project)
    role = selectors.get_member(membership.project, membership.pk).role
    if role == Role.LEAD and not selectors.leads_of(membership.project).exclude(pk=membership.pk).exists():
        raise LastLead(
            _("%(user)s is the only lead. Make another member lead first.") % {"user": membership.user.username}
        )
