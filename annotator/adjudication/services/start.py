"""Beginning to settle a document: units are made, those that agree settle themselves."""

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
from annotator.adjudication.services.records import AT_ONCE, bring_set_along, note_standings, record, stored
from annotator.adjudication.services.statistics import count_settled
from annotator.adjudication.units.alignment import Content, RelationDraft, UnitDraft, draft_units
from annotator.adjudication.units.derivation import with_ids
from annotator.adjudication.units.versions import (
    DecisionKind,
    Relations,
    SettlingRule,
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


def state_rule(project: Project, *, rule: SettlingRule, blind: bool) -> ProjectRule:
    """Say how adjudications of a project start from now on."""
    stated, _ = ProjectRule.objects.update_or_create(project=project, defaults={"rule": rule.value, "blind": blind})
    return stated


@transaction.atomic
def start(
    document: Document, *, by: User, now: datetime, rule: SettlingRule | None = None, blind: bool | None = None
) -> Adjudication:
    """Begin to settle a document; without `rule` and `blind` as its project says.

    A document that has an adjudicated set from elsewhere (adopted, or from a file) keeps it: every unit begins as
    decided in the way that gives that set, and the document stays settled until somebody reopens it.

    Raises `AlreadyStarted`, and `NothingToAdjudicate` while nobody has finished the document.
    """
    Document.objects.select_for_update(no_key=True).only("id").get(pk=document.pk)
    if selectors.find_adjudication(document) is not None:
        raise AlreadyStarted(f"Somebody has begun to settle “{document}” already. Load the page again.")
    stated = selectors.project_rule(document.project)
    blind = stated.blind if blind is None else blind
    sets = _in_order(list(selectors.sources_to_be(document)), blind=blind)
    if not sets:
        raise NothingToAdjudicate(f"Nobody has submitted “{document}” yet.")
    known = AnnotationSet.objects.filter(document=document, kind=SetKind.ADJUDICATED).order_by("id").first()
    head = Adjudication.objects.create(
        document=document,
        annotation_set=known or _empty_set(document, sets, now=now),
        rule=SettlingRule(stated.rule if rule is None else rule).value,
        blind=blind,
        started_by=by,
        started_at=now,
    )
    sources = [
        Source(adjudication=head, annotation_set=each, position=position, revision=each.revision)
        for position, each in enumerate(sets)
    ]
    Source.objects.bulk_create(sources)
    contents = [content_of(each) for each in sets]
    if known is not None:
        return take_over(head, contents, content_of(known), now=now)
    units, _ = store_units(head, *draft_units(contents))
    record(head, rule_decisions(head, units, tokens=token_boundaries(document.text)), by=None, now=now)
    bring_set_along(head, by=by, now=now)
    return head


def _in_order(sets: list[AnnotationSet], *, blind: bool) -> list[AnnotationSet]:
    """By name; when names are hidden, in an order of each document's own that tells nothing about them."""
    if not blind:
        return sets
    return sorted(
        sets, key=lambda each: hashlib.sha256(f"{each.document_id}\0{each.pk}\0{each.name}".encode()).digest()
    )


def _empty_set(document: Document, sets: Sequence[AnnotationSet], *, now: datetime) -> AnnotationSet:
    newest = max(sets, key=lambda each: each.schema_version.number)
    guidelines = max(sets, key=lambda each: each.guideline_version.number)
    return create_annotation_set(
        document,
        kind=SetKind.ADJUDICATED,
        name=ADJUDICATED_NAME,
        schema_version=newest.schema_version,
        guideline_version=guidelines.guideline_version,
        now=now,
    )


def content_of(annotation_set: AnnotationSet) -> Content:
    """Return what a set holds now."""
    state = state_of_rows(annotation_set)
    return Content(list(state.spans.values()), list(state.relations.values()))


def rule_decisions(head: Adjudication, units: Sequence[Unit], *, tokens: Tokens) -> list[Decision]:
    """Return a decision for every unit that settles itself under the rule; what the schema forbids does not."""
    schema, rule = schema_of(head.annotation_set.schema_version), SettlingRule(head.rule)
    decisions = (_settled_by_rule(unit, rule, tokens, schema) for unit in units)
    return [decision for decision in decisions if decision is not None]


def _settled_by_rule(unit: Unit, rule: SettlingRule, tokens: Tokens, schema: Schema) -> Decision | None:
    versions = [read_spans(version) for version in unit.versions]
    found = agreed(versions, rule, tokens)
    if found is None or any(schema.check_span(each.label, len(each.fragments), each.attributes) for each in found):
        return None
    return Decision(
        unit=unit,
        kind=DecisionKind.AGREED,
        outcome=stored(with_ids(found, unit.uid)),
        support=len(supporters(versions, found)),
        support_of=len(versions),
    )


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


def store_units(
    head: Adjudication, drafts: Sequence[UnitDraft], relations: Sequence[RelationDraft]
) -> tuple[list[Unit], list[Unit]]:
    """Store units of spans, then those of the relations between them."""
    units = Unit.objects.bulk_create([new_unit(head, draft) for draft in drafts], batch_size=AT_ONCE)
    arrows = [new_relation_unit(head, draft, units[draft.source], units[draft.target]) for draft in relations]
    return units, Unit.objects.bulk_create(arrows, batch_size=AT_ONCE)


def new_unit(head: Adjudication, draft: UnitDraft) -> Unit:
    """Return a unit of spans, not stored yet."""
    return Unit(
        adjudication=head,
        kind=UnitKind.SPAN,
        uid=str(uuid4()),
        start=draft.start,
        end=draft.end,
        kinds=list(draft.kinds),
        versions=[stored(version) for version in draft.versions],
    )


def new_relation_unit(head: Adjudication, draft: RelationDraft, source: Unit, target: Unit) -> Unit:
    """Return a unit of relations between two stored units; it stands where the later one does."""
    return Unit(
        adjudication=head,
        kind=UnitKind.RELATION,
        uid=str(uuid4()),
        start=max(source.start, target.start),
        end=max(source.end, target.end),
        kinds=["relation"],
        versions=[[each.wire() for each in version] for version in draft.versions],
        from_unit=source,
        to_unit=target,
    )
