"""The start of an adjudication: units are stored, and those that agree are accepted automatically.

A document with an adjudicated set from elsewhere keeps it: decisions that give exactly this set are derived from it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import orjson
from django.db import connection, transaction

from annotator.adjudication import selectors
from annotator.adjudication.board.contents import Board, make_board
from annotator.adjudication.models import Adjudication, AdjudicationState, Decision, ProjectRule, Source, Unit, UnitKind
from annotator.adjudication.problems import AlreadyStarted, NothingToAdjudicate
from annotator.adjudication.services.records import check_not_own, record, stored, update_set
from annotator.adjudication.services.statistics import store_statistics
from annotator.adjudication.units.alignment import AlignedRelation, AlignedUnit, Content, align_contents
from annotator.adjudication.units.derivation import with_ids
from annotator.adjudication.units.locations import locate
from annotator.adjudication.units.versions import (
    AcceptanceRule,
    Arrow,
    DecisionKind,
    Relations,
    Spans,
    Tokens,
    agreed,
    alike,
    supporters,
)
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, SetKind
from annotator.corpus.spans.selectors import state_of_rows
from annotator.corpus.spans.services import ADJUDICATED_NAME, create_annotation_set
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import insert_rows, reserve_keys, table_of
from annotator.platform.garbage import paused_collector
from annotator.text.tokens import token_boundaries
from projects.models import Project
from projects.schema import Schema
from projects.selectors import schema_of

_UNITS = table_of(
    Unit,
    "id adjudication_id kind uid start end kinds versions from_unit_id to_unit_id is_moved is_added stands location",
)


def set_rule(project: Project, *, rule: AcceptanceRule, blind: bool, least: int | None = None) -> ProjectRule:
    """Set how adjudications of a project start from now on; `least` annotators must agree, all without it."""
    project_rule, _ = ProjectRule.objects.update_or_create(
        project=project, defaults={"rule": rule.value, "blind": blind, "least": least}
    )
    return project_rule


@paused_collector()
@transaction.atomic
def start(
    document: Document,
    *,
    by: User,
    now: datetime,
    rule: AcceptanceRule | None = None,
    blind: bool | None = None,
    least: int | None = None,
) -> Adjudication:
    """Start the adjudication of a document; without `rule` and `blind` as set for its project.

    `least` annotators must agree on what is accepted automatically; 0 means all of them, None what the project says.

    A document that has an adjudicated set from elsewhere (adopted or imported) keeps it: every unit starts with the
    decision that gives that set, and the adjudication is completed until it is reopened.

    Raises `AlreadyStarted`, `OwnWork`, and `NothingToAdjudicate` while no annotator has submitted the document.
    """
    Document.objects.select_for_update(no_key=True).only("id").get(pk=document.pk)
    check_not_own(document, by)
    if selectors.find_adjudication(document) is not None:
        raise AlreadyStarted(f"The adjudication of “{document}” has been started already. Load the page again.")
    project_rule = selectors.project_rule(document.project)
    blind = project_rule.blind if blind is None else blind
    sets = _in_order(list(selectors.finished_sets(document)), blind=blind)
    if not sets:
        raise NothingToAdjudicate(f"No annotator has submitted “{document}” yet.")
    gold = AnnotationSet.objects.filter(document=document, kind=SetKind.ADJUDICATED).order_by("id").first()
    head = Adjudication.objects.create(
        document=document,
        annotation_set=gold or _empty_set(document, sets, now=now),
        rule=AcceptanceRule(project_rule.rule if rule is None else rule).value,
        blind=blind,
        least=project_rule.least if least is None else least or None,
        started_by=by,
        started_at=now,
    )
    sources = [
        Source(adjudication=head, annotation_set=annotation_set, position=position, revision=annotation_set.revision)
        for position, annotation_set in enumerate(sets)
    ]
    Source.objects.bulk_create(sources)
    contents = [content_of(annotation_set) for annotation_set in sets]
    if gold is not None:
        return start_from_gold(head, contents, content_of(gold), now=now)
    drafts, relation_drafts = align_contents(contents)
    units, relations = new_units(head, drafts, relation_drafts)
    versions = {unit.pk: draft.versions for unit, draft in zip(units, drafts, strict=True)}
    decisions = rule_decisions(head, units, versions, tokens=token_boundaries(document.text))
    board = board_of(head, [*units, *relations], decisions, versions)
    _insert(board, units, relations)
    record(head, decisions, by=None, now=now)
    update_set(head, by=by, now=now, board=board)
    return head


def board_of(
    head: Adjudication, rows: Sequence[Unit], decisions: Sequence[Decision], versions: Mapping[int, Sequence[Spans]]
) -> Board:
    """Return the board of units from what is in memory; of two decisions about a unit the later one counts."""
    in_order = sorted(rows, key=lambda row: (row.start, row.kind != UnitKind.SPAN, row.end, row.pk))
    by_unit = {decision.unit_id: decision for decision in decisions}
    return make_board(in_order, by_unit, schema_of(head.annotation_set.schema_version), versions=versions)


def _in_order(sets: list[AnnotationSet], *, blind: bool) -> list[AnnotationSet]:
    """By name; when names are hidden, in an order that differs by document and reveals nothing about them."""
    if not blind:
        return sets
    return sorted(sets, key=lambda own: hashlib.sha256(f"{own.document_id}\0{own.pk}\0{own.name}".encode()).digest())


def _empty_set(document: Document, sets: Sequence[AnnotationSet], *, now: datetime) -> AnnotationSet:
    newest = max(sets, key=lambda own: own.schema_version.number)
    guidelines = max(sets, key=lambda own: own.guideline_version.number)
    return create_annotation_set(
        document,
        kind=SetKind.ADJUDICATED,
        name=ADJUDICATED_NAME,
        schema_version=newest.schema_version,
        guideline_version=guidelines.guideline_version,
        now=now,
    )


def content_of(annotation_set: AnnotationSet) -> Content:
    """Return the current content of a set."""
    state = state_of_rows(annotation_set)
    return Content(list(state.spans.values()), list(state.relations.values()))


def rule_decisions(
    head: Adjudication, units: Sequence[Unit], versions: Mapping[int, Sequence[Spans]], *, tokens: Tokens
) -> list[Decision]:
    """Return a decision for every unit that is accepted under the rule and allowed by the schema.

    `versions` are those of all annotators by key of the unit.
    """
    schema, rule = schema_of(head.annotation_set.schema_version), AcceptanceRule(head.rule)
    decisions = []
    for unit in units:
        own = versions[unit.pk]
        is_unanimous = not unit.kinds and rule is not AcceptanceRule.OFF and len(own) > 1 and all(own)
        accepted = own[0] if is_unanimous else agreed(own, rule, tokens, least=head.least)
        if accepted is not None and _is_allowed(accepted, schema):
            decisions.append(_accepted(unit, accepted, own))
    return decisions


def _is_allowed(spans: Spans, schema: Schema) -> bool:
    return not any(schema.check_span(span.label, len(span.fragments), span.attributes) for span in spans)


def _accepted(unit: Unit, version: Spans, versions: Sequence[Spans]) -> Decision:
    """The decision by rule; it is about the text, even where all annotators accepted a suggestion."""
    outcome = tuple(replace(span, suggestion=None) if span.suggestion else span for span in version)
    return Decision(
        unit=unit,
        kind=DecisionKind.AGREED,
        outcome=stored(with_ids(outcome, unit.uid)),
        support=len(supporters(versions, version)) if unit.kinds else len(versions),
        support_of=len(versions),
    )


def start_from_gold(head: Adjudication, contents: Sequence[Content], gold: Content, *, now: datetime) -> Adjudication:
    """Store units with decisions that give exactly the existing adjudicated set, and complete the adjudication."""
    drafts, relation_drafts = align_contents([*contents, gold])
    units, relations = new_units(
        head,
        [replace(draft, versions=draft.versions[:-1]) for draft in drafts],
        [replace(draft, versions=draft.versions[:-1]) for draft in relation_drafts],
    )
    versions = {unit.pk: draft.versions[:-1] for unit, draft in zip(units, drafts, strict=True)}
    decisions = [_about_spans(unit, draft) for unit, draft in zip(units, drafts, strict=True)]
    outcomes = [draft.versions[-1] for draft in drafts]
    decisions += [
        _about_relations(unit, draft, (outcomes[draft.source], outcomes[draft.target]))
        for unit, draft in zip(relations, relation_drafts, strict=True)
    ]
    _insert(board_of(head, [*units, *relations], decisions, versions), units, relations)
    record(head, decisions, by=None, now=now)
    head.state = AdjudicationState.COMPLETED
    head.completed_at = head.annotation_set.submitted_at or head.annotation_set.changed_at
    head.save(update_fields=["state", "completed_at"])
    store_statistics(head)
    return head


def _about_spans(unit: Unit, draft: AlignedUnit) -> Decision:
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


def _about_relations(unit: Unit, draft: AlignedRelation, ends: tuple[Spans, Spans]) -> Decision:
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
        outcome=[
            Arrow(drawn.label, _index(ends[0], drawn.source), _index(ends[1], drawn.target)).stored(*map(len, ends))
            for drawn in draft.versions[-1]
        ],
        support=len(had),
        support_of=len(versions),
    )


def _index(spans: Spans, span_id: str) -> int:
    return next(index for index, span in enumerate(spans) if span.id == span_id)


def _labels(drawn: Relations) -> list[str]:
    return sorted(relation.label for relation in drawn)


def new_units(
    head: Adjudication, drafts: Sequence[AlignedUnit], relations: Sequence[AlignedRelation]
) -> tuple[list[Unit], list[Unit]]:
    """Return units of spans and those of relations between them, with their keys; they are not stored yet."""
    ends = ((draft.source, draft.target) for draft in relations)
    at, at_relations = locate([draft.versions for draft in drafts], ends)
    units = [new_unit(head, draft, location) for draft, location in zip(drafts, at, strict=True)]
    with connection.cursor() as cursor:
        keys = iter(reserve_keys(cursor, _UNITS, len(drafts) + len(relations)))
    for unit in units:
        unit.pk = next(keys)
    arrows = [
        new_relation_unit(head, draft, units[draft.source], units[draft.target], location)
        for draft, location in zip(relations, at_relations, strict=True)
    ]
    for arrow in arrows:
        arrow.pk = next(keys)
    return units, arrows


def _insert(board: Board, units: Sequence[Unit], relations: Sequence[Unit]) -> None:
    """Write new units as rows with their status, those at the ends of relations first.

    Of thousands, models would take most of the time.
    """
    for unit in board.units:
        unit.row.status = unit.stored_status
    with connection.cursor() as cursor:
        insert_rows(
            cursor,
            _UNITS,
            [
                (
                    *(unit.pk, unit.adjudication_id, unit.kind, unit.uid, unit.start, unit.end),
                    *(orjson.dumps(unit.kinds).decode(), orjson.dumps(unit.versions).decode()),
                    *(unit.from_unit_id, unit.to_unit_id, unit.is_moved, unit.is_added, unit.status, unit.location),
                )
                for unit in (*units, *relations)
            ],
        )


def new_unit(head: Adjudication, draft: AlignedUnit, location: int | None = None) -> Unit:
    """Return a unit of spans, not saved yet."""
    return Unit(
        adjudication_id=head.pk,
        kind=UnitKind.SPAN,
        uid=str(uuid4()),
        start=draft.start,
        end=draft.end,
        kinds=list(draft.kinds),
        versions=[stored(version) for version in draft.versions],
        location=location,
    )


def new_relation_unit(
    head: Adjudication, draft: AlignedRelation, source: Unit, target: Unit, location: int | None = None
) -> Unit:
    """Return a unit of relations between two stored units, at the location of the later one."""
    return Unit(
        adjudication_id=head.pk,
        kind=UnitKind.RELATION,
        uid=str(uuid4()),
        start=max(source.start, target.start),
        end=max(source.end, target.end),
        kinds=["relation"],
        versions=[[relation.wire() for relation in version] for version in draft.versions],
        from_unit_id=source.pk,
        to_unit_id=target.pk,
        location=location,
    )
