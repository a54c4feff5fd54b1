"""Steps of every action on an adjudication: lock it, append decisions, update the adjudicated set."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotator.adjudication.board.contents import Board, BoardUnit, read_board
from annotator.adjudication.board.document_units import accepted_values
from annotator.adjudication.board.neighbourhood import neighbourhood
from annotator.adjudication.board.overview import is_stored, locations_of_units, open_count
from annotator.adjudication.models import Adjudication, AdjudicationState, Decision, Step, StoredStatus, Unit
from annotator.adjudication.problems import AdjudicationCompleted, OwnWork, StaleAdjudication
from annotator.adjudication.selectors import decisions_since
from annotator.adjudication.units.versions import DecisionKind, Spans, supporters
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans import selectors as spans
from annotator.corpus.spans.changes import MOST_CHANGES, Change
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.services import apply_changes
from annotator.corpus.spans.state import changes_between
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import insert_rows, table_of, update_rows

AT_ONCE = 1000
_LOCATIONS = table_of(Unit, "location id")
_DECISIONS = table_of(
    Decision,
    "adjudication_id unit_id number kind source outcome merged_into_id support support_of reason section note by_id at "
    "is_current undoes is_undone pinned_in action",
)


def lock(adjudication: Adjudication, *, must_be_open: bool = True, by: User | None = None) -> Adjudication:
    """Return the current state of an adjudication, locked for others; the caller opened the transaction.

    Raises `AdjudicationCompleted`, and `OwnWork` when `by` may not decide the document.
    """
    locked = Adjudication.objects.select_for_update(of=("self",))
    head = locked.select_related("document", "annotation_set__schema_version").get(pk=adjudication.pk)
    if must_be_open:
        check_open(head)
    if by is not None:
        check_not_own(head.document, by)
    return head


def check_open(head: Adjudication) -> None:
    """Raise `AdjudicationCompleted` when the adjudication is completed."""
    if head.state != AdjudicationState.OPEN:
        raise AdjudicationCompleted(_("The adjudication is completed. Reopen it to change decisions."))


def is_first(head: Adjudication, action: str, *, by: User, now: datetime) -> bool:
    """Return whether a step of a locked adjudication is not made yet, and record it; without an id each is new."""
    if not action:
        return True
    _step, is_new = Step.objects.get_or_create(adjudication=head, action=action, defaults={"by": by, "at": now})
    return is_new


def is_made(head: Adjudication, action: str) -> bool:
    """Return whether a step with this id is recorded already."""
    return bool(action) and Step.objects.filter(adjudication=head, action=action).exists()


def check_not_own(document: Document, user: User) -> None:
    """Raise `OwnWork` when a user annotated a document and its project does not let them adjudicate it."""
    own = AnnotationSet.objects.filter(lifecycle.submitted_sets(), document=document, annotator=user)
    if own.filter(document__project__adjudicate_own=False).exists():
        raise OwnWork(_("You annotated this document. In this project another adjudicator has to decide it."))


def check_units_current(head: Adjudication, unit_ids: Sequence[int], *, base_revision: int) -> None:
    """Raise `StaleAdjudication` when one of these units was decided after the base."""
    later = Decision.objects.filter(adjudication=head, unit__in=unit_ids, number__gt=base_revision)
    if base_revision > head.revision or later.exists():
        raise stale(head, base_revision)


def has_decisions_of_others(head: Adjudication, base_revision: int, user: User) -> bool:
    """Return whether someone else has decided something after the base."""
    later = Decision.objects.filter(adjudication=head, number__gt=base_revision)
    return later.exclude(by=user).exists()


def stale(head: Adjudication, base_revision: int) -> StaleAdjudication:
    """Return the problem with the decisions since the base."""
    return StaleAdjudication(
        revision=head.revision, base_revision=base_revision, decisions=decisions_since(head, base_revision)
    )


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The result of an action: the revision now, the number of actions of others since the base, and of open units.

    `unit` is the unit of the action; an addition has a new one, and None is an attribute of the document.
    """

    revision: int
    later_actions: int
    open: int
    unit: int | None


def result_of(head: Adjudication, action: str) -> ActionResult | None:
    """Return the result of an action that is recorded already: the page has sent it again, as its answer was lost."""
    row = decisions_of_action(head, action).first() if action else None
    if row is None:
        return None
    return ActionResult(row.number, head.revision - row.number, open_count(head), row.unit_id)


def base_after(adjudication: Adjudication, base_revision: int, action: str) -> int:
    """Return the revision that a user has seen who made an earlier action on the same page, which knew an older one."""
    row = decisions_of_action(adjudication, action).first() if action else None
    return base_revision if row is None else max(base_revision, row.number)


def decisions_of_action(adjudication: Adjudication, action: str) -> QuerySet[Decision]:
    """Return the decisions of an action by the id that its page gave it."""
    return Decision.objects.filter(action=action, adjudication=adjudication).order_by("id")


def record(
    head: Adjudication, decisions: Sequence[Decision], *, by: User | None, now: datetime, action: str = ""
) -> None:
    """Append the decisions of one action under the next number; they are current from now on."""
    head.revision += 1
    units = [decision.unit_id for decision in decisions]
    for start in range(0, len(units), AT_ONCE):
        current = Decision.objects.filter(unit__in=units[start : start + AT_ONCE], is_current=True)
        current.update(is_current=False)
    for decision in decisions:
        decision.adjudication, decision.number, decision.by, decision.at = head, head.revision, by, now
        decision.action = action
    _insert(decisions, now=now)
    Adjudication.objects.filter(pk=head.pk).update(revision=head.revision)


def _insert(decisions: Sequence[Decision], *, now: datetime) -> None:
    """Write new decisions as rows: of thousands at once, model objects would take most of the time."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        insert_rows(
            cursor,
            _DECISIONS,
            [
                (
                    *(decision.adjudication_id, decision.unit_id, decision.number, decision.kind, decision.source),
                    *(orjson.dumps(decision.outcome).decode(), decision.merged_into_id),
                    *(decision.support, decision.support_of, decision.reason, decision.section, decision.note),
                    *(decision.by_id, at, decision.is_current, decision.undoes, decision.is_undone),
                    *(decision.pinned_in, decision.action),
                )
                for decision in decisions
            ],
        )


def update_set(head: Adjudication, *, by: User, now: datetime, board: Board | None = None) -> None:
    """Append changes to the adjudicated set so that it matches the decisions, and store the status of units.

    `board` is the adjudication as it is now, where it is known.
    """
    board = board or read_board(head)
    present, wanted = spans.state_of_rows(head.annotation_set), board.derived.state.copy()
    wanted.document_attributes = accepted_values(head, present.document_attributes)
    _append(head, changes_between(present, wanted), by=by, now=now)
    store_statuses(board.units)


def update_part_of_set(head: Adjudication, keys: Collection[int], *, by: User, now: datetime) -> None:
    """Do the same as `update_set` after decisions about these units only."""
    if not is_stored(head):
        board = read_board(head)
        store_locations(board.units)
        return update_set(head, by=by, now=now, board=board)
    near = neighbourhood(head, keys)
    _append(head, changes_between(near.before, near.board.derived.state), by=by, now=now)
    store_statuses([unit for unit in near.board.units if unit.row.pk in near.touched])
    return None


def store_statuses(units: Iterable[BoardUnit]) -> None:
    """Store the status of units where it has changed."""
    changed: dict[StoredStatus, list[int]] = {}
    for unit in units:
        if unit.row.status != unit.stored_status:
            changed.setdefault(unit.stored_status, []).append(unit.row.pk)
    for status, keys in changed.items():
        for start in range(0, len(keys), AT_ONCE):
            Unit.objects.filter(pk__in=keys[start : start + AT_ONCE]).update(status=status)


def store_locations(units: Sequence[BoardUnit]) -> None:
    """Store the location of units where it has changed."""
    rows, locations = {unit.row.pk: unit.row for unit in units}, locations_of_units(units)
    changed = [(location, key) for key, location in locations.items() if rows[key].location != location]
    with connection.cursor() as cursor:
        update_rows(cursor, _LOCATIONS, changed)


def _append(head: Adjudication, changes: Sequence[Change], *, by: User, now: datetime) -> None:
    adjudicated = head.annotation_set
    adjudicated.refresh_from_db(fields=["revision", "state"])
    revision = adjudicated.revision
    for start in range(0, len(changes), MOST_CHANGES):
        batch = changes[start : start + MOST_CHANGES]
        applied = apply_changes(
            adjudicated, batch, base_revision=revision, sha256=head.document.sha256, author=by, now=now
        )
        revision = applied.revision


def support_of(unit: BoardUnit, outcome: Spans) -> int:
    """Return the number of annotators who had exactly these spans."""
    return len(supporters(unit.spans, outcome))


def cleared(unit: Unit) -> Decision:
    """Return a decision that leaves a unit open."""
    return Decision(unit=unit, kind=DecisionKind.CLEARED, outcome=[], support_of=len(unit.versions))


def stored(outcome: Spans) -> list[Any]:
    """Return spans in their stored form."""
    return [span.wire() for span in outcome]
