"""Giving units the versions of now after annotators changed their sets; decisions stand unless contradicted."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from annotator.adjudication import selectors
from annotator.adjudication.board.contents import Board, UnitSeen, read_board
from annotator.adjudication.models import Adjudication, AdjudicationState, Decision, Source, Unit
from annotator.adjudication.problems import AdjudicationSettled
from annotator.adjudication.services.records import bring_set_along, cleared, lock, record, stored
from annotator.adjudication.services.start import content_of, new_relation_unit, new_unit, rule_decisions
from annotator.adjudication.units.alignment import (
    Content,
    RelationDraft,
    UnitDraft,
    contradicts,
    draft_units,
    match_units,
)
from annotator.adjudication.units.versions import DecisionKind, Relations, read_spans, supporters
from annotator.platform.accounts.models import User
from annotator.text.tokens import token_boundaries

Decisions = Mapping[int, Decision]


@transaction.atomic
def refresh(adjudication: Adjudication, *, by: User, now: datetime) -> Adjudication:
    """Take over what annotators changed since; decisions stand unless somebody now contradicts them."""
    head = lock(adjudication, must_be_open=False)
    if head.state != AdjudicationState.OPEN:
        raise AdjudicationSettled("The document is settled. Reopen it to take over what moved.")
    return apply_updates(head, by=by, now=now)


def apply_updates(head: Adjudication, *, by: User, now: datetime) -> Adjudication:
    """Align the sets that changed or were submitted since the adjudication read them, inside a transaction."""
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
    realign(head, [*sources, *newcomers], by=by, now=now)
    return head


def realign(head: Adjudication, sources: Sequence[Source], *, by: User, now: datetime) -> None:
    """Align the sets of now; what is contradicted is open again, what is new begins open, agreement settles itself."""
    board = read_board(head)
    drafts, relation_drafts = draft_units([_content(source, board.units) for source in sources])
    known = {unit.row.pk: unit for unit in board.units if unit.is_span}
    contradicted, ends, fresh = _put_spans(head, known, drafts, annotators=len(sources))
    contradicted |= _put_relations(head, board, relation_drafts, ends)
    standing = Decision.objects.filter(adjudication=head, is_current=True).select_related("unit").order_by("id")
    current = {decision.unit_id: decision for decision in standing}
    rows = [*(unit.row for unit in known.values()), *fresh]
    decisions = _anew(head, rows, _with_merged(contradicted, current), current)
    reopened = {decision.unit_id for decision in decisions if decision.kind == DecisionKind.CLEARED}
    settled = {decision.unit_id for decision in decisions} - reopened
    record(head, decisions, by=by, now=now)
    Unit.objects.filter(adjudication=head, pk__in=settled).update(is_moved=False)
    moved = reopened | ({row.pk for row in fresh} - settled)
    Unit.objects.filter(adjudication=head, pk__in=moved).update(is_moved=True)
    bring_set_along(head, by=by, now=now)


def _content(source: Source, units: Sequence[UnitSeen]) -> Content:
    """What a source says: its set as it is now, or as it was looked at while its annotator works on it again."""
    if not source.annotation_set.is_open:
        return content_of(source.annotation_set)
    at = source.position
    return Content(
        [span for unit in units if unit.is_span for span in unit.spans[at]],
        [drawn for unit in units if not unit.is_span for drawn in unit.relations[at]],
    )


def _put_spans(
    head: Adjudication, known: Mapping[int, UnitSeen], drafts: Sequence[UnitDraft], *, annotators: int
) -> tuple[set[int], list[Unit], list[Unit]]:
    """Store the versions of now; returns what is contradicted, the unit of each draft, and the units that are new."""
    places = match_units({key: unit.spans for key, unit in known.items()}, drafts)
    nothing = UnitDraft(0, 0, (), tuple(() for _ in range(annotators)))
    contradicted = set()
    for key, unit in known.items():
        draft = drafts[places[key]] if key in places else nothing
        if (
            is_peoples(unit.decision)
            and not unit.row.is_added
            and contradicts(unit.spans, draft.versions, unit.outcome)
        ):
            contradicted.add(key)
        _put(unit.row, draft)
    Unit.objects.bulk_update(
        [unit.row for unit in known.values()], ["start", "end", "kinds", "versions"], batch_size=500
    )
    at = {place: known[key].row for key, place in places.items()}
    fresh = Unit.objects.bulk_create(
        [new_unit(head, draft) for place, draft in enumerate(drafts) if place not in at], batch_size=500
    )
    created = iter(fresh)
    return contradicted, [at.get(place) or next(created) for place in range(len(drafts))], fresh


def is_peoples(decision: Decision | None) -> bool:
    """Whether people decided; what settled itself is settled, or not, by the rule anew."""
    return decision is not None and decision.kind != DecisionKind.AGREED


def _put(row: Unit, draft: UnitDraft) -> None:
    if any(draft.versions):
        row.start, row.end = draft.start, draft.end
    row.kinds, row.versions = list(draft.kinds), [stored(version) for version in draft.versions]


def _put_relations(head: Adjudication, board: Board, drafts: Sequence[RelationDraft], ends: Sequence[Unit]) -> set[int]:
    """Store the relations of now; returns what is contradicted. What nobody draws any more goes, unless decided."""
    waiting: dict[tuple[int | None, int | None], list[UnitSeen]] = {}
    for unit in board.units:
        if not unit.is_span:
            waiting.setdefault((unit.row.from_unit_id, unit.row.to_unit_id), []).append(unit)
    contradicted: set[int] = set()
    kept: list[Unit] = []
    fresh: list[Unit] = []
    for draft in drafts:
        made = new_relation_unit(head, draft, ends[draft.source], ends[draft.target])
        known = _taken(waiting.get((made.from_unit_id, made.to_unit_id), []), draft)
        if known is None:
            fresh.append(made)
            continue
        contradicted |= _redraw(known, draft.versions)
        known.row.start, known.row.end, known.row.versions = made.start, made.end, made.versions
        kept.append(known.row)
    Unit.objects.bulk_create(fresh, batch_size=500)
    for unit in [each for units in waiting.values() for each in units]:
        if unit.decision is None:
            unit.row.delete()
            continue
        nothing: tuple[Relations, ...] = tuple(() for _ in unit.relations)
        contradicted |= _redraw(unit, nothing)
        unit.row.versions = [[] for _ in nothing]
        kept.append(unit.row)
    Unit.objects.bulk_update(kept, ["versions", "start", "end"], batch_size=500)
    return contradicted


def _taken(waiting: list[UnitSeen], draft: RelationDraft) -> UnitSeen | None:
    """Take the unit that goes on in a draft: between the same ends, best with a label in common."""
    drawn = {each.label for version in draft.versions for each in version}
    alike = (unit for unit in waiting if drawn & {each.label for version in unit.relations for each in version})
    found = next(alike, waiting[0] if waiting else None)
    if found is not None:
        waiting.remove(found)
    return found


def _redraw(unit: UnitSeen, versions: Sequence[Relations]) -> set[int]:
    """The key of a unit when somebody now draws something else than before, and than people decided; else nothing."""
    if unit.decision is None or not is_peoples(unit.decision):
        return set()
    decided = sorted(str(each["label"]) for each in unit.decision.outcome)
    before = [_labels(version) for version in unit.relations]
    after = [_labels(version) for version in versions]
    before += [[] for _ in range(len(after) - len(before))]
    moved = any(new not in (old, decided) for old, new in zip(before, after, strict=True))
    return {unit.row.pk} if moved else set()


def _labels(drawn: Relations) -> list[str]:
    return sorted(each.label for each in drawn)


def _anew(head: Adjudication, rows: Sequence[Unit], contradicted: set[int], current: Decisions) -> list[Decision]:
    """Return the decisions to add; those that stay get their support counted again."""
    tokens = token_boundaries(head.document.text)
    by_rule = {decision.unit_id: decision for decision in rule_decisions(head, rows, tokens=tokens)}
    decisions = []
    for row in rows:
        before = current.get(row.pk)
        found = _verdict(row, before, by_rule.get(row.pk), is_contradicted=row.pk in contradicted)
        if found is not None:
            decisions.append(found)
        elif before is not None:
            before.support, before.support_of = _support(row, before), len(row.versions)
    Decision.objects.bulk_update(current.values(), ["support", "support_of"], batch_size=500)
    spans = {row.pk for row in rows}
    return decisions + [cleared(current[key].unit) for key in sorted(contradicted - spans)]


def _verdict(row: Unit, before: Decision | None, by_rule: Decision | None, *, is_contradicted: bool) -> Decision | None:
    """The decision that takes the place of the one before; None when that one stands, or there is none."""
    settled_itself = before is not None and before.kind == DecisionKind.AGREED
    is_free = before is None or settled_itself or is_contradicted or before.kind in UNSETTLED
    if is_free and by_rule is not None:
        same = before is not None and settled_itself and before.outcome == by_rule.outcome
        return None if same else by_rule
    if settled_itself:
        return cleared(row) if any(row.versions) else _vanished(row)
    return cleared(row) if is_contradicted else None


UNSETTLED = (DecisionKind.LATER, DecisionKind.CLEARED)


def _with_merged(keys: set[int], current: Decisions) -> set[int]:
    """The units themselves, those merged into them, and those they were merged into with all others."""
    leading = {current[key].merged_into_id for key in keys if key in current} - {None}
    found = keys | {key for key in leading if key is not None}
    return found | {key for key, decision in current.items() if decision.merged_into_id in found}


def _vanished(row: Unit) -> Decision:
    """Everybody who agreed on it has taken it away."""
    return Decision(unit=row, kind=DecisionKind.NONE, support=len(row.versions), support_of=len(row.versions))


def _support(row: Unit, decision: Decision) -> int:
    versions = [read_spans(version) for version in row.versions]
    return len(supporters(versions, read_spans(decision.outcome)))
