"""From one state to another by changes, each of which may be carried out when its turn comes."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from annotator.corpus.spans.state import Rules, State, apply, changes_between
from projects.schema import Schema
from projects.schema_reader import read_schema
from tests.unit.corpus.spans.builders import relation, span

SCHEMA: Schema = read_schema(
    {
        "labels": [{"id": "Claim", "discontinuous": True}, {"id": "Speaker"}, {"id": "Hedge"}],
        "relations": [
            {"id": "attributed-to", "from": ["Claim"], "to": ["Speaker"]},
            {"id": "hedges", "from": ["Hedge"], "to": ["Claim", "Speaker"]},
        ],
    }
)
PAIRS = {
    ("Claim", "Speaker"): "attributed-to",
    ("Hedge", "Claim"): "hedges",
    ("Hedge", "Speaker"): "hedges",
}
LABELS = st.sampled_from(["Claim", "Speaker", "Hedge"])
PLACES = st.sampled_from([((0, 3),), ((4, 8),), ((0, 9),)])


@st.composite
def states(draw):
    """A state that the schema allows, over few ids, so that two of them have much in common."""
    names = draw(st.lists(st.sampled_from("abcde"), unique=True))
    spans = [
        span(
            name,
            draw(LABELS),
            *draw(PLACES),
            note=draw(st.sampled_from(["", "look"])),
            origin=draw(st.sampled_from(["manual", "imported"])),
        )
        for name in names
    ]
    possible = [
        relation(f"{one.id}{two.id}", PAIRS[one.label, two.label], one.id, two.id)
        for one in spans
        for two in spans
        if one.id != two.id and (one.label, two.label) in PAIRS
    ]
    return State.of(spans, draw(st.lists(st.sampled_from(possible), unique=True)) if possible else [])


@given(states(), states())
def test_changes_lead_between_any_states(present, wanted):
    ids = count()
    now = present.copy()

    for change in changes_between(present, wanted, new_id=lambda: str(next(ids))):
        apply(now, change, Rules(20, SCHEMA))

    assert (now.spans, now.relations) == (wanted.spans, wanted.relations)


@given(states())
def test_equal_states_need_no_changes(state):
    assert changes_between(state, state.copy(), new_id=str) == []
