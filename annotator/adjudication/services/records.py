"""What every action on an adjudication does: lock it, append decisions, bring the adjudicated set along."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from annotator.adjudication.board.contents import UnitSeen, read_board
from annotator.adjudication.board.neighbourhood import neighbourhood
from annotator.adjudication.models import Adjudication, AdjudicationState, Decision, Stands, Unit
from annotator.adjudication.problems import AdjudicationSettled, StaleAdjudication
from annotator.adjudication.selectors import decisions_since
from annotator.adjudication.units.versions import DecisionKind, Spans, supporters
from annotator.corpus.spans import selectors as spans
from annotator.corpus.spans.changes import MOST_CHANGES, Change
from annotator.corpus.spans.difference import changes_between
from annotator.corpus.spans.services import apply_changes
from annotator.platform.accounts.models import User

AT_ONCE = 1000


def lock(adjudication: Adjudication, *, must_be_open: bool = True) -> Adjudication:
    """Read where an adjudication stands and keep others from moving it; the caller opened the transaction."""
    locked = Adjudication.objects.select_for_update(of=("self",))
    head = locked.select_related("document", "annotation_set__schema_version").get(pk=adjudication.pk)
    if must_be_open and head.state != AdjudicationState.OPEN:
        raise AdjudicationSettled("The document is settled. Reopen it to change what was decided.")
    return head


def check_units_current(head: Adjudication, unit_ids: Sequence[int], *, base_revision: int) -> None:
    """Raise `StaleAdjudication` when somebody decided about one of these units after the base."""
    later = Decision.objects.filter(adjudication=head, unit__in=unit_ids, number__gt=base_revision)
    if base_revision > head.revision or later.exists():
        raise stale(head, base_revision)


def stale(head: Adjudication, base_revision: int) -> StaleAdjudication:
    """Return the problem that tells what happened since the base."""
    return StaleAdjudication(
        revision=head.revision, base_revision=base_revision, decisions=decisions_since(head, base_revision)
    )


def record(head: Adjudication, decisions: Sequence[Decision], *, by: User | None, now: datetime) -> None:
    """Append the decisions of one action under the next number; they stand from now on."""
    head.revision += 1
    units = [decision.unit_id for decision in decisions]
    for start in range(0, len(units), AT_ONCE):
        current = Decision.objects.filter(unit__in=units[start : start + AT_ONCE], is_current=True)
        current.update(is_current=False)
    for decision in decisions:
        decision.adjudication, decision.number, decision.by, decision.at = head, head.revision, by, now
    Decision.objects.bulk_create(decisions, batch_size=AT_ONCE)
    Adjudication.objects.filter(pk=head.pk).update(revision=head.revision)


def bring_set_along(head: Adjudication, *, by: User, now: datetime) -> None:
    """Write into the change log of the adjudicated set what leads to what the decisions say; note how units stand."""
    board = read_board(head)
    changes = changes_between(spans.state_of_rows(head.annotation_set), board.derived.state)
    _append(head, changes, by=by, now=now)
    note_standings(board.units)


def bring_part_along(head: Adjudication, keys: Collection[int], *, by: User, now: datetime) -> None:
    """Do the same after decisions about these units alone."""
    if Unit.objects.filter(adjudication=head, stands="").exists():
        return bring_set_along(head, by=by, now=now)
    near = neighbourhood(head, keys)
    _append(head, changes_between(near.before, near.board.derived.state), by=by, now=now)
    note_standings([unit for unit in near.board.units if unit.row.pk in near.touched])
    return None


def note_standings(units: Iterable[UnitSeen]) -> None:
    """Keep with each unit how it stands, where that has changed."""
    changed: dict[Stands, list[int]] = {}
    for unit in units:
        if unit.row.stands != unit.stands:
            changed.setdefault(unit.stands, []).append(unit.row.pk)
    for stands, keys in changed.items():
        for start in range(0, len(keys), AT_ONCE):
            Unit.objects.filter(pk__in=keys[start : start + AT_ONCE]).update(stands=stands)


def _append(head: Adjudication, changes: Sequence[Change], *, by: User, now: datetime) -> None:
    adjudicated = head.annotation_set
    adjudicated.refresh_from_db(fields=["revision", "state"])
    revision = adjudicated.revision
    for start in range(0, len(changes), MOST_CHANGES):
        batch = changes[start : start + MOST_CHANGES]
        done = apply_changes(
            adjudicated, batch, base_revision=revision, sha256=head.document.sha256, author=by, now=now
        )
        revision = done.revision


def support_of(unit: UnitSeen, outcome: Spans | Sequence[str]) -> int:
    """Return how many annotators had exactly this outcome."""
    if unit.is_span:
        return len(supporters(unit.spans, tuple(outcome)))  # type: ignore[arg-type]
    labels = sorted(str(label) for label in outcome)
    return sum(sorted(drawn.label for drawn in version) == labels for version in unit.relations)


def cleared(unit: Unit) -> Decision:
    """Return a decision that leaves a unit open."""
    return Decision(unit=unit, kind=DecisionKind.CLEARED, outcome=[], support_of=len(unit.versions))


def stored(outcome: Spans) -> list[Any]:
    """Return spans as they are stored."""
    return [span.wire() for span in outcome]
