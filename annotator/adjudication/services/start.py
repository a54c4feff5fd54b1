"""The start of an adjudication: units are stored, and those that agree are accepted automatically.

A document with an adjudicated set from elsewhere keeps it: decisions that give exactly this set are derived from it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from annotator.adjudication import selectors
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.models import Adjudication, AdjudicationState, Decision, ProjectRule, Source, Unit, UnitKind
from annotator.adjudication.problems import AlreadyStarted, NothingToAdjudicate
from annotator.adjudication.services.records import AT_ONCE, check_not_own, record, store_statuses, stored, update_set
from annotator.adjudication.services.statistics import store_statistics
from annotator.adjudication.units.alignment import AlignedRelation, AlignedUnit, Content, align_contents
from annotator.adjudication.units.derivation import with_ids
from annotator.adjudication.units.versions import (
    AcceptanceRule,
    Arrow,
    DecisionKind,
    Relations,
    Spans,
    Tokens,
    agreed,
    alike,
    read_spans,
    supporters,
)
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, SetKind
from annotator.corpus.spans.selectors import state_of_rows
from annotator.corpus.spans.services import ADJUDICATED_NAME, create_annotation_set
from annotator.platform.accounts.models import User
from annotator.text.tokens import token_boundaries
from projects.models import Project
from projects.schema import Schema
from projects.selectors import schema_of


def set_rule(project: Project, *, rule: AcceptanceRule, blind: bool, least: int | None = None) -> ProjectRule:
    """Set how adjudications of a project start from now on; `least` annotators must agree, all without it."""
    project_rule, _ = ProjectRule.objects.update_or_create(
        project=project, defaults={"rule": rule.value, "blind": blind, "least": least}
    )
    return project_rule


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
    units, _ = store_units(head, *align_contents(contents))
    record(head, rule_decisions(head, units, tokens=token_boundaries(document.text)), by=None, now=now)
    update_set(head, by=by, now=now)
    return head


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


def rule_decisions(head: Adjudication, units: Sequence[Unit], *, tokens: Tokens) -> list[Decision]:
    """Return a decision for every unit that is accepted under the rule and allowed by the schema."""
    schema, rule = schema_of(head.annotation_set.schema_version), AcceptanceRule(head.rule)
    decisions = (_accepted_by_rule(unit, rule, tokens, schema, head.least) for unit in units)
    return [decision for decision in decisions if decision is not None]


def _accepted_by_rule(
    unit: Unit, rule: AcceptanceRule, tokens: Tokens, schema: Schema, least: int | None
) -> Decision | None:
    versions = [read_spans(version) for version in unit.versions]
    version = agreed(versions, rule, tokens, least=least)
    if version is None:
        return None
    if any(schema.check_span(span.label, len(span.fragments), span.attributes) for span in version):
        return None
    return Decision(
        unit=unit,
        kind=DecisionKind.AGREED,
        outcome=stored(with_ids(version, unit.uid)),
        support=len(supporters(versions, version)),
        support_of=len(versions),
    )


def start_from_gold(head: Adjudication, contents: Sequence[Content], gold: Content, *, now: datetime) -> Adjudication:
    """Store units with decisions that give exactly the existing adjudicated set, and complete the adjudication."""
    drafts, relation_drafts = align_contents([*contents, gold])
    units, relations = store_units(
        head,
        [replace(draft, versions=draft.versions[:-1]) for draft in drafts],
        [replace(draft, versions=draft.versions[:-1]) for draft in relation_drafts],
    )
    decisions = [_about_spans(unit, draft) for unit, draft in zip(units, drafts, strict=True)]
    outcomes = [draft.versions[-1] for draft in drafts]
    decisions += [
        _about_relations(unit, draft, (outcomes[draft.source], outcomes[draft.target]))
        for unit, draft in zip(relations, relation_drafts, strict=True)
    ]
    record(head, decisions, by=None, now=now)
    head.state = AdjudicationState.COMPLETED
    head.completed_at = head.annotation_set.submitted_at or head.annotation_set.changed_at
    head.save(update_fields=["state", "completed_at"])
    board = read_board(head)
    store_statuses(board.units)
    store_statistics(head, board)
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


def store_units(
    head: Adjudication, drafts: Sequence[AlignedUnit], relations: Sequence[AlignedRelation]
) -> tuple[list[Unit], list[Unit]]:
    """Store units of spans, then those of relations between them."""
    units = Unit.objects.bulk_create([new_unit(head, draft) for draft in drafts], batch_size=AT_ONCE)
    arrows = [new_relation_unit(head, draft, units[draft.source], units[draft.target]) for draft in relations]
    return units, Unit.objects.bulk_create(arrows, batch_size=AT_ONCE)


def new_unit(head: Adjudication, draft: AlignedUnit) -> Unit:
    """Return a unit of spans, not saved yet."""
    return Unit(
        adjudication=head,
        kind=UnitKind.SPAN,
        uid=str(uuid4()),
        start=draft.start,
        end=draft.end,
        kinds=list(draft.kinds),
        versions=[stored(version) for version in draft.versions],
    )


def new_relation_unit(head: Adjudication, draft: AlignedRelation, source: Unit, target: Unit) -> Unit:
    """Return a unit of relations between two stored units, at the location of the later one."""
    return Unit(
        adjudication=head,
        kind=UnitKind.RELATION,
        uid=str(uuid4()),
        start=max(source.start, target.start),
        end=max(source.end, target.end),
        kinds=["relation"],
        versions=[[relation.wire() for relation in version] for version in draft.versions],
        from_unit=source,
        to_unit=target,
    )
