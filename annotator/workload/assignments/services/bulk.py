"""Changing many documents at once: assign, withdraw, plan, exclude, tag, archive.

Each action gets values as a form or a JSON object holds them, and returns what it did in words and in numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.corpus.documents import services as corpus
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import exclusions
from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput, NotFound
from annotator.workload.assignments import selectors
from annotator.workload.assignments.models import Round
from annotator.workload.assignments.selectors.board import NO_ROUND
from annotator.workload.assignments.services.exclusions import exclude_work
from annotator.workload.assignments.services.plans import note_queue_change
from annotator.workload.assignments.services.queue import MOST_AT_ONCE, assign_many
from annotator.workload.assignments.services.rounds import plan_documents
from annotator.workload.assignments.services.slots import delete_unused_document, free_slot
from projects.models import Project
from projects.selectors import get_member_by_name


@dataclass(frozen=True, slots=True)
class BulkContext:
    """Who changes which documents of a project, when, and with which values."""

    project: Project
    documents: QuerySet[Document]
    values: Mapping[str, str]
    by: User
    now: datetime

    def value(self, name: str) -> str:
        """Return a value without spaces around it; "" for one that is not given."""
        return str(self.values.get(name) or "").strip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action did: a sentence, how many documents it changed and refused, and why; `url` leads to the result."""

    message: str
    changed: int
    refused: int = 0
    problem: str = ""
    url: str = ""


Action = Callable[[BulkContext], Outcome]


def _assign(context: BulkContext) -> Outcome:
    annotator = get_member_by_name(context.project, context.value("annotator")).user
    result = assign_many(list(context.documents[:MOST_AT_ONCE]), annotator, now=context.now)
    message = ngettext(
        "Assigned %(count)s document to %(name)s.", "Assigned %(count)s documents to %(name)s.", result.assigned
    ) % {"count": f"{result.assigned:,}", "name": annotator.get_username()}
    problem = ""
    if result.refused:
        problem = ngettext(
            "%(count)s document was not assigned: %(problem)s",
            "%(count)s documents were not assigned, the first one because: %(problem)s",
            result.refused,
        ) % {"count": f"{result.refused:,}", "problem": result.problems[0]}
    return Outcome(message, result.assigned, result.refused, problem)


def _withdraw(context: BulkContext) -> Outcome:
    annotator = get_member_by_name(context.project, context.value("annotator")).user
    keys = set(context.documents.values_list("pk", flat=True)[:MOST_AT_ONCE])
    kept = withdrawn = 0
    for assignment in selectors.open_assignments_of(context.project, annotator):
        if assignment.document_id in keys:
            is_kept = free_slot(assignment, reason=_("Freed by a lead"), now=context.now)
            kept, withdrawn = kept + is_kept, withdrawn + (not is_kept)
    names = {"all": f"{kept + withdrawn:,}", "kept": f"{kept:,}", "name": annotator.get_username()}
    return Outcome(
        _("Freed %(all)s slots of %(name)s; %(kept)s begun sets are kept as unfinished.") % names, kept + withdrawn
    )


def _plan(context: BulkContext) -> Outcome:
    number, priority = context.value("to_round"), context.value("priority")
    if priority and (not priority.removeprefix("-").isdecimal() or len(priority) > 5):
        raise InvalidInput(_("The priority must be a whole number."))
    to_round: Round | bool | None = None if number == NO_ROUND else False
    if number and number != NO_ROUND:
        to_round = _round(context, number)
    chosen = int(priority) if priority else None
    count = plan_documents(context.project, context.documents, to_round=to_round, priority=chosen)
    message = ngettext("Planned %(count)s document.", "Planned %(count)s documents.", count)
    return Outcome(message % {"count": f"{count:,}"}, count)


def _round(context: BulkContext, number: str) -> Round:
    """Return a round of the project; one of another project does not exist here."""
    chosen = selectors.get_round(int(number) if number.isdecimal() else 0, user=context.by)
    if chosen.project_id != context.project.pk:
        raise NotFound(_("There is no round %(number)s, or you may not change it.") % {"number": number})
    return chosen


def _exclude(context: BulkContext) -> Outcome:
    count = 0
    for document in context.documents[:MOST_AT_ONCE]:
        if not document.is_excluded:
            reason = context.value("reason")
            exclude_work(context.project, document, reason=reason, by=context.by, now=context.now)
            count += 1
    message = ngettext("Excluded %(count)s document.", "Excluded %(count)s documents.", count)
    return Outcome(message % {"count": f"{count:,}"}, count)


def _tag(context: BulkContext) -> Outcome:
    count = corpus.tag_documents(context.project, context.value("tag"), context.documents)
    message = ngettext("Tagged %(count)s document.", "Tagged %(count)s documents.", count)
    return Outcome(message % {"count": f"{count:,}"}, count)


def _untag(context: BulkContext) -> Outcome:
    count = corpus.untag_documents(context.project, context.value("tag"), context.documents)
    message = ngettext("Removed the tag from %(count)s document.", "Removed the tag from %(count)s documents.", count)
    return Outcome(message % {"count": f"{count:,}"}, count)


def _archive(context: BulkContext) -> Outcome:
    count = corpus.archive_documents(context.documents, archived=True)
    message = ngettext(
        "Archived %(count)s document: no longer listed or assigned; its annotations count as before.",
        "Archived %(count)s documents: no longer listed or assigned; their annotations count as before.",
        count,
    )
    return Outcome(message % {"count": f"{count:,}"}, count)


def _restore(context: BulkContext) -> Outcome:
    count = corpus.archive_documents(context.documents, archived=False)
    note_queue_change(context.project.pk)
    message = ngettext(
        "Restored %(count)s document from the archive.", "Restored %(count)s documents from the archive.", count
    )
    return Outcome(message % {"count": f"{count:,}"}, count)


def _delete(context: BulkContext) -> Outcome:
    """Delete documents that no one has worked on; the others are refused, and nothing of them is touched."""
    reason = context.value("reason")
    if not reason or len(reason) > exclusions.LONGEST_REASON:
        detail = _("Give a reason of at most %(limit)s characters: it is kept with the id of each deleted document.")
        detail %= {"limit": exclusions.LONGEST_REASON}
        raise InvalidInput(detail, errors=[{"pointer": "/reason", "detail": detail}])
    deleted = refused = 0
    for document in context.documents[:MOST_AT_ONCE]:
        if delete_unused_document(document, reason=reason, by=context.by, now=context.now):
            deleted += 1
        else:
            refused += 1
    message = ngettext("Deleted %(count)s document.", "Deleted %(count)s documents.", deleted)
    problem = ngettext(
        "%(count)s document was not deleted, because work on it has begun: archive or exclude it.",
        "%(count)s documents were not deleted, because work on them has begun: archive or exclude them.",
        refused,
    )
    return Outcome(
        message % {"count": f"{deleted:,}"}, deleted, refused, problem % {"count": f"{refused:,}"} if refused else ""
    )


BOARD_ACTIONS: Mapping[str, Action] = {
    "assign": _assign,
    "withdraw": _withdraw,
    "plan": _plan,
    "exclude": _exclude,
}
ACTIONS: Mapping[str, Action] = {
    **BOARD_ACTIONS,
    "tag": _tag,
    "untag": _untag,
    "archive": _archive,
    "restore": _restore,
    "delete": _delete,
}
