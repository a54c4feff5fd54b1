"""Settling a document, reopening it, and taking over what annotators changed meanwhile."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from annotator.accounts.models import User
from annotator.adjudication import selectors
from annotator.adjudication.boards import UnitSeen, read_board
from annotator.adjudication.drafts import Content, RelationDraft, UnitDraft, draft_units
from annotator.adjudication.models import Adjudication, AdjudicationState, Decision, Source, Unit
from annotator.adjudication.problems import AdjudicationSettled, NotAllDecided, NotSettled, SourcesMoved
from annotator.adjudication.realignment import contradicts, match_units
from annotator.adjudication.services.counting import count_settled, forget_reversals
from annotator.adjudication.services.starting import content_of, rule_decisions
from annotator.adjudication.services.units import new_relation_unit, new_unit
from annotator.adjudication.services.writing import bring_set_along, cleared, lock, record, stale, stored
from annotator.adjudication.versions import DecisionKind, Spans, read_relations, read_spans, supporters
from annotator.spans.models import SetState
from annotator.spans.settling import close_sets, reopen_sets
from annotator.text.tokens import token_boundaries


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
    sources = [source.annotation_set_id for source in selectors.sources_of(head)]
    close_sets(head.annotation_set, sources=sources, now=now)
    count_settled(head, board)
    return head


@transaction.atomic
def reopen(adjudication: Adjudication, *, by: User, now: datetime) -> Adjudication:
    """Open a settled document again, and take over what annotators changed; only that is shown as open."""
    head = lock(adjudication, must_be_open=False)
    if head.state != AdjudicationState.SETTLED:
        raise NotSettled("The document is open already.")
    head.state, head.settled_by, head.settled_at, head.reopened_at = AdjudicationState.OPEN, None, None, now
    head.save(update_fields=["state", "settled_by", "settled_at", "reopened_at"])
    reopen_sets(head.annotation_set)
    forget_reversals(head)
    return _refresh(head, by=by, now=now)


@transaction.atomic
def refresh(adjudication: Adjudication, *, by: User, now: datetime) -> Adjudication:
    """Take over what annotators changed since; decisions stand unless somebody now contradicts them."""
    head = lock(adjudication, must_be_open=False)
    if head.state != AdjudicationState.OPEN:
        raise AdjudicationSettled("The document is settled. Reopen it to take over what moved.")
    return _refresh(head, by=by, now=now)


def _refresh(head: Adjudication, *, by: User, now: datetime) -> Adjudication:
    moved = {each.pk: each for each in selectors.moved_sources(head)}
    if not moved:
        return head
    sources = selectors.sources_of(head)
    known = {source.annotation_set_id for source in sources}
    for source in sources:
        if source.annotation_set_id in moved:
            source.revision = moved[source.annotation_set_id].revision
    Source.objects.bulk_update(sources, ["revision"])
    newcomers = [
        Source(adjudication=head, annotation_set=each, position=position, revision=each.revision)
        for position, each in enumerate((each for key, each in moved.items() if key not in known), start=len(sources))
    ]
    Source.objects.bulk_create(newcomers)
    _realign(head, [*sources, *newcomers], by=by, now=now)
    return head


def _realign(head: Adjudication, sources: Sequence[Source], *, by: User, now: datetime) -> None:
    """Give every unit the versions of now; what is contradicted is open again, what is new begins open."""
    board = read_board(head)
    drafts, relation_drafts = draft_units([_content(source, board.units) for source in sources])
    stored_units = {unit.row.pk: unit for unit in board.units if unit.is_span}
    places = match_units({key: unit.spans for key, unit in stored_units.items()}, drafts)
    nothing = UnitDraft(0, 0, (), tuple(() for _ in sources))
    contradicted = []
    for key, unit in stored_units.items():
        draft = drafts[places[key]] if key in places else nothing
        if _is_contradicted(unit, draft):
            contradicted.append(unit)
        _put(unit.row, draft)
    fresh = [new_unit(head, draft) for place, draft in enumerate(drafts) if place not in set(places.values())]
    rows = [unit.row for unit in stored_units.values()]
    Unit.objects.bulk_update(rows, ["start", "end", "kinds", "versions"], batch_size=500)
    at = {places[key]: unit.row for key, unit in stored_units.items() if key in places}
    created = iter(Unit.objects.bulk_create(fresh))
    ends = [at.get(place) or next(created) for place in range(len(drafts))]
    _put_relations(head, board.units, relation_drafts, ends)
    _decide_anew(head, contradicted, [*rows, *fresh], by=by, now=now)
    bring_set_along(head, by=by, now=now)


def _content(source: Source, units: Sequence[UnitSeen]) -> Content:
    """What a source says: its set as it is now, or as it was looked at while its annotator works on it again."""
    if source.annotation_set.state != SetState.OPEN:
        return content_of(source.annotation_set)
    at = source.position
    return Content(
        [span for unit in units if unit.is_span for span in unit.spans[at]],
        [drawn for unit in units if not unit.is_span for drawn in unit.relations[at]],
    )


def _is_contradicted(unit: UnitSeen, draft: UnitDraft) -> bool:
    """Whether a decision by people meets something new that speaks against it; the rule's own are made anew anyhow."""
    if unit.decision is None or unit.decision.kind == DecisionKind.AGREED:
        return False
    return contradicts(unit.spans, draft.versions, unit.outcome)


def _put(row: Unit, draft: UnitDraft) -> None:
    if any(draft.versions):
        row.start, row.end = draft.start, draft.end
    row.kinds, row.versions = list(draft.kinds), [stored(version) for version in draft.versions]


def _put_relations(
    head: Adjudication, units: Sequence[UnitSeen], drafts: Sequence[RelationDraft], ends: Sequence[Unit]
) -> None:
    """Give the units of relations their versions of now: those between the same units stay, with their decisions."""
    known: dict[tuple[int | None, int | None], list[Unit]] = {}
    for unit in units:
        if not unit.is_span:
            known.setdefault((unit.row.from_unit_id, unit.row.to_unit_id), []).append(unit.row)
    kept: list[Unit] = []
    fresh: list[Unit] = []
    for draft in drafts:
        made = new_relation_unit(head, draft, ends[draft.source], ends[draft.target])
        before = known.get((made.from_unit_id, made.to_unit_id), [])
        if not before:
            fresh.append(made)
            continue
        row = next((each for each in before if _drawn(each) & _drawn(made)), before[0])
        before.remove(row)
        row.versions, row.start, row.end = made.versions, made.start, made.end
        kept.append(row)
    Unit.objects.bulk_update(kept, ["versions", "start", "end"], batch_size=500)
    Unit.objects.bulk_create(fresh)
    gone = [row.pk for rows in known.values() for row in rows]
    Unit.objects.filter(pk__in=gone).delete()


def _drawn(unit: Unit) -> set[str]:
    return {drawn.label for version in unit.versions for drawn in read_relations(version)}


def _decide_anew(
    head: Adjudication, contradicted: Sequence[UnitSeen], rows: Sequence[Unit], *, by: User, now: datetime
) -> None:
    """Clear what is contradicted with what was merged with it, and let the rule settle what it settles now."""
    current = {
        decision.unit_id: decision
        for decision in Decision.objects.filter(adjudication=head, is_current=True).order_by("id")
    }
    cleared_keys = _with_merged({unit.row.pk for unit in contradicted}, current)
    by_rule = {decision.unit_id: decision for decision in rule_decisions(head, rows, tokens=_tokens(head))}
    decisions, moved = [], set(cleared_keys)
    for row in rows:
        before = current.get(row.pk)
        settled_itself = before is not None and before.kind == DecisionKind.AGREED
        found = by_rule.get(row.pk)
        undecided = before is None or settled_itself or row.pk in cleared_keys or _left_open(before)
        if undecided and found is not None:
            if before is None or not settled_itself or before.outcome != found.outcome:
                decisions.append(found)
            moved.discard(row.pk)
        elif settled_itself and any(row.versions):
            decisions.append(cleared(row))
            moved.add(row.pk)
        elif settled_itself:
            decisions.append(_vanished(row))
        elif row.pk in cleared_keys:
            decisions.append(cleared(row))
        elif before is not None:
            before.support, before.support_of = _support(row, before), len(row.versions)
        else:
            moved.add(row.pk)
    Unit.objects.filter(adjudication=head).update(is_moved=False)
    Unit.objects.filter(adjudication=head, pk__in=moved).update(is_moved=True)
    Decision.objects.bulk_update(current.values(), ["support", "support_of"], batch_size=500)
    record(head, decisions, by=by, now=now)


def _left_open(decision: Decision) -> bool:
    return decision.kind in (DecisionKind.LATER, DecisionKind.CLEARED)


def _with_merged(keys: set[int], current: Mapping[int, Decision]) -> set[int]:
    """The units themselves, those merged into them, and those they were merged into with all others."""
    leading = {current[key].merged_into_id for key in keys if key in current} - {None}
    found = keys | {key for key in leading if key is not None}
    return found | {key for key, decision in current.items() if decision.merged_into_id in found}


def _vanished(row: Unit) -> Decision:
    """Everybody who agreed on it has taken it away."""
    return Decision(unit=row, kind=DecisionKind.NONE, support=len(row.versions), support_of=len(row.versions))


def _support(row: Unit, decision: Decision) -> int:
    versions: list[Spans] = [read_spans(version) for version in row.versions]
    return len(supporters(versions, read_spans(decision.outcome)))


def _tokens(head: Adjudication) -> list[tuple[int, int]]:
    return token_boundaries(head.document.text)
