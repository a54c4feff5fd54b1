"""Any decisions in any order: the set follows from them, and all of them can be undone."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.adjudication.units.alignment import Content, align_contents
from annotator.adjudication.units.derivation import (
    RelationUnit,
    Ruling,
    SpanUnit,
    UnitStatus,
    derive,
    with_ids,
)
from annotator.adjudication.units.versions import AcceptanceRule, Arrow, DecisionKind, agreed
from annotator.corpus.spans.state import Rules, State, apply, changes_between
from annotator.corpus.spans.values import RelationValue, SpanValue
from projects.schema_reader import read_schema
from tests.conftest import SCHEMA

LENGTH = 40
RULES = Rules(LENGTH, read_schema(SCHEMA))
TOKENS = [(start, start + 3) for start in range(0, LENGTH, 4)]
UIDS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(400)]


@st.composite
def contents(draw: st.DrawFn) -> Content:
    spans = []
    for number in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, LENGTH - 2))
        end = draw(st.integers(start + 1, min(LENGTH, start + 9)))
        spans.append(SpanValue(f"s{number}", draw(st.sampled_from(["Claim", "Speaker", "Hedge"])), ((start, end),)))
    pairs = [(a, b) for a in spans for b in spans if not RULES.schema.check_relation("attributed-to", a.label, b.label)]
    chosen = (
        draw(st.lists(st.sampled_from(pairs), max_size=4, unique_by=lambda pair: (pair[0].id, pair[1].id)))
        if pairs
        else []
    )
    arrows = [RelationValue(f"r{at}", "attributed-to", a.id, b.id) for at, (a, b) in enumerate(chosen)]
    return Content(spans, arrows)


def units_of(annotators: Sequence[Content], choices: Sequence[int]) -> tuple[list[SpanUnit], list[RelationUnit]]:
    """Units with a decision each that `choices` stand for: a version, none, later, undecided."""
    drafts, arrows = align_contents(annotators)
    spans = []
    for key, draft in enumerate(drafts):
        choice = choices[key % len(choices)]
        taken = with_ids(draft.versions[choice % len(annotators)], UIDS[key])
        rulings = [
            Ruling(DecisionKind.TAKE, outcome=taken),
            Ruling(DecisionKind.TAKE, outcome=taken),
            Ruling(DecisionKind.NONE),
            Ruling(DecisionKind.LATER),
            None,
        ]
        spans.append(SpanUnit(key, draft.versions, rulings[choice % 5]))
    relations = []
    for number, arrow in enumerate(arrows):
        choice = choices[(number + 3) % len(choices)]
        kept = Ruling(DecisionKind.TAKE, arrows=(Arrow("attributed-to"),))
        ruling = [None, kept, Ruling(DecisionKind.NONE)][choice % 3]
        key = len(drafts) + number
        relations.append(RelationUnit(key, UIDS[key], arrow.source, arrow.target, arrow.versions, ruling))
    return spans, relations


annotators_of_a_text = st.lists(contents(), min_size=1, max_size=3)
decisions = st.lists(st.integers(0, 29), min_size=1, max_size=12)


@given(annotators_of_a_text)
def test_every_span_and_relation_is_in_exactly_one_unit(annotators):
    drafts, arrows = align_contents(annotators)

    for position, content in enumerate(annotators):
        spans = sorted(span.id for draft in drafts for span in draft.versions[position])
        relations = sorted(drawn.id for arrow in arrows for drawn in arrow.versions[position])
        assert spans == sorted(span.id for span in content.spans)
        assert relations == sorted(drawn.id for drawn in content.relations)


@given(annotators_of_a_text, decisions, decisions)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_changes_lead_between_any_decisions_and_back(annotators, before, after):
    schema = RULES.schema
    first = derive(*units_of(annotators, before), schema).state
    second = derive(*units_of(annotators, after), schema).state
    state = first.copy()

    for change in changes_between(first, second):
        apply(state, change, RULES)
    assert (state.spans, state.relations) == (second.spans, second.relations)
    for change in changes_between(second, first):
        apply(state, change, RULES)

    assert (state.spans, state.relations) == (first.spans, first.relations)


@given(annotators_of_a_text, decisions)
def test_set_holds_only_decided_spans_and_their_relations(annotators, choices):
    spans, relations = units_of(annotators, choices)
    derived = derive(spans, relations, RULES.schema)

    for arrow in derived.state.relations.values():
        assert {arrow.source, arrow.target} <= derived.state.spans.keys()
    for unit in spans:
        if derived.statuses[unit.key] is UnitStatus.OPEN:
            assert UIDS[unit.key] not in derived.state.spans
    for relation in relations:
        if derived.statuses[relation.key] in (UnitStatus.OPEN, UnitStatus.GONE, UnitStatus.WAITING):
            assert relation.uid not in derived.state.relations


@given(annotators_of_a_text)
def test_full_agreement_is_accepted_unchanged(annotators):
    same = [annotators[0], annotators[0]]
    drafts, arrows = align_contents(same)
    settled = [agreed(draft.versions, AcceptanceRule.EXACT, TOKENS) for draft in drafts]
    assert all(found is not None for found in settled)
    spans = [
        SpanUnit(key, draft.versions, Ruling(DecisionKind.AGREED, outcome=with_ids(found or (), UIDS[key])))
        for key, (draft, found) in enumerate(zip(drafts, settled, strict=True))
    ]
    relations = [
        RelationUnit(100 + key, UIDS[100 + key], arrow.source, arrow.target, arrow.versions, None)
        for key, arrow in enumerate(arrows)
    ]

    state = derive(spans, relations, RULES.schema).state

    def told(found: State) -> list[tuple[object, ...]]:
        return sorted((span.label, span.fragments) for span in found.spans.values())

    given_state = State.of(annotators[0].spans, annotators[0].relations)
    assert told(state) == told(given_state)
    assert len(state.relations) == len(given_state.relations)


@pytest.mark.parametrize("rule", list(AcceptanceRule))
@given(contents(), contents())
def test_stricter_rule_accepts_no_more(rule, one, other):
    for draft in align_contents([one, other])[0]:
        exact = agreed(draft.versions, AcceptanceRule.EXACT, TOKENS)
        found = agreed(draft.versions, rule, TOKENS)
        if rule is AcceptanceRule.OFF:
            assert found is None
        elif exact is not None:
            assert found is not None
