"""Settling a document, reopening it, and taking over what annotators changed meanwhile."""

from datetime import datetime

from django.db import transaction

from annotator.adjudication import selectors
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.models import Adjudication, AdjudicationState
from annotator.adjudication.problems import NotAllDecided, NotSettled, SourcesMoved
from annotator.adjudication.services.records import lock, stale
from annotator.adjudication.services.statistics import count_settled, forget_reversals
from annotator.adjudication.services.updates import apply_updates
from annotator.corpus.spans import lifecycle
from annotator.platform.accounts.models import User


@transaction.atomic
def settle(adjudication: Adjudication, *, base_revision: int, by: User, now: datetime) -> Adjudication:
    """Close the adjudicated set and those of the annotators.

    Raises `NotAllDecided` while a unit is open, `SourcesMoved` when an annotator changed their set since, and
    `StaleAdjudication` when anything at all was decided since the base: who settles has seen all of it.
    """
    head = lock(adjudication)
    if base_revision != head.revision:
        raise stale(head, base_revision)
    board = read_board(head)
    if board.open:
        count = len(board.open)
        raise NotAllDecided(f"{count} unit{' is' if count == 1 else 's are'} not decided yet.", open=count)
    moved = selectors.moved_sources(head)
    if moved:
        names = "" if head.blind else f" ({', '.join(each.name for each in moved)})"
        raise SourcesMoved(f"Annotators have changed their work meanwhile{names}. Take over what moved first.")
    head.state, head.settled_by, head.settled_at = AdjudicationState.SETTLED, by, now
    head.save(update_fields=["state", "settled_by", "settled_at"])
    lifecycle.complete_adjudication(head.annotation_set, sources=_source_sets(head), now=now)
    count_settled(head, board)
    return head


def _source_sets(head: Adjudication) -> list[int]:
    return [source.annotation_set_id for source in selectors.sources_of(head)]


@transaction.atomic
def reopen(adjudication: Adjudication, *, by: User, now: datetime) -> Adjudication:
    """Open a settled document again, and take over what annotators changed; only that is shown as open."""
    head = lock(adjudication, must_be_open=False)
    if head.state != AdjudicationState.SETTLED:
        raise NotSettled("The document is open already.")
    head.state, head.settled_by, head.settled_at, head.reopened_at = AdjudicationState.OPEN, None, None, now
    head.save(update_fields=["state", "settled_by", "settled_at", "reopened_at"])
    lifecycle.reopen_adjudication(head.annotation_set, sources=_source_sets(head))
    forget_reversals(head)
    return apply_updates(head, by=by, now=now)
