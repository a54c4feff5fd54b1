from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.counting.tally_records import add_record, tally_of, without_zeros

RECORDS = st.dictionaries(
    st.sampled_from("abc"),
    st.dictionaries(st.sampled_from("xyz"), st.lists(st.integers(0, 5), min_size=2, max_size=2)),
)


@given(st.lists(RECORDS, max_size=4), RECORDS)
def test_subtracting_a_record_undoes_adding_it(records, extra):
    total = {}
    for record in records:
        add_record(total, record)
    expected = without_zeros(total)

    add_record(total, extra)
    add_record(total, extra, sign=-1)

    assert without_zeros(total) == expected


@given(st.lists(RECORDS, max_size=4))
def test_the_order_of_adding_does_not_matter(records):
    there, back = {}, {}
    for record in records:
        add_record(there, record)
    for record in reversed(records):
        add_record(back, record)

    assert there == back


def test_an_empty_record_is_an_empty_tally():
    assert tally_of({}).documents == 0
    assert not tally_of({}).overall_alpha.is_defined
