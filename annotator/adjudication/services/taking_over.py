"""Beginning with an adjudicated set that came from elsewhere: decisions are read off from it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from annotator.adjudication.boards import read_board
from annotator.adjudication.drafts import Content, RelationDraft, UnitDraft, draft_units
from annotator.adjudication.models import Adjudication, AdjudicationState, Decision, Unit
from annotator.adjudication.services.counting import count_settled
from annotator.adjudication.services.units import store_units
from annotator.adjudication.services.writing import note_standings, record, stored
from annotator.adjudication.versions import DecisionKind, Relations, alike, supporters


def take_over(head: Adjudication, contents: Sequence[Content], settled: Content, *, now: datetime) -> Adjudication:
    """Store units whose decisions give exactly the set that is there; the document counts as settled."""
    drafts, relation_drafts = draft_units([*contents, settled])
    units, relations = store_units(
        head,
        [replace(draft, versions=draft.versions[:-1]) for draft in drafts],
        [replace(draft, versions=draft.versions[:-1]) for draft in relation_drafts],
    )
    decisions = [_about_spans(unit, draft) for unit, draft in zip(units, drafts, strict=True)]
    decisions += [_about_relations(unit, draft) for unit, draft in zip(relations, relation_drafts, strict=True)]
    record(head, decisions, by=None, now=now)
    head.state = AdjudicationState.SETTLED
    head.settled_at = head.annotation_set.submitted_at or head.annotation_set.changed_at
    head.save(update_fields=["state", "settled_at"])
    board = read_board(head)
    note_standings(board.units)
    count_settled(head, board)
    return head


def _about_spans(unit: Unit, draft: UnitDraft) -> Decision:
    *versions, outcome = draft.versions
    had = supporters(versions, outcome)
    if outcome and len(versions) > 1 and len(had) == len(versions):
        kind = DecisionKind.AGREED
    elif not outcome:
        kind = DecisionKind.NONE
    else:
        kind = DecisionKind.TAKE if had else DecisionKind.EDITED
    return Decision(
        unit=unit,
        kind=kind,
        source=min(had) if kind is DecisionKind.TAKE else None,
        outcome=stored(outcome),
        support=sum(alike(version, outcome) for version in versions),
        support_of=len(versions),
    )


def _about_relations(unit: Unit, draft: RelationDraft) -> Decision:
    *versions, outcome = [_labels(version) for version in draft.versions]
    had = [position for position, labels in enumerate(versions) if labels == outcome]
    if outcome and len(versions) > 1 and len(had) == len(versions):
        kind = DecisionKind.AGREED
    elif not outcome:
        kind = DecisionKind.NONE
    else:
        kind = DecisionKind.TAKE if had else DecisionKind.EDITED
    return Decision(
        unit=unit,
        kind=kind,
        source=had[0] if kind is DecisionKind.TAKE else None,
        outcome=[{"label": label} for label in outcome],
        support=len(had),
        support_of=len(versions),
    )


def _labels(drawn: Relations) -> list[str]:
    return sorted(relation.label for relation in drawn)
