import pytest

from annotator.measures.units import Intervals, Units, annotation_from_records, indexes


def test_a_discontinuous_span_has_one_row_a_fragment_and_one_key():
    units = Units.from_spans([(1, [(0, 4), (9, 12)]), (0, [(2, 3)])])

    assert units.owners.tolist() == [0, 0, 1]
    assert units.keys == [(1, ((0, 4), (9, 12))), (0, ((2, 3),))]
    assert (units.first_starts.tolist(), units.last_ends.tolist()) == ([0, 2], [12, 3])
    assert units.lengths.tolist() == [7, 1]


@pytest.mark.parametrize(
    "fragments", [[(3, 3)], [(5, 2)], [(-1, 2)], [(0, 3), (3, 5)], [(0, 4), (2, 6)], [(5, 6), (0, 2)], []]
)
def test_invalid_fragments_are_refused(fragments):
    with pytest.raises(ValueError, match="Units:"):
        Units.from_spans([(0, fragments)])


def test_a_token_is_covered_when_it_shares_one_code_point():
    intervals = Intervals(indexes([0, 0, 0, 1]), indexes([3, 4, 5, 0]), indexes([6, 5, 10, 4]))

    tokens = intervals.over_tokens(indexes([0, 5]), indexes([4, 9]))

    # "Ada- said-": the second interval lies on white space only and falls away.
    assert (tokens.starts.tolist(), tokens.ends.tolist()) == ([0, 1, 0], [2, 2, 1])
    assert tokens.labels.tolist() == [0, 0, 1]


def test_records_become_rows_and_relations_point_at_them():
    spans = [
        {"id": "s1", "label": "Claim", "fragments": [[0, 3]], "attributes": {"kind": "fact"}},
        {"id": "s2", "label": "Speaker", "fragments": [[4, 6]]},
    ]
    relations = [{"id": "r1", "label": "attributed-to", "from": "s1", "to": "s2"}]

    annotation = annotation_from_records(
        spans, relations, labels={"Claim": 0, "Speaker": 1}, relation_labels={"attributed-to": 0}
    )

    assert annotation.units.labels.tolist() == [0, 1]
    assert annotation.relations.tolist() == [[0, 0, 1]]
    assert list(annotation.attributes) == [{"kind": "fact"}, {}]


def test_no_records_are_no_rows():
    annotation = annotation_from_records([], [], labels={}, relation_labels={})

    assert len(annotation.units) == 0
    assert annotation.relations.shape == (0, 3)
