"""Rounds: named stages of a project with documents, people, annotators per document and schema version of their own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.platform.accounts.models import User
from annotator.problems import FieldError, InvalidInput
from annotator.text.json_objects import UNSTORABLE, UNSTORABLE_TEXT
from annotator.workload.assignments import selectors
from annotator.workload.assignments.models import DocumentPlan, Round, RoundMember
from annotator.workload.assignments.problems import RoundChanged
from annotator.workload.assignments.services.plans import ensure_plans, note_queue_change
from projects.models import Project
from projects.services.projects import MOST_ANNOTATORS

LONGEST_NAME = 100
HIGHEST_PRIORITY = 1000


def create_round(project: Project, *, now: datetime, **values: Any) -> Round:
    """Create a round; `values` are its columns. Raises `InvalidInput` and `RoundChanged` for a name that is taken."""
    values.setdefault("annotators_per_document", project.annotators_per_document)
    return _save(Round(project=project, created_at=now), values)


def update_round(changed: Round, **values: Any) -> Round:
    """Change a round. Existing assignments are kept, also with fewer annotators per document. Raises as creation."""
    return _save(changed, values)


@transaction.atomic
def delete_round(deleted: Round) -> None:
    """Delete a round; its documents and their annotations stay, and follow the settings of the project again."""
    project_id = deleted.project_id
    deleted.delete()
    note_queue_change(project_id)


@transaction.atomic
def set_round_members(changed: Round, people: Mapping[User, tuple[bool, int | None]]) -> None:
    """Replace the people of a round: for each whether they annotate all of its documents, and their quota.

    Raises `InvalidInput` for a person who may not annotate, and when more people annotate everything than there are
    annotators per document.
    """
    errors: list[FieldError] = []
    everything = [user for user, (annotates_all, _quota) in people.items() if annotates_all]
    if len(everything) > changed.annotators_per_document:
        detail = _("%(people)s people annotate every document, but a document has %(slots)s annotators.")
        detail %= {"people": len(everything), "slots": changed.annotators_per_document}
        errors.append({"pointer": "/members", "detail": detail})
    for user in people:
        if not selectors.may_annotate(changed.project, user):
            detail = _("%(name)s may not annotate in this project.") % {"name": user.get_username()}
            errors.append({"pointer": "/members", "detail": detail})
    if errors:
        raise InvalidInput(" ".join(error["detail"] for error in errors), errors=errors)
    RoundMember.objects.filter(round=changed).delete()
    RoundMember.objects.bulk_create(
        RoundMember(round=changed, user=user, annotates_all=annotates_all, quota=quota)
        for user, (annotates_all, quota) in people.items()
    )


@transaction.atomic
def plan_documents(
    project: Project,
    documents: QuerySet[Document],
    *,
    to_round: Round | bool | None = False,
    priority: int | None = None,
) -> int:
    """Put documents into a round (None: into none; False: as they are) or change their priority; return how many."""
    ensure_plans(project)
    values: dict[str, Any] = {} if to_round is False else {"round": to_round}
    if priority is not None:
        _raise([_priority_error(priority)])
        values["priority"] = priority
    plans = DocumentPlan.objects.filter(project=project, document__in=documents.order_by().values("pk"))
    if not values:
        return 0
    note_queue_change(project.pk)
    return plans.update(**values)


def _save(changed: Round, values: dict[str, Any]) -> Round:
    for name, value in values.items():
        setattr(changed, name, value.strip() if name == "name" else value)
    _check(changed)
    try:
        with transaction.atomic():
            changed.save()
    except IntegrityError as error:
        detail = _("This project has a round “%(name)s” already. Choose another name.")
        raise RoundChanged(detail % {"name": changed.name}) from error
    return changed


def _check(changed: Round) -> None:
    errors = [_priority_error(changed.priority)]
    if not changed.name or len(changed.name) > LONGEST_NAME:
        detail = _("Enter a name of at most %(limit)s characters.") % {"limit": LONGEST_NAME}
        errors.append({"pointer": "/name", "detail": detail})
    elif UNSTORABLE.search(changed.name):
        errors.append({"pointer": "/name", "detail": UNSTORABLE_TEXT})
    if not 1 <= changed.annotators_per_document <= MOST_ANNOTATORS:
        detail = _("Enter a number from 1 to %(limit)s.") % {"limit": MOST_ANNOTATORS}
        errors.append({"pointer": "/annotators_per_document", "detail": detail})
    _raise(errors)


def _priority_error(priority: int) -> FieldError | None:
    if -HIGHEST_PRIORITY <= priority <= HIGHEST_PRIORITY:
        return None
    detail = _("Enter a number from %(lowest)s to %(highest)s.")
    return {"pointer": "/priority", "detail": detail % {"lowest": -HIGHEST_PRIORITY, "highest": HIGHEST_PRIORITY}}


def _raise(errors: list[FieldError | None]) -> None:
    found = [error for error in errors if error]
    if found:
        raise InvalidInput(" ".join(error["detail"] for error in found), errors=found)
