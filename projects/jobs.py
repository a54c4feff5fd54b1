"""The job that sends invitations by e-mail."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.models import LineLevel
from annotator.platform.jobs.registry import job_kind
from annotator.platform.mail import MailFailed, mail_connection
from projects.roles import Role
from projects.selectors import project_of_job
from projects.services.mailed_invitations import INVITATION_JOB, send_invitation


@job_kind(INVITATION_JOB, title="Invitations by e-mail", long=False)
def send_invitations(context: JobContext) -> dict[str, Any]:
    """Send an invitation to each address; another attempt continues after the last one that was sent.

    An address that the mail server refuses is reported, and the others are sent.
    """
    project = project_of_job(context)
    addresses, role = context.params["addresses"], Role(context.params["role"])
    done = context.cursor or {"next": 0, "sent": 0}
    with mail_connection() as send:
        for index in range(done["next"], len(addresses)):
            address = addresses[index]
            context.set_progress(index, len(addresses))
            try:
                send_invitation(project, address, role=role, by=context.started_by, now=timezone.now(), send=send)
                done = done | {"sent": done["sent"] + 1}
            except MailFailed as problem:
                context.add_line(LineLevel.ERROR, address, problem.detail)
            done = done | {"next": index + 1}
            context.save_checkpoint(done)
    failed = len(addresses) - done["sent"]
    summary = ngettext("Sent %(count)s invitation.", "Sent %(count)s invitations.", done["sent"])
    summary %= {"count": done["sent"]}
    if failed:
        summary += " " + _("%(count)s could not be sent: see below.") % {"count": failed}
    return {"sent": done["sent"], "failed": failed, "summary": summary}
