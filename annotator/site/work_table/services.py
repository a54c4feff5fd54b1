"""Writing from the table of documents: saved views, and actions on many documents."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.adjudication import services as adjudication
from annotator.datasets.exports import services as exports
from annotator.datasets.exports.options import ExportOptions
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import Job
from annotator.problems import Conflict, InvalidInput
from annotator.site.removal import documents as removal
from annotator.site.search.services import bring_up_to_date
from annotator.site.work_table.choice import Choice
from annotator.site.work_table.models import SavedView
from annotator.text.json_objects import UNSTORABLE, UNSTORABLE_TEXT
from annotator.workload.assignments.services import bulk, tallies
from annotator.workload.assignments.services.bulk import Action, BulkContext, Outcome
from annotator.workload.assignments.services.plans import ensure_plans
from projects.models import Project
from projects.roles import Capability

LONGEST_NAME = 60
MOST_VIEWS = 50
MOST_ADJUDICATED = 200
MOST_EXPORTED = 20_000
MOST_DIGITS = 10


@transaction.atomic
def save_view(project: Project, *, owner: User, name: str, choice: Choice, shared: bool) -> SavedView:
    """Save a choice under a name; the owner's view of that name is replaced. Raises `InvalidInput`."""
    name, detail = name.strip(), ""
    if not name or len(name) > LONGEST_NAME:
        detail = _("Enter a name of at most %(limit)s characters.") % {"limit": LONGEST_NAME}
    elif UNSTORABLE.search(name):
        detail = UNSTORABLE_TEXT
    elif SavedView.objects.filter(project=project, owner=owner).exclude(name=name).count() >= MOST_VIEWS:
        detail = _("You have %(limit)s saved views. Delete one first.") % {"limit": MOST_VIEWS}
    if detail:
        raise InvalidInput(detail, errors=[{"pointer": "/name", "detail": detail}])
    values = {"is_shared": shared, "choice": choice.parameters()}
    view, _created = SavedView.objects.update_or_create(project=project, owner=owner, name=name, defaults=values)
    return view


def prepare(project: Project, choice: Choice, *, by: User, now: datetime) -> list[Job]:
    """Bring what the filters and the order read up to date; return the jobs that are not finished with it."""
    ensure_plans(project)
    jobs = []
    if choice.search or choice.q:
        jobs.append(bring_up_to_date(project, by=by, now=now))
    if choice.reads_tallies:
        jobs.append(tallies.bring_up_to_date(project, by=by, now=now))
    return [job for job in jobs if job is not None]


def _export(context: BulkContext) -> Outcome:
    keys = tuple(context.documents.values_list("pk", flat=True)[:MOST_EXPORTED])
    options = ExportOptions(documents=keys)
    export = exports.start_export(context.project, options=options, started_by=context.by, now=context.now)
    message = ngettext(
        "Started the export of %(count)s document.", "Started the export of %(count)s documents.", len(keys)
    )
    url = reverse("jobs:job", args=[context.project.slug, export.job_id])
    return Outcome(message % {"count": f"{len(keys):,}"}, len(keys), url=url)


def _adjudicate(context: BulkContext) -> Outcome:
    started, problems = 0, []
    for document in context.documents.defer(None)[:MOST_ADJUDICATED]:
        try:
            adjudication.start(document, by=context.by, now=context.now)
            started += 1
        except Conflict as problem:
            problems.append(problem.detail)
    message = ngettext(
        "Started the adjudication of %(count)s document.", "Started the adjudication of %(count)s documents.", started
    )
    first = ""
    if problems:
        first = ngettext(
            "%(count)s document cannot be adjudicated: %(problem)s",
            "%(count)s documents cannot be adjudicated, the first one because: %(problem)s",
            len(problems),
        ) % {"count": f"{len(problems):,}", "problem": problems[0]}
    url = reverse("adjudication:queue", args=[context.project.slug])
    return Outcome(message % {"count": f"{started:,}"}, started, len(problems), first, url)


def _delete_with_work(context: BulkContext) -> Outcome:
    """Delete documents with their work when their number is given; otherwise only say what would be deleted."""
    keys = list(context.documents.order_by("position", "id").values_list("pk", flat=True)[: removal.MOST_DELETED + 1])
    typed = context.value("confirmed")
    if not typed:
        stakes = removal.stakes_of(context.project, keys)
        parts = ", ".join(f"{name}: {count:,}" for name, count in stakes.counts if count)
        message = _("Nothing was deleted. Documents: %(documents)s. %(parts)s. Confirm with the number of documents.")
        return Outcome(message % {"documents": f"{len(keys):,}", "parts": parts}, 0)
    job = removal.start_deletion(
        context.project,
        keys,
        confirmed=int(typed) if typed.isdecimal() and len(typed) < MOST_DIGITS else None,
        reason=context.value("reason"),
        with_releases=context.value("with_releases").casefold() in ("yes", "true", "on"),
        by=context.by,
        now=context.now,
    )
    if job is None:
        message = ngettext("Deleted %(count)s document.", "Deleted %(count)s documents.", len(keys))
        return Outcome(message % {"count": f"{len(keys):,}"}, len(keys))
    url = reverse("jobs:job", args=[context.project.slug, job.pk])
    return Outcome(_("Started the deletion. Its page shows how far it is."), 0, url=url)


ACTIONS: Mapping[str, tuple[Capability, Action]] = {
    **{name: (Capability.MANAGE, action) for name, action in bulk.ACTIONS.items()},
    "export": (Capability.EXPORT, _export),
    "adjudicate": (Capability.ADJUDICATE, _adjudicate),
    "delete_with_work": (Capability.MANAGE, _delete_with_work),
}
"""The actions by name, each with what a member must be able to do."""


def run_action(name: str, context: BulkContext) -> Outcome:
    """Change documents. Raises `InvalidInput` without an action or documents, and as the services that it calls."""
    if name not in ACTIONS:
        raise InvalidInput(_("Choose what to do with the documents."))
    if not context.documents.exists():
        raise InvalidInput(_("Choose documents first."))
    return ACTIONS[name][1](context)
