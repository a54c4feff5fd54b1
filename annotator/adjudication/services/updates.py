"""Updates from annotators: units get the current versions; decisions stay unless contradicted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from annotator.adjudication import selectors
from annotator.adjudication.board.contents import Board, BoardUnit, read_board
from annotator.adjudication.models import Adjudication, AdjudicationState, Decision, Source, Unit
from annotator.adjudication.problems import AdjudicationCompleted
from annotator.adjudication.services.records import cleared, is_first, lock, record, store_locations, stored, update_set
from annotator.adjudication.services.start import board_of, content_of, new_relation_unit, new_unit, rule_decisions
from annotator.adjudication.units.alignment import (
    AlignedRelation,
    AlignedUnit,
    Content,
    align_contents,
    contradicts,
    match_units,
)
from annotator.adjudication.units.versions import UNDECIDED, DecisionKind, Relations, Spans, read_spans, supporters
from annotator.corpus.spans.models import SetState
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import table_of, update_rows
from annotator.platform.garbage import paused_collector
from annotator.text.tokens import token_boundaries

Decisions = Mapping[int, Decision]
_VERSIONS = table_of(Unit, "start end kinds versions id")
_SUPPORT = table_of(Decision, "support support_of id")


@paused_collector()
@transaction.atomic
def refresh(adjudication: Adjudication, *, by: User, now: datetime, action: str = "") -> Adjudication:
    """Apply the changes of annotators since; decisions stay unless a new version contradicts them."""
    head = lock(adjudication, must_be_open=False)
    if not is_first(head, action, by=by, now=now):
        return head
    if head.state != AdjudicationState.OPEN:
        raise AdjudicationCompleted(_("The adjudication is completed. Reopen it to apply updates."))
    return apply_updates(head, by=by, now=now)


def apply_updates(head: Adjudication, *, by: User, now: datetime) -> Adjudication:
    """Align the sets that changed or were submitted since the adjudication read them, inside a transaction."""
    changed = {annotation_set.pk: annotation_set for annotation_set in selectors.changed_sources(head)}
    if not changed:
        return head
    sources = selectors.sources_of(head)
    known = {source.annotation_set_id for source in sources}
    for source in sources:
        if source.annotation_set_id in changed:
            source.revision = changed[source.annotation_set_id].revision
    Source.objects.bulk_update(sources, ["revision"])
    newcomers = [
        Source(adjudication=head, annotation_set=new, position=position, revision=new.revision)
        for position, new in enumerate((new for key, new in changed.items() if key not in known), start=len(sources))
    ]
    Source.objects.bulk_create(newcomers)
    realign(head, [*sources, *newcomers], by=by, now=now)
    return head


def realign(head: Adjudication, sources: Sequence[Source], *, by: User, now: datetime) -> None:
    """Align the current sets: contradicted units are open again, new ones are open or accepted automatically."""
    board = read_board(head)
    drafts, relation_drafts = align_contents([_content(source, board.units) for source in sources])
    known = {unit.row.pk: unit for unit in board.units if unit.is_span}
    aligned = _store_spans(head, known, drafts, annotators=len(sources))
    contradicted, relations = _store_relations(head, board, relation_drafts, aligned.ends)
    current = {unit.row.pk: unit.decision for unit in board.units if unit.decision is not None}
    touched = _with_merged(aligned.contradicted | contradicted, current)
    decisions = _new_decisions(head, aligned, touched, current)
    decisions += [cleared(board.by_id[key].row) for key in sorted(touched - aligned.versions.keys())]
    reopened = {decision.unit_id for decision in decisions if decision.kind == DecisionKind.CLEARED}
    accepted = {decision.unit_id for decision in decisions} - reopened
    record(head, decisions, by=by, now=now)
    Unit.objects.filter(adjudication=head, pk__in=accepted).update(is_moved=False)
    moved = reopened | ({row.pk for row in aligned.new} - accepted)
    Unit.objects.filter(adjudication=head, pk__in=moved).update(is_moved=True)
    new_board = board_of(head, [*aligned.rows, *relations], [*current.values(), *decisions], aligned.versions)
    store_locations(new_board.units)
    update_set(head, by=by, now=now, board=new_board)


def _content(source: Source, units: Sequence[BoardUnit]) -> Content:
    """The content of a source: its set as it is now; as it was read, while its annotator has reopened it."""
    if source.annotation_set.state != SetState.OPEN:
        return content_of(source.annotation_set)
    at = source.position
    return Content(
        [span for unit in units if unit.is_span for span in unit.spans[at]],
        [relation for unit in units if not unit.is_span for relation in unit.relations[at]],
    )


@dataclass(frozen=True)
class _AlignedSpans:
    """All units of spans with the versions that they have now, by key; those that are contradicted, and the new ones.

    `ends` has the unit of each aligned one: relations begin and end at these.
    """

    rows: Sequence[Unit]
    versions: Mapping[int, Sequence[Spans]]
    contradicted: set[int]
    ends: Sequence[Unit]
    new: Sequence[Unit]


def _store_spans(
    head: Adjudication, known: Mapping[int, BoardUnit], drafts: Sequence[AlignedUnit], *, annotators: int
) -> _AlignedSpans:
    """Store the current versions, where they differ from those that are stored."""
    matches = match_units({key: unit.spans for key, unit in known.items()}, drafts)
    nothing = AlignedUnit(0, 0, (), tuple(() for _ in range(annotators)))
    contradicted, changed, versions = set[int](), list[Unit](), dict[int, Sequence[Spans]]()
    for key, unit in known.items():
        draft = drafts[matches[key]] if key in matches else nothing
        versions[key] = draft.versions
        if (
            is_by_person(unit.decision)
            and not unit.row.is_added
            and contradicts(unit.spans, draft.versions, unit.outcome)
        ):
            contradicted.add(key)
        if _is_updated(unit.row, draft):
            changed.append(unit.row)
    _update(changed)
    rows = {index: known[key].row for key, index in matches.items()}
    new_units = Unit.objects.bulk_create(
        [new_unit(head, draft) for index, draft in enumerate(drafts) if index not in rows], batch_size=500
    )
    created = iter(new_units)
    ends = [rows.get(index) or next(created) for index in range(len(drafts))]
    versions |= {row.pk: drafts[index].versions for index, row in enumerate(ends) if row.pk not in known}
    return _AlignedSpans([*(unit.row for unit in known.values()), *new_units], versions, contradicted, ends, new_units)


def is_by_person(decision: Decision | None) -> bool:
    """Return whether an adjudicator made the decision; automatic ones are made again by the rule."""
    return decision is not None and decision.kind != DecisionKind.AGREED


def _is_updated(row: Unit, draft: AlignedUnit) -> bool:
    """Put an aligned unit into its row; return whether that changes it."""
    before = row.start, row.end, row.kinds, row.versions
    if any(draft.versions):
        row.start, row.end = draft.start, draft.end
    row.kinds, row.versions = list(draft.kinds), [stored(version) for version in draft.versions]
    return before != (row.start, row.end, row.kinds, row.versions)


def _update(units: Sequence[Unit]) -> None:
    """Write the versions of units, and where they are."""
    values = [
        (unit.start, unit.end, orjson.dumps(unit.kinds).decode(), orjson.dumps(unit.versions).decode(), unit.pk)
        for unit in units
    ]
    with connection.cursor() as cursor:
        update_rows(cursor, _VERSIONS, values)


def _store_relations(
    head: Adjudication, board: Board, drafts: Sequence[AlignedRelation], ends: Sequence[Unit]
) -> tuple[set[int], list[Unit]]:
    """Store the current relations; return the contradicted units and all units of relations.

    Relations without version or decision are deleted.
    """
    waiting: dict[tuple[int | None, int | None], list[BoardUnit]] = {}
    before = {unit.row.pk: (unit.row.start, unit.row.end, unit.row.versions) for unit in board.units}
    for unit in board.units:
        if not unit.is_span:
            waiting.setdefault((unit.row.from_unit_id, unit.row.to_unit_id), []).append(unit)
    contradicted: set[int] = set()
    kept: list[Unit] = []
    new_units: list[Unit] = []
    for draft in drafts:
        made = new_relation_unit(head, draft, ends[draft.source], ends[draft.target])
        known = _taken(waiting.get((made.from_unit_id, made.to_unit_id), []), draft)
        if known is None:
            new_units.append(made)
            continue
        contradicted |= _contradicted_relation(known, draft.versions)
        known.row.start, known.row.end, known.row.versions = made.start, made.end, made.versions
        kept.append(known.row)
    Unit.objects.bulk_create(new_units, batch_size=500)
    for unit in [unit for units in waiting.values() for unit in units]:
        if unit.decision is None:
            unit.row.delete()
            continue
        nothing: tuple[Relations, ...] = tuple(() for _ in unit.relations)
        contradicted |= _contradicted_relation(unit, nothing)
        unit.row.versions = [[] for _ in nothing]
        kept.append(unit.row)
    _update([row for row in kept if before[row.pk] != (row.start, row.end, row.versions)])
    return contradicted, [*kept, *new_units]


def _taken(waiting: list[BoardUnit], draft: AlignedRelation) -> BoardUnit | None:
    """Remove and return the unit that continues as an aligned one: same ends, preferably a common label."""
    labels = _labels_of(draft.versions)
    same = (unit for unit in waiting if labels & _labels_of(unit.relations))
    unit = next(same, waiting[0] if waiting else None)
    if unit is not None:
        waiting.remove(unit)
    return unit


def _labels_of(versions: Sequence[Relations]) -> set[str]:
    return {relation.label for version in versions for relation in version}


def _contradicted_relation(unit: BoardUnit, versions: Sequence[Relations]) -> set[int]:
    """The key of a unit if a version changed and now differs from the decision; else nothing."""
    if unit.decision is None or not is_by_person(unit.decision):
        return set()
    decided = sorted(str(relation["label"]) for relation in unit.decision.outcome)
    before = [_labels(version) for version in unit.relations]
    after = [_labels(version) for version in versions]
    before += [[] for _ in range(len(after) - len(before))]
    moved = any(new not in (old, decided) for old, new in zip(before, after, strict=True))
    return {unit.row.pk} if moved else set()


def _labels(drawn: Relations) -> list[str]:
    return sorted(relation.label for relation in drawn)


def _new_decisions(
    head: Adjudication, spans: _AlignedSpans, contradicted: set[int], current: Decisions
) -> list[Decision]:
    """Return the decisions to add about spans; the support of those that stay is counted again.

    A unit that an adjudicator decided before is never accepted automatically: it is open again.
    """
    tokens = token_boundaries(head.document.text)
    once_decided, versions = selectors.decided_by_people(head), spans.versions
    undecided = [row for row in spans.rows if row.pk not in once_decided]
    by_rule = {decision.unit_id: decision for decision in rule_decisions(head, undecided, versions, tokens=tokens)}
    decisions, recounted = list[Decision](), list[tuple[int, int, int]]()
    for row in spans.rows:
        before = current.get(row.pk)
        replacement = _replacement(row, before, by_rule.get(row.pk), is_contradicted=row.pk in contradicted)
        if replacement is not None:
            decisions.append(replacement)
        elif before is not None:
            support = len(supporters(versions[row.pk], read_spans(before.outcome))), len(versions[row.pk])
            if (before.support, before.support_of) != support:
                before.support, before.support_of = support
                recounted.append((*support, before.pk))
    with connection.cursor() as cursor:
        update_rows(cursor, _SUPPORT, recounted)
    return decisions


def _replacement(
    row: Unit, before: Decision | None, by_rule: Decision | None, *, is_contradicted: bool
) -> Decision | None:
    """The decision that replaces the current one; None when that one stays, or there is none."""
    was_accepted = before is not None and before.kind == DecisionKind.AGREED
    is_free = before is None or was_accepted or before.kind in UNDECIDED
    if is_free and by_rule is not None:
        same = before is not None and was_accepted and before.outcome == by_rule.outcome
        return None if same else by_rule
    if was_accepted:
        return cleared(row) if any(row.versions) else _removed_by_all(row)
    return cleared(row) if is_contradicted else None


def _with_merged(keys: set[int], current: Decisions) -> set[int]:
    """The units, those merged into them, and those they were merged into with all others."""
    leading = {current[key].merged_into_id for key in keys if key in current} - {None}
    merged = keys | {key for key in leading if key is not None}
    return merged | {key for key, decision in current.items() if decision.merged_into_id in merged}


def _removed_by_all(row: Unit) -> Decision:
    """A decision for a unit that all annotators who agreed on it have removed."""
    return Decision(unit=row, kind=DecisionKind.NONE, support=len(row.versions), support_of=len(row.versions))
