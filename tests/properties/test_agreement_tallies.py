"""Properties of whole documents and corpora."""

import json
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.counting.disagreement_rows import group_disagreements
from annotator.agreement.counting.disagreements import PairAlignment, align_pair
from annotator.agreement.counting.group_counts import GroupCounts
from annotator.agreement.counting.pair_counts import count_pair
from annotator.agreement.counting.statistics import F1_COLUMNS, TOKENS, statistics_rows
from annotator.agreement.counting.tally_records import add_record, tally_of
from annotator.agreement.reports.builder import build_report
from annotator.measures import bootstrap
from annotator.measures.alignment import DisagreementKind, RelationContent, SetContent, SpanContent, align
from annotator.measures.figures import Figure
from annotator.measures.matching import exact_matching, greedy_matching
from annotator.measures.relations import on_shared_spans
from tests.examples import examples
from tests.unit.agreement.document_groups import group_of

TEXT = "One two three, four fiv"
LABELS, RELATIONS = ["Claim", "Hedge", "Speaker"], ["denies", "hedges"]
NAMES = ["ada", "ben", "clara", "dan"]


@st.composite
def layers(draw):
    edges = st.lists(st.integers(0, len(TEXT)), min_size=2, max_size=4, unique=True).map(sorted)
    fragments = edges.map(lambda row: tuple((row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)))
    attributes = st.fixed_dictionaries({}, optional={"kind": st.sampled_from(["fact", "position"])})
    spans = draw(st.lists(st.tuples(st.sampled_from(LABELS), fragments, attributes), max_size=7))
    row = st.integers(0, max(len(spans) - 1, 0))
    arrow = st.tuples(st.sampled_from(RELATIONS), row, row)
    return spans, draw(st.lists(arrow, max_size=3, unique=True)) if spans else []


def documents(people):
    return st.fixed_dictionaries(dict.fromkeys(people, layers())).map(lambda marked: (TEXT, marked))


PEOPLE = st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True)
CORPORA = PEOPLE.flatmap(lambda people: st.lists(documents(people), min_size=1, max_size=4))
PAIRS = st.lists(documents(["ada", "ben"]), min_size=1, max_size=3)


def counted(corpus):
    group = group_of(corpus)
    return GroupCounts(group, group_disagreements(group))


def total_of(records):
    """Add stored records up as reports do."""
    everything = {}
    for record in records:
        add_record(everything, record)
    return tally_of(everything)


def figures_of(*parts):
    records = [record for part in parts for record in part.records]
    rows = statistics_rows([row for part in parts for row in part.statistics], LABELS)
    return build_report(total_of(records), rows, labels=LABELS, relation_labels=RELATIONS).to_record()


def content(layer):
    spans, relations = layer
    return SetContent([SpanContent(*span) for span in spans], [RelationContent(*arrow) for arrow in relations])


SERIOUS = (DisagreementKind.MISSED, DisagreementKind.SEGMENTATION, DisagreementKind.LABEL, DisagreementKind.BOUNDARY)


def disagreements_by_alignment(first, second):
    """Return the disagreements and unit labels that `align` finds for two sets of one document."""
    alignment = align({"1": first, "2": second})
    rows, labels = [], Counter()
    for unit in alignment.units:
        one, other = unit.rows.get("1", ()), unit.rows.get("2", ())
        labels[first.spans[one[0]].label if one else "", second.spans[other[0]].label if other else ""] += 1
        kind = next((kind for kind in SERIOUS if kind in unit.kinds), None)
        if kind:
            rows.append((unit.start, unit.end, kind, "", one, other))
        elif unit.kinds:
            here, there = first.spans[one[0]].attributes, second.spans[other[0]].attributes
            names = [name for name in here.keys() | there.keys() if here.get(name) != there.get(name)]
            rows += [(unit.start, unit.end, DisagreementKind.ATTRIBUTE, name, one, other) for name in names]
    for relation in alignment.relations:
        if relation.is_contested:
            one, other = relation.rows.get("1", ()), relation.rows.get("2", ())
            sources = [first.spans[first.relations[row].source] for row in one]
            sources += [second.spans[second.relations[row].source] for row in other]
            start, end = min(span.start for span in sources), max(span.end for span in sources)
            rows.append((start, end, DisagreementKind.RELATION, "", len(one), len(other)))
    return sorted(rows), dict(labels), sum(not unit.kinds for unit in alignment.units)


@settings(max_examples=examples(150))
@given(PAIRS)
def test_document_group_is_aligned_like_single_documents(corpus):
    group = group_of(corpus)
    together = PairAlignment(group, 0, 1)
    firsts = [np.searchsorted(columns.documents, np.arange(len(corpus))) for columns in group.columns]

    identical = 0
    for index, (_, marked) in enumerate(corpus):
        expected, labels, agreed = disagreements_by_alignment(content(marked["ada"]), content(marked["ben"]))
        own = [row for row in together.disagreements if row.document == index]
        assert sorted(rows_in_document(row, index, firsts) for row in own) == expected
        names = [*group.vocabulary.labels, ""]
        aligned = {
            (names[one], names[other]): int(count)
            for (one, other), count in np.ndenumerate(together.aligned[index])
            if count
        }
        assert aligned == labels
        identical += agreed
    assert together.identical == identical


@settings(max_examples=examples(80))
@given(documents(["ada", "ben"]))
def test_two_sets_are_aligned_like_a_document_group(document):
    first, second = (content(document[1][name]) for name in ("ada", "ben"))

    alone = align_pair(first, second)

    expected, _, agreed = disagreements_by_alignment(first, second)
    assert sorted(rows_in_document(row, 0, [[0], [0]]) for row in alone.disagreements) == expected
    assert alone.identical == agreed


def rows_in_document(disagreement, index, firsts):
    """Return a disagreement with rows counted within one document, and relations by their number."""
    location = disagreement.start, disagreement.end, disagreement.kind, disagreement.attribute
    if disagreement.kind == DisagreementKind.RELATION:
        return *location, len(disagreement.first), len(disagreement.second)
    rows = [
        tuple(int(row - first[index]) for row in own)
        for own, first in zip((disagreement.first, disagreement.second), firsts, strict=True)
    ]
    return *location, *rows


@settings(max_examples=examples(40))
@given(CORPORA)
def test_documents_counted_together_equal_single_counts(corpus):
    together = counted(corpus)
    apart = [counted([document]) for document in corpus]

    assert together.records == [counts.records[0] for counts in apart]
    assert together.figures == [counts.figures[0] for counts in apart]
    rows = statistics_rows([counts.statistics[0] for counts in apart], LABELS)
    assert np.array_equal(statistics_rows(together.statistics, LABELS), rows)


@settings(max_examples=examples(40))
@given(documents(["ada", "ben"]))
def test_relation_counts_follow_the_measure(document):
    group = group_of([document])
    (first, second), columns = group.units, group.columns
    expected = []
    for matching in (exact_matching, greedy_matching):
        counts = on_shared_spans(columns[0].relations, columns[1].relations, matching(first, second))
        expected.append((counts.first, counts.second, counts.matched))

    pair = count_pair(group, 0, 1)

    shared, drawn = pair.shared_relations[0].sum(axis=0), pair.relations[0].sum(axis=0)
    assert [(*shared[:2], drawn[2]), (*shared[2:], drawn[3])] == expected


@settings(max_examples=examples(40))
@given(CORPORA)
def test_resample_of_each_document_once_gives_the_figures(corpus):
    counts = counted(corpus)
    sums = statistics_rows(counts.statistics, LABELS).sum(axis=0)

    report = figures_of(counts)

    for row, own in zip([*report["labels"], report["overall"]], sums, strict=True):
        for name, columns in (("exact_f1", F1_COLUMNS["exact"]), ("overlap_f1", F1_COLUMNS["overlap"])):
            value = bootstrap.f1(own[None, columns])[0]
            assert np.isnan(value) if row[name]["value"] is None else np.isclose(value, row[name]["value"])
    for row, own in zip(report["labels"], sums[:-1], strict=True):
        if row["alpha_tokens"]["value"] is not None:
            assert np.isclose(bootstrap.alpha(own[None, TOKENS])[0], row["alpha_tokens"]["value"])


@settings(max_examples=examples(40))
@given(CORPORA)
def test_records_survive_json(corpus):
    for record in counted(corpus).records:
        assert tally_of(json.loads(json.dumps(record))) == tally_of(record)


@settings(max_examples=examples(40))
@given(CORPORA, st.randoms(use_true_random=False))
def test_order_of_annotators_and_spans_is_irrelevant(corpus, random):
    mixed = []
    for text, marked in corpus:
        names = random.sample(list(marked), len(marked))
        mixed.append((text, {name: in_another_order(marked[name], random) for name in names}))

    assert figures_of(counted(mixed)) == figures_of(counted(corpus))


def has_equal_spans(layer):
    spans = [(label, fragments) for label, fragments, _ in layer[0]]
    return any(spans.count(span) > 1 for span in spans)


def in_another_order(layer, random):
    """Of equal spans of one annotator, the first are matched, so that their order counts: it stays."""
    spans, relations = layer
    if has_equal_spans(layer):
        return layer
    order = random.sample(range(len(spans)), len(spans))
    return [spans[at] for at in order], [(label, order.index(one), order.index(two)) for label, one, two in relations]


@settings(max_examples=examples(40))
@given(CORPORA, st.randoms(use_true_random=False))
def test_order_of_documents_is_irrelevant(corpus, random):
    records = counted(corpus).records
    mixed = random.sample(records, len(records))

    here, there = total_of(records), total_of(mixed)

    assert here.pairs == there.pairs
    assert_close(here.overall_alpha, there.overall_alpha)


@settings(max_examples=examples(40))
@given(CORPORA)
def test_doubling_documents_changes_neither_f1_nor_kappa(corpus):
    counts = counted(corpus)

    once, twice = figures_of(counts), figures_of(counts, counts)

    for one, other in zip(once["pairs"], twice["pairs"], strict=True):
        assert one["overall"]["overlap_f1"]["value"] == other["overall"]["overlap_f1"]["value"]
        assert one["unlabelled_f1"]["value"] == other["unlabelled_f1"]["value"]
    for one, other in zip(once["attributes"], twice["attributes"], strict=True):
        assert one["kappa"]["undefined"] == other["kappa"]["undefined"]
        assert one["kappa"]["value"] is None or np.isclose(one["kappa"]["value"], other["kappa"]["value"])


@settings(max_examples=examples(40))
@given(CORPORA)
def test_identical_annotators_agree_completely(corpus):
    same = [
        (text, {"ada": next(iter(marked.values())), "twin": next(iter(marked.values()))}) for text, marked in corpus
    ]

    figures = figures_of(counted(same))

    for row in [*figures["labels"], figures["overall"], *figures["relations"]]:
        for key in ("exact_f1", "overlap_f1"):
            assert row[key]["value"] in (1.0, None)
    assert all(row["observed"]["value"] == 1 for row in figures["attributes"])
    assert figures["overall"]["alpha_tokens"]["value"] in (1.0, None)


def assert_close(first: Figure, second: Figure):
    assert first.undefined == second.undefined
    assert not first.is_defined or np.isclose(first.value, second.value)
