"""Problems of projects and members."""

from annotator.problems import Conflict, Problem, gettext_noop


class SlugTaken(Conflict):
    """Another project has this address."""

    code = "slug_taken"
    title = gettext_noop("Address already in use")


class AlreadyMember(Conflict):
    """The user is already a member of the project."""

    code = "already_member"
    title = gettext_noop("Already a member")


class LastLead(Conflict):
    """The project would have no lead."""

    code = "last_lead"
    title = gettext_noop("A project needs a lead")


class StaleVersion(Conflict):
    """Another user has published a version since the page was opened."""

    code = "stale_version"
    title = gettext_noop("A newer version exists")


class InvitationGone(Problem):
    """The invitation has been used, revoked or has expired."""

    status = 410
    code = "invitation_gone"
    title = gettext_noop("Invitation no longer valid")


class MayNotCreateProjects(Problem):
    """The user may not create projects."""

    status = 403
    code = "may_not_create_projects"
    title = gettext_noop("Not allowed")


class QuotaExceeded(Conflict):
    """A limit of the site on what users and projects may store."""

    code = "quota_exceeded"
    title = gettext_noop("A limit of this site is reached")
