"""Every rule that an annotation set obeys, one by one."""

import json

import pytest
from django.conf import settings

from annotator.corpus.spans.changes import Load
from annotator.corpus.spans.state import Rules, State, apply
from annotator.corpus.spans.values import ChangeError
from projects.schema_reader import read_schema
from tests.unit.corpus.spans.builders import add, new_id, relation, remove, span, update

SCHEMA = json.loads((settings.BASE_DIR / "projects/builtin/claims-attribution/schema.json").read_text("utf-8"))
RULES = Rules(length=20, schema=read_schema(SCHEMA))
CLAIM, SPEAKER, DENIAL = span("c", "Claim", (0, 5)), span("s", "Speaker", (6, 9)), span("d", "Denial", (10, 12))
SAID = relation("r", "attributed-to", "c", "s")


def state_with(*spans, relations=()):
    return State.of(spans, relations)


def refusal(state, change):
    """The error of a change that is refused and leaves the state as it was."""
    before = state.copy()
    with pytest.raises(ChangeError) as caught:
        apply(state, change, RULES)
    assert state == before
    return caught.value


def test_span_is_added_changed_and_removed():
    state = State()

    apply(state, add(CLAIM), RULES)
    apply(state, update("c", {"attributes": {"kind": None}}, {"attributes": {"kind": "fact"}}), RULES)
    apply(
        state, update("c", {"note": "", "fragments": ((0, 5),)}, {"note": "hm", "fragments": ((0, 3), (4, 8))}), RULES
    )

    changed = span("c", "Claim", (0, 3), (4, 8), note="hm", kind="fact")
    assert state.spans == {"c": changed}
    apply(state, remove(changed), RULES)
    assert state == State()


def test_id_is_used_once():
    assert refusal(state_with(CLAIM), add(CLAIM)).reason == "span_exists"
    assert refusal(state_with(CLAIM, SPEAKER, relations=[SAID]), add(SAID)).reason == "relation_exists"


def test_missing_span_cannot_be_changed():
    assert refusal(State(), remove(CLAIM)).reason == "span_missing"
    assert refusal(State(), update("c", {"note": ""}, {"note": "x"})).reason == "span_missing"
    assert refusal(State(), remove(SAID)).reason == "relation_missing"


@pytest.mark.parametrize(
    "before", [{"label": "Hedge"}, {"note": "x"}, {"fragments": ((0, 4),)}, {"attributes": {"kind": "fact"}}]
)
def test_previous_values_must_match(before):
    error = refusal(state_with(CLAIM), update("c", before, before))

    assert (error.reason, error.pointer) == ("before_differs", "/before")


def test_removed_span_must_match():
    assert refusal(state_with(CLAIM), remove(span("c", "Claim", (0, 4)))).reason == "before_differs"
    assert refusal(state_with(CLAIM), remove(span("c", "Claim", (0, 5), kind="fact"))).reason == "before_differs"


def test_span_must_lie_in_the_text():
    apply(state_with(), add(span("c", "Claim", (0, 20))), RULES)
    error = refusal(State(), add(span("c", "Claim", (0, 3), (19, 21))))

    assert (error.reason, error.pointer) == ("fragments", "/span/fragments/1")
    assert (
        refusal(state_with(CLAIM), update("c", {"fragments": ((0, 5),)}, {"fragments": ((0, 21),)})).reason
        == "fragments"
    )


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (span("x", "Rumour"), "/span/label"),
        (span("x", "Claim", kind="nonsense"), "/span/attributes/kind"),
        (span("x", "Claim", mood="grim"), "/span/attributes/mood"),
        (span("x", "Speaker", (0, 2), (4, 6)), "/span/fragments"),
    ],
)
def test_span_must_follow_the_schema(wrong, pointer):
    error = refusal(State(), add(wrong))

    assert (error.reason, error.pointer) == ("schema", pointer)


def test_relabelled_span_drops_unknown_attributes():
    state = state_with(span("c", "Claim", (0, 5), quote_type="direct"))

    assert (
        refusal(state, update("c", {"label": "Claim"}, {"label": "Denial"})).pointer == "/after/attributes/quote_type"
    )
    drop = {"label": "Claim", "attributes": {"quote_type": "direct"}}
    apply(state, update("c", drop, {"label": "Denial", "attributes": {"quote_type": None}}), RULES)
    assert state.spans["c"] == span("c", "Denial", (0, 5))


def test_relation_needs_two_existing_spans():
    assert refusal(state_with(CLAIM), add(SAID)).pointer == "/relation/to"
    assert refusal(state_with(SPEAKER), add(SAID)).pointer == "/relation/from"
    assert refusal(state_with(CLAIM), add(relation("r", "restates", "c", "c"))).reason == "relation_loop"


def test_relation_needs_labels_allowed_by_the_schema():
    state = state_with(CLAIM, SPEAKER, DENIAL)

    assert refusal(state, add(relation("r", "attributed-to", "s", "c"))).reason == "schema"
    assert refusal(state, add(relation("r", "marries", "c", "s"))).pointer == "/relation/label"
    apply(state, add(relation("r", "denies", "d", "c")), RULES)
    assert state.relations_at("c") == state.relations_at("d") == [relation("r", "denies", "d", "c")]


def test_relation_exists_once_between_two_spans():
    state = state_with(CLAIM, SPEAKER, relations=[SAID])

    assert refusal(state, add(relation("r2", "attributed-to", "c", "s"))).reason == "relation_twice"
    apply(state, remove(SAID), RULES)
    apply(state, add(relation("r2", "attributed-to", "c", "s")), RULES)
    assert list(state.relations) == ["r2"]


@pytest.mark.parametrize("end", [CLAIM, SPEAKER])
def test_span_with_relations_is_not_removed(end):
    state = state_with(CLAIM, SPEAKER, relations=[SAID])

    assert refusal(state, remove(end)).reason == "span_has_relations"
    apply(state, remove(SAID), RULES)
    apply(state, remove(end), RULES)
    assert len(state.spans) == 1


def test_relabelling_respects_relations():
    state = state_with(CLAIM, SPEAKER, relations=[SAID])

    assert refusal(state, update("s", {"label": "Speaker"}, {"label": "Claim"})).pointer == "/after/label/to"
    apply(state, update("c", {"label": "Claim"}, {"label": "Denial"}), RULES)
    assert state.spans["c"].label == "Denial"


def test_removed_relation_must_match():
    state = state_with(CLAIM, SPEAKER, DENIAL, relations=[SAID])

    assert refusal(state, remove(relation("r", "attributed-to", "d", "s"))).reason == "before_differs"


def test_only_an_empty_set_is_loaded():
    load = Load(new_id(), (CLAIM, SPEAKER), (SAID,))
    state = State()

    assert refusal(state_with(DENIAL), load).reason == "not_empty"
    assert refusal(state, Load(new_id(), (CLAIM,), (SAID,))).pointer == "/relations/0/to"
    assert refusal(state, Load(new_id(), (CLAIM, CLAIM), ())).pointer == "/spans/1/id"
    apply(state, load, RULES)
    assert state == state_with(CLAIM, SPEAKER, relations=[SAID])


def test_two_spans_may_cover_the_same_text():
    state = state_with(CLAIM)

    apply(state, add(span("c2", "Claim", (0, 5))), RULES)

    assert len(state.spans) == 2
