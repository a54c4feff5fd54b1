"""Beginning to settle a document: units are made, those that agree settle themselves."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from annotator.adjudication import selectors
from annotator.adjudication.derivation import with_ids
from annotator.adjudication.drafts import Content, draft_units
from annotator.adjudication.models import Adjudication, Decision, ProjectRule, Source, Unit
from annotator.adjudication.problems import AlreadyStarted, NothingToAdjudicate
from annotator.adjudication.services.taking_over import take_over
from annotator.adjudication.services.units import store_units
from annotator.adjudication.services.writing import bring_set_along, record, stored
from annotator.adjudication.versions import DecisionKind, SettlingRule, Tokens, agreed, read_spans, supporters
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
