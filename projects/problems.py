"""What can go wrong with projects and people."""

from annotator.problems import Conflict, Problem


class SlugTaken(Conflict):
    """Another project has this address."""

    code = "slug_taken"
    title = "The address is taken"


class AlreadyMember(Conflict):
    """Somebody who belongs to the project accepts an invitation to it."""

    code = "already_member"
    title = "Already a member"


class LastLead(Conflict):
    """A project would be left without anybody who can manage it."""

    code = "last_lead"
    title = "The last lead stays"


class StaleVersion(Conflict):
    """Somebody else published a version meanwhile."""

    code = "stale_version"
    title = "Somebody published meanwhile"


class InvitationGone(Problem):
    """The invitation was used, withdrawn, or is too old."""

    status = 410
    code = "invitation_gone"
    title = "This invitation cannot be used any more"
