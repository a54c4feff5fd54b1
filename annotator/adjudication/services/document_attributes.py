"""Deciding an attribute of the document."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.adjudication.board.document_units import document_units
from annotator.adjudication.models import Adjudication
from annotator.adjudication.services.records import lock
from annotator.corpus.spans.changes import UpdateDocument
from annotator.corpus.spans.services import apply_changes
from annotator.corpus.spans.state import new_id
from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput


@transaction.atomic
def decide_document(
    adjudication: Adjudication, attribute: str, *, version: int | None, by: User, now: datetime
) -> None:
    """Decide an attribute of the document: the value of a version by its position, None for none of these."""
    head = lock(adjudication, by=by)
    unit = next((unit for unit in document_units(head) if unit.attribute.id == attribute), None)
    if unit is None or (version is not None and not 0 <= version < len(unit.versions)):
        raise InvalidInput(_("This attribute of the document has no such version. Load the page again."))
    adjudicated = head.annotation_set
    adjudicated.refresh_from_db()
    value = None if version is None else unit.versions[version].value
    before = adjudicated.document_attributes.get(attribute)
    change = UpdateDocument(new_id(), {attribute: before}, {attribute: value})
    apply_changes(
        adjudicated, [change], base_revision=adjudicated.revision, sha256=head.document.sha256, author=by, now=now
    )
