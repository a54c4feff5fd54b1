"""Correcting documents before work on them began: title, metadata and text.

The document keeps its id, its place, round, tags and assignments with their empty sets. An editor that still shows the
earlier text cannot save: its changes carry the digest of that text.
"""

from collections.abc import Mapping
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
from annotator.problems import FieldError, InvalidInput
from annotator.text.digest import text_digest
from annotator.text.json_objects import storage_errors
from annotator.workload.assignments.problems import DocumentBegun

LONGEST_TITLE = 500


def has_begun(document: Document) -> bool:
    """Return whether work on a document has begun: a set with a change, a submit or an import, or a release."""
    sets = AnnotationSet.objects.filter(document=document)
    untouched = sets.filter(kind=SetKind.ANNOTATOR, state=SetState.OPEN, revision=0, submits_at=None)
    frozen = apps.get_model("releases", "FrozenDocument").objects.filter(document=document)
    return sets.exclude(pk__in=untouched.order_by().values("pk")).exists() or frozen.exists()


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
