"""Completing an adjudication, and reopening it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.adjudication import selectors
from annotator.adjudication.board.document_units import open_document_units
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.models import Adjudication, AdjudicationState
from annotator.adjudication.problems import NotCompleted, SourcesChanged, UndecidedUnits
from annotator.adjudication.services.records import (
    check_open,
    has_decisions_of_others,
    is_first,
    lock,
    stale,
    update_set,
)
from annotator.adjudication.services.statistics import delete_statistics, store_statistics
from annotator.adjudication.services.updates import apply_updates
from annotator.corpus.spans import lifecycle
from annotator.platform.accounts.models import User
from annotator.platform.garbage import paused_collector


@paused_collector()
@transaction.atomic
def complete(
    adjudication: Adjudication, *, base_revision: int, by: User, now: datetime, action: str = ""
) -> Adjudication:
    """Complete an adjudication: close the adjudicated set and the submitted sets of the annotators.

    Raises `UndecidedUnits` while a location is open, `SourcesChanged` when an annotator changed their set since, and
    `StaleAdjudication` when someone else has decided something since the base: a page that was fetched beforehand has
    an older base than the user's own last decision. An `action` that is recorded already is not made
    again.
    """
    head = lock(adjudication, must_be_open=False, by=by)
    if not is_first(head, action, by=by, now=now):
        return head
    check_open(head)
    if base_revision > head.revision or has_decisions_of_others(head, base_revision, by):
        raise stale(head, base_revision)
    overview = read_overview(head)
    if overview.open:
        count = overview.open_locations
        detail = ngettext("%(count)s location is not decided yet.", "%(count)s locations are not decided yet.", count)
        raise UndecidedUnits(detail % {"count": count}, open=len(overview.open))
    if undecided := [unit.attribute.name for unit in open_document_units(head)]:
        detail = _("Attributes of the document are not decided yet: %(names)s.") % {"names": ", ".join(undecided)}
        raise UndecidedUnits(detail, open=len(undecided))
    changed = selectors.changed_sources(head)
    if changed:
        names = "" if head.blind else f" ({', '.join(source.name for source in changed)})"
        detail = _(
            "Annotators have changed their annotations since you opened this page%(names)s. Apply updates first."
        )
        raise SourcesChanged(detail % {"names": names})
    head.state, head.completed_by, head.completed_at = AdjudicationState.COMPLETED, by, now
    head.save(update_fields=["state", "completed_by", "completed_at"])
    lifecycle.complete_adjudication(head.annotation_set, sources=_source_sets(head), now=now)
    store_statistics(head)
    return head


def _source_sets(head: Adjudication) -> list[int]:
    return [source.annotation_set_id for source in selectors.sources_of(head)]


@paused_collector()
@transaction.atomic
def reopen(adjudication: Adjudication, *, by: User, now: datetime, action: str = "") -> Adjudication:
    """Reopen a completed adjudication and apply the changes of annotators; only these are open."""
    head = lock(adjudication, must_be_open=False, by=by)
    if not is_first(head, action, by=by, now=now):
        return head
    if head.state != AdjudicationState.COMPLETED:
        raise NotCompleted(_("The adjudication is open already."))
    head.state, head.completed_by, head.completed_at, head.reopened_at = AdjudicationState.OPEN, None, None, now
    head.save(update_fields=["state", "completed_by", "completed_at", "reopened_at"])
    lifecycle.reopen_adjudication(head.annotation_set, sources=_source_sets(head))
    delete_statistics(head)
    apply_updates(head, by=by, now=now)
    # Statuses stored by an earlier version of the program may be outdated.
    update_set(head, by=by, now=now)
    return head
