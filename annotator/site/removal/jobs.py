"""The daily job, which removes what has expired (files, sessions, tokens) and renews statistics; document deletion."""

from collections import Counter
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotator.datasets.exports.models import Export
from annotator.datasets.exports.output.dataset import data_path
from annotator.datasets.exports.services import directory_of as directory_of_export
from annotator.imports import uploads
from annotator.platform.accounts.models import ApiToken
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.platform.jobs.registry import job_kind
from annotator.platform.shared_files import remove_old_scratch
from annotator.platform.sqlite.statistics import collect_statistics
from annotator.site.removal import documents
from projects.selectors import project_of_job

TIDY_UP = "tidy_up"
# Longer than any upload or job takes.
SCRATCH_KEPT = timedelta(days=3)
ATTEMPTS_KEPT = timedelta(days=30)
ACCESS_LOG_KEPT = timedelta(days=90)
EXPIRED_TOKENS_KEPT = timedelta(days=90)


@job_kind(TIDY_UP, title="Remove expired files and records")
def tidy_up(_context: JobContext) -> dict[str, Any]:
    """Remove what has expired, and report how much of each."""
    now = timezone.now()
    uploads.remove_left_over()
    remove_old_scratch(before=now - SCRATCH_KEPT)
    removed = {
        "exports": _remove_exports(now),
        "sign-ins": _removed(AccessAttempt.objects.filter(attempt_time__lt=now - ATTEMPTS_KEPT)),
        "access log": _removed(AccessLog.objects.filter(attempt_time__lt=now - ACCESS_LOG_KEPT))
        + _removed(AccessFailureLog.objects.filter(attempt_time__lt=now - ACCESS_LOG_KEPT)),
        "tokens": _removed(ApiToken.objects.filter(expires_at__lt=now - EXPIRED_TOKENS_KEPT)),
        "jobs": _removed(
            Job.objects.filter(kind=TIDY_UP, state__in=FINAL_STATES, created_at__lt=now - ACCESS_LOG_KEPT)
        ),
    }
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    collect_statistics()
    return {"removed": removed}


@job_kind(documents.DELETE_JOB, title="Delete documents", page="dashboard:documents")
def delete_documents(context: JobContext) -> dict[str, Any]:
    """Delete documents with everything that belongs to them; each batch commits with a checkpoint."""
    project, keys = project_of_job(context), context.params["documents"]
    cursor = context.cursor or {"next": 0, "deleted": {}}
    deleted = Counter(cursor["deleted"])
    for begin in range(cursor["next"], len(keys), documents.DELETED_IN_A_TRANSACTION):
        context.set_progress(begin, len(keys))
        end = begin + documents.DELETED_IN_A_TRANSACTION
        with transaction.atomic():
            deleted += documents.delete_some(
                project, keys[begin:end], reason=context.params["reason"], by=context.started_by, now=timezone.now()
            )
            context.save_checkpoint({"next": end, "deleted": dict(deleted)})
    context.set_progress(len(keys), len(keys))
    return {
        "summary": documents.deletion_sentence(deleted),
        **deleted,
        "page": ["dashboard:documents", project.slug],
        "url_text": _("Show the documents"),
    }


def _removed(rows: Any) -> int:
    number: int = rows.delete()[0]
    return number


def _remove_exports(now: datetime) -> int:
    """Remove the files of old exports; their rows stay, with what is needed to create them again."""
    days: int = settings.EXPORT_DAYS
    if not days:
        return 0
    old = Export.objects.filter(created_at__lt=now - timedelta(days=days)).order_by("id")
    folders = [folder for folder in map(directory_of_export, old) if data_path(folder).is_file()]
    for folder in folders:
        folder.remove()
    return len(folders)
