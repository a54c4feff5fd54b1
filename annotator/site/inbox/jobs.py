"""The daily job that sends digests by mail."""

from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext

from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.models import LineLevel
from annotator.platform.jobs.registry import job_kind
from annotator.platform.mail import MailFailed, mail_connection
from annotator.site.inbox.selectors import people_for_digest
from annotator.site.inbox.services import DIGEST_JOB, send_digest


@job_kind(DIGEST_JOB, title="Digests by e-mail", long=False)
def send_digests(context: JobContext) -> dict[str, Any]:
    """Send each person what waits for them; a second attempt sends no digest twice, because it is stored when sent."""
    people, sent, failed = people_for_digest(), 0, 0
    with mail_connection() as send:
        for number, user in enumerate(people):
            context.raise_if_cancelled()
            context.set_progress(number, len(people))
            try:
                sent += send_digest(user, send=send, now=timezone.now())
            except MailFailed as problem:
                failed += 1
                context.add_line(LineLevel.ERROR, user.email, problem.detail)
    summary = ngettext("Sent %(count)s digest.", "Sent %(count)s digests.", sent) % {"count": f"{sent:,}"}
    return {"sent": sent, "failed": failed, "summary": summary}
