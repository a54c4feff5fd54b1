"""Decisions about attributes of the document, and undo."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.adjudication.board.document_units import DECISION, UNDO, document_units
from annotator.adjudication.models import Adjudication
from annotator.adjudication.problems import AttributeDecided
from annotator.adjudication.services.records import is_first, lock
from annotator.corpus.spans.changes import UpdateDocument
from annotator.corpus.spans.models import Change
from annotator.corpus.spans.services import apply_changes
from annotator.corpus.spans.state import new_id
from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput
from projects.selectors import schema_of


@transaction.atomic
def decide_document(
    adjudication: Adjudication,
    attribute: str,
    *,
    version: int | None,
    by: User,
    now: datetime,
    base_revision: int | None = None,
    action: str = "",
) -> None:
    """Decide an attribute of the document: the value of a version by its position, None for none of these.

    `base_revision` is that of the adjudicated set which the adjudicator saw. Raises `AttributeDecided` when another
    user has decided the attribute since. An `action` that is recorded already is not made again.
    """
    head = lock(adjudication, by=by)
    if not is_first(head, action, by=by, now=now):
        return
    unit = next((unit for unit in document_units(head) if unit.attribute.id == attribute), None)
    if unit is None or (version is not None and not 0 <= version < len(unit.versions)):
        raise InvalidInput(_("This attribute of the document has no such version. Load the page again."))
    adjudicated = head.annotation_set
    adjudicated.refresh_from_db()
    if base_revision is not None:
        _check_current(head, unit.attribute.id, unit.attribute.name, base_revision=base_revision, by=by)
    value = None if version is None else unit.versions[version].value
    before = adjudicated.document_attributes.get(attribute)
    change = UpdateDocument(f"{DECISION}{new_id()}", {attribute: before}, {attribute: value})
    _append(head, change, by=by, now=now)


def undo_decision(head: Adjudication, decision: Change, *, by: User, now: datetime) -> None:
    """Undo a decision: its attribute is as it was before. The adjudication is locked.

    Raises `AttributeDecided` when another user has decided the attribute since.
    """
    adjudicated = head.annotation_set
    adjudicated.refresh_from_db()
    before = decision.payload["before"]["attributes"]
    attributes = schema_of(adjudicated.schema_version).document_attributes
    for name in before:
        shown = attributes[name].name if name in attributes else name
        _check_current(head, name, shown, base_revision=decision.revision, by=by)
    present = {name: adjudicated.document_attributes.get(name) for name in before}
    _append(head, UpdateDocument(f"{UNDO}{decision.revision}", present, before), by=by, now=now)


def _append(head: Adjudication, change: UpdateDocument, *, by: User, now: datetime) -> None:
    adjudicated, sha256 = head.annotation_set, head.document.sha256
    apply_changes(adjudicated, [change], base_revision=adjudicated.revision, sha256=sha256, author=by, now=now)


def _check_current(head: Adjudication, attribute: str, name: str, *, base_revision: int, by: User) -> None:
    entries = Change.objects.filter(annotation_set=head.annotation_set, kind="update_span", payload__span_id="")
    since = entries.filter(revision__gt=base_revision).exclude(author=by).select_related("author").order_by("-revision")
    for entry in since:
        if attribute in entry.payload["after"]["attributes"]:
            raise AttributeDecided(entry.author.get_username() if entry.author else _("Another user"), name)
