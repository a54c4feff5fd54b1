"""The first documents of an order, taken from the table of plans: as sorting all of them gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.corpus.documents.ordering import PRIME, annotator_order
from annotator.workload.assignments.plan_table import Scope, first_documents, plans_of, replaced, take_slots
from annotator.workload.assignments.selectors.plan_copies import PlanCopy

KEYS = st.one_of(st.integers(0, 3), st.integers(0, PRIME - 1))
ROWS = st.lists(
    st.tuples(
        st.integers(1, 10**12), st.integers(0, 2), KEYS, st.integers(0, 5), st.integers(-2, 2), st.integers(0, 3),
        st.booleans(),
    ),
    unique_by=lambda row: row[0],
    max_size=60,
)  # fmt: skip


def sorted_documents(rows, scope, order):
    """Return all free documents in order, as a query of the database sorts them."""
    free = [row for row in rows if row[1] == scope.round and row[5] < scope.limit and not row[6]]
    rank = (lambda row: row[3]) if order is None else (lambda row: order.rank(row[2]))
    return [row[0] for row in sorted(free, key=lambda row: (-row[4], rank(row), row[3], row[0]))]


@given(
    rows=ROWS, name=st.text(max_size=5), is_seeded=st.booleans(), of_round=st.integers(0, 2), limit=st.integers(1, 3),
    count=st.integers(1, 70),
)  # fmt: skip
def test_first_documents_are_those_of_the_whole_order(rows, name, is_seeded, of_round, limit, count):
    scope, order = Scope(of_round, limit), annotator_order("seed", name) if is_seeded else None

    assert first_documents(plans_of(rows), scope, order, count).tolist() == sorted_documents(rows, scope, order)[:count]


@given(before=ROWS, changed=ROWS, data=st.data())
def test_changed_plans_replace_those_of_their_documents(before, changed, data):
    moved = data.draw(st.lists(st.sampled_from([row[0] for row in before]), unique=True)) if before else []
    changed = [*[row for row in changed if row[0] not in moved], *((key, 2, 1, 1, 0, 0, False) for key in moved)]
    deleted = [row[0] for row in before if row[0] not in moved][:3]
    deleted = [key for key in deleted if key not in {row[0] for row in changed}]

    plans = replaced(plans_of(before), plans_of(changed), deleted=deleted)

    expected = {row[0]: row for row in before if row[0] not in deleted} | {row[0]: row for row in changed}
    assert plans.tolist() == [expected[key] for key in sorted(expected)]
    assert np.all(np.diff(plans["document"]) > 0)


@given(before=ROWS.filter(bool), more=st.integers(-1, 2), data=st.data())
def test_taken_slots_are_stored_in_place_as_replacing_does(before, more, data):
    plans, row = plans_of(before), data.draw(st.sampled_from(before))
    changed = plans_of([(*row[:5], row[5] + more, row[6])])
    expected = replaced(plans, changed).tolist()

    stored = take_slots(plans, changed)

    assert stored is (more >= 0)
    assert plans.tolist() == (expected if stored else plans_of(before).tolist())


@pytest.mark.parametrize("column", [0, 1, 2, 3, 4, 6])
def test_nothing_is_stored_in_place_when_more_has_changed(column):
    row = (7, 1, 5, 3, 2, 1, False)
    plans, other = plans_of([row]), list(row)
    other[column] = not other[column] if column == 6 else other[column] + 1
    other[5] += 1

    assert not take_slots(plans, plans_of([other]))
    assert plans.tolist() == [row]


@given(before=ROWS, changes=st.lists(ROWS, max_size=4), of_round=st.integers(0, 2), limit=st.integers(1, 3))
def test_kept_free_plans_give_the_same_documents_after_changes(before, changes, of_round, limit):
    scope, order = Scope(of_round, limit), annotator_order("seed", "ada")
    copy = PlanCopy(plans_of(before), 0, {}, 0.0)
    for changed in changes:
        copy.plans_for(scope)
        copy.replace(plans_of(changed), deleted=[row[0] for row in before[:2]])
        copy.plans_for(scope)
        copy.replace(plans_of([(*row[:5], row[5] + 1, row[6]) for row in changed[:3]]), deleted=[])

    documents = first_documents(copy.plans_for(scope), scope, order, 70).tolist()

    assert documents == first_documents(copy.plans, scope, order, 70).tolist()
