"""Correcting documents before work on them began: title, metadata and text.

The document keeps its id, its place, round, tags and assignments with their empty sets. An editor that still shows the
earlier text cannot save: its changes carry the digest of that text.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document, DocumentCorrection, Original
from annotator.corpus.documents.quotas import check_quota
from annotator.corpus.documents.search import index_again
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState
from annotator.corpus.speakers.models import MentionDecision
from annotator.corpus.suggestions.models import Dismissal, SuggestionRun
from annotator.platform.accounts.models import User
from annotator.problems import FieldError, InvalidInput, Problem
from annotator.text.digest import text_digest
from annotator.text.json_objects import storage_errors
from annotator.workload.assignments.correction_files import CorrectionRecord
from annotator.workload.assignments.problems import DocumentBegun
from projects.models import Project

LONGEST_TITLE = 500


@dataclass(frozen=True)
class PlannedCorrection:
    """What a record of a file changes: names of what changes, or why it is refused; `document` is as it is before.

    `values` are what the record sets, with the whole metadata where it changes some fields of it.
    """

    record: CorrectionRecord
    document: Document | None
    changed: tuple[str, ...] = ()
    refusal: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def has_begun(document: Document) -> bool:
    """Return whether work on a document has begun: a set with a change, a submit or an import, or a release."""
    return bool(begun_among([document.pk]))


def begun_among(keys: Sequence[int]) -> set[int]:
    """Return those of some documents on which work has begun."""
    sets = AnnotationSet.objects.filter(document__in=keys).order_by()
    untouched = sets.filter(kind=SetKind.ANNOTATOR, state=SetState.OPEN, revision=0, submits_at=None)
    frozen = apps.get_model("releases", "FrozenDocument").objects.filter(document__in=keys).order_by()
    touched = sets.exclude(pk__in=untouched.values("pk"))
    return {*touched.values_list("document", flat=True), *frozen.values_list("document", flat=True)}


def plan_corrections(project: Project, records: Sequence[CorrectionRecord]) -> list[PlannedCorrection]:
    """Return what records of a file change, and which are refused for what reason. Nothing is written."""
    ids = {record.id for record in records}
    documents = {row.external_id: row for row in Document.objects.filter(project=project, external_id__in=ids)}
    begun = begun_among([document.pk for document in documents.values()])
    counts = Counter(record.id for record in records)
    return [_planned(record, documents.get(record.id), begun, is_repeated=counts[record.id] > 1) for record in records]


def _planned(
    record: CorrectionRecord, document: Document | None, begun: Container[int], *, is_repeated: bool
) -> PlannedCorrection:
    if document is None:
        return PlannedCorrection(record, None, refusal=_("This project has no such document."))
    record = record.typed_for(document.meta)
    values = record.values_for(document.meta)
    changed = tuple(name for name, value in values.items() if getattr(document, name) != value)
    refusal = ""
    try:
        _check(values)
    except InvalidInput as problem:
        refusal = problem.detail
    if is_repeated:
        refusal = _("The file names this document more than once.")
    elif changed and document.pk in begun:
        refusal = _("Work on “%(document)s” has begun: exclude it, or delete it.") % {"document": document}
    return PlannedCorrection(record, document, () if refusal else changed, refusal, values)


def correct_documents(
    project: Project, records: Sequence[CorrectionRecord], *, by: User | None, now: datetime
) -> list[PlannedCorrection]:
    """Correct each document by itself; return what was changed, and what was refused for what reason."""
    done = []
    for planned in plan_corrections(project, records):
        if planned.document is not None and not planned.refusal:
            try:
                changed = correct_document(planned.document, **planned.values, by=by, now=now)
                done.append(replace(planned, changed=tuple(changed)))
            except Problem as problem:
                done.append(replace(planned, changed=(), refusal=problem.detail))
        else:
            done.append(planned)
    return done


@transaction.atomic
def correct_document(
    document: Document,
    *,
    title: str | None = None,
    text: str | None = None,
    meta: Any = None,
    by: User | None,
    now: datetime,
) -> list[str]:
    """Change what is given of a document, and record who did; return the names of what changed.

    Raises `InvalidInput` for values that cannot be stored, and `DocumentBegun` once work on the document has begun.
    """
    given = {"title": title, "text": text, "meta": meta}
    values = {name: value for name, value in given.items() if value is not None}
    _check(values)
    locked = Document.objects.select_for_update(of=("self",)).select_related("project").get(pk=document.pk)
    changed = [name for name, value in values.items() if getattr(locked, name) != value]
    if not changed:
        return []
    # No annotator saves from here on until the text is another one.
    list(AnnotationSet.objects.select_for_update().filter(document=locked).order_by("id").values_list("pk"))
    if has_begun(locked):
        raise DocumentBegun(_("Work on “%(document)s” has begun: exclude it, or delete it.") % {"document": locked})
    for name in changed:
        setattr(locked, name, values[name])
    if "text" in changed:
        check_quota(locked.project, more=len(locked.text) - locked.length)
        locked.sha256, locked.length = text_digest(locked.text), len(locked.text)
        _forget_text(locked)
    locked.save(update_fields=[*changed, "sha256", "length"])
    index_again(locked)
    DocumentCorrection.objects.create(document=locked, changed=changed, corrected_by=by, corrected_at=now)
    return changed


def _check(values: Mapping[str, Any]) -> None:
    errors: list[FieldError] = list(storage_errors(dict(values)))
    if len(values.get("title", "")) > LONGEST_TITLE:
        detail = _("Enter a title of at most %(limit)s characters.") % {"limit": LONGEST_TITLE}
        errors.append({"pointer": "/title", "detail": detail})
    if "text" in values and not values["text"].strip():
        errors.append({"pointer": "/text", "detail": _("Enter a text.")})
    if not isinstance(values.get("meta", {}), dict):
        errors.append({"pointer": "/meta", "detail": _("This must be a JSON object.")})
    if errors:
        raise InvalidInput(errors[0]["detail"], errors=errors)


def _forget_text(document: Document) -> None:
    """Remove what was made of the earlier text."""
    Original.objects.filter(document=document).delete()
    SuggestionRun.objects.filter(document=document).delete()
    Dismissal.objects.filter(annotation_set__document=document).delete()
    MentionDecision.objects.filter(document=document).delete()
