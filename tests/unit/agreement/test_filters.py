from annotator.agreement.filters import DisagreementFilters, facets

ROWS = [
    ([("missed", "Claim", "", "")], 4),
    ([("label", "Claim", "Hedge", ""), ("missed", "Hedge", "", "")], 2),
    ([("attribute", "Claim", "Claim", "kind")], 1),
    ([("relation", "denies", "", "")], 3),
]


def total(**filters):
    return facets(ROWS, DisagreementFilters(**filters)).total


def test_labels_match_in_either_order():
    assert total(label="Hedge", other="Claim") == total(label="Claim", other="Hedge") == 2


def test_no_span_can_be_filtered_like_a_label():
    assert total(label="Claim", other="nothing") == 4


def test_relations_are_counted_apart_from_labels():
    assert (total(label="denies"), total(kind="relation", label="denies"), total()) == (0, 3, 10)


def test_the_counts_of_a_facet_ignore_its_own_filter():
    found = facets(ROWS, DisagreementFilters(kind="label"))

    assert dict(found.kinds) == {"missed": 6, "label": 2, "attribute": 1, "relation": 3}
    assert dict(found.labels) == {"Claim": 2, "Hedge": 2}
    # A location with two types counts once.
    assert (found.total, found.any_kind) == (2, 10)


def test_a_query_has_only_the_used_filters():
    filters = DisagreementFilters(kind="missed", label="Claim & co", order="worst")

    assert filters.query() == "kind=missed&label=Claim+%26+co&order=worst"
    assert DisagreementFilters.of_query({"kind": "missed", "label": "Claim & co", "order": "worst"}) == filters
    for document in ("1e3", "9" * 19, "\u0663"):
        query = {"kind": "x", "document": document, "order": "x"}
        assert DisagreementFilters.of_query(query) == DisagreementFilters()
