"""What must hold for whole documents and corpora."""

import json
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.counting import Counted, tally_document
from annotator.agreement.findings import Findings
from annotator.agreement.measures.figures import Figure
from annotator.agreement.reports import report_of
from annotator.agreement.statistics import statistics_of, statistics_rows
from annotator.agreement.tally_records import add_record, record_of, tally_of
from annotator.agreement.units import Annotation, Document, Units, indexes

LENGTH, LABELS, RELATIONS = 20, ["Claim", "Hedge", "Speaker"], ["denies", "hedges"]


@st.composite
def annotations(draw):
    edges = st.lists(st.integers(0, LENGTH), min_size=2, max_size=4, unique=True).map(sorted)
    fragments = edges.map(lambda each: [(each[at], each[at + 1]) for at in range(0, len(each) - 1, 2)])
    spans = draw(st.lists(st.tuples(st.integers(0, len(LABELS) - 1), fragments), max_size=4))
    values = [{"kind": draw(st.sampled_from(["fact", "position"]))} for _ in spans]
    row = st.integers(0, max(len(spans) - 1, 0))
    arrows = draw(st.lists(st.tuples(st.integers(0, 1), row, row), max_size=3, unique=True)) if spans else []
    relations = indexes([index for arrow in arrows for index in arrow]).reshape(-1, 3)
    return Annotation(Units.from_spans(spans), values, relations)


@st.composite
def documents(draw):
    names = draw(st.lists(st.sampled_from(["ada", "ben", "clara", "dan"]), min_size=2, max_size=3, unique=True))
    starts = indexes(range(0, LENGTH, 4))
    return Document(LENGTH, starts, starts + 3, {name: draw(annotations()) for name in names})


def tally(document):
    nothing_found = {pair: {} for pair in combinations(sorted(document.annotations), 2)}
    return tally_document(Counted(document, Findings([], nothing_found), LABELS, RELATIONS))


def total_of(tallies):
    """Add up as reports do: by what is stored."""
    everything = {}
    for each in tallies:
        add_record(everything, record_of(each))
    return tally_of(everything)


def figures_of(tallies):
    total = total_of(tallies)
    rows = statistics_rows(map(statistics_of, tallies), LABELS)
    return report_of(total, rows, labels=LABELS, relation_labels=RELATIONS)


@settings(max_examples=40)
@given(st.lists(documents(), min_size=1, max_size=4))
def test_a_tally_comes_back_from_json_as_it_was(corpus):
    for each in [*map(tally, corpus), total_of(map(tally, corpus))]:
        assert tally_of(json.loads(json.dumps(record_of(each)))) == each


@settings(max_examples=40)
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_in_which_annotators_stand_is_irrelevant(document, random):
    names = random.sample(list(document.annotations), len(document.annotations))
    mixed = Document(
        document.length,
        document.token_starts,
        document.token_ends,
        {name: document.annotations[name] for name in names},
    )

    assert figures_of([tally(mixed)]) == figures_of([tally(document)])


@settings(max_examples=40)
@given(st.lists(documents(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_documents_is_irrelevant(corpus, random):
    tallies = [tally(document) for document in corpus]
    mixed = random.sample(tallies, len(tallies))

    here, there = total_of(tallies), total_of(mixed)

    assert here.pairs == there.pairs
    assert_close(here.overall_alpha, there.overall_alpha)


@settings(max_examples=40)
@given(st.lists(documents(), min_size=1, max_size=3))
def test_every_document_twice_leaves_f1_and_kappa_as_they_are(corpus):
    tallies = [tally(document) for document in corpus]

    once, twice = figures_of(tallies), figures_of([*tallies, *tallies])

    for one, other in zip(once["pairs"], twice["pairs"], strict=True):
        assert one["overall"]["overlap_f1"] == other["overall"]["overlap_f1"]
        assert one["unlabelled_f1"] == other["unlabelled_f1"]
    for one, other in zip(once["attributes"], twice["attributes"], strict=True):
        assert one["kappa"]["undefined"] == other["kappa"]["undefined"]
        assert one["kappa"]["value"] is None or np.isclose(one["kappa"]["value"], other["kappa"]["value"])


@settings(max_examples=40)
@given(documents())
def test_annotators_who_did_the_same_agree_in_everything(document):
    name, same = next(iter(document.annotations.items()))
    both = Document(document.length, document.token_starts, document.token_ends, {name: same, "twin": same})

    found = figures_of([tally(both)])

    for row in [*found["labels"], found["overall"], *found["relations"]]:
        for key in ("exact_f1", "overlap_f1"):
            assert row[key]["value"] in (1.0, None)
    assert all(row["observed"]["value"] == 1 for row in found["attributes"])
    assert found["overall"]["alpha_tokens"]["value"] in (1.0, None)


def assert_close(one: Figure, other: Figure):
    assert one.undefined == other.undefined
    assert not one.is_defined or np.isclose(one.value, other.value)
