"""Units are at one location at the desk where the report counts one location, for any annotations.

The desk can join two locations of a report: all annotators are aligned at once there, in pairs here.
"""

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.adjudication.units.alignment import Content, align_contents
from annotator.adjudication.units.locations import locate
from annotator.agreement.counting import locations as report
from annotator.agreement.counting.disagreements import PairAlignment
from annotator.agreement.counting.document_groups import DocumentGroup
from annotator.corpus.spans.values import SpanValue
from annotator.measures.alignment import DisagreementKind, SetContent, SpanContent
from tests.properties.adjudication.test_derivation import contents

Node = tuple[str, tuple[tuple[int, int], ...]]


def locations_of_report(annotators: Sequence[Content]) -> list[set[Node]]:
    """Return the spans (label and fragments) at each location of a report, without those of relations."""
    ordered = [sorted(content.spans, key=lambda span: (span.fragments, span.label)) for content in annotators]
    sets = {
        f"{at:04}": SetContent([SpanContent(span.label, span.fragments, {}) for span in spans], [])
        for at, spans in enumerate(ordered)
    }
    group = DocumentGroup.of_sets("x" * 40, sets)
    pairs = list(combinations(range(len(sets)), 2))
    found = [
        disagreement
        for number, (one, other) in enumerate(pairs)
        for disagreement in PairAlignment(group, one, other, pair=number).disagreements
    ]
    nodes: dict[int, set[Node]] = {}
    for disagreement, located in zip(found, report.locate(group, pairs, found), strict=True):
        assert disagreement.kind is not DisagreementKind.RELATION
        for at, rows in zip(pairs[disagreement.pair], (disagreement.first, disagreement.second), strict=True):
            spans = [ordered[at][row] for row in rows]
            nodes.setdefault(located.location, set()).update((span.label, span.fragments) for span in spans)
    return list(nodes.values())


def locations_of_desk(annotators: Sequence[Content]) -> list[set[Node]]:
    units, _ = align_contents(annotators)
    numbers, _ = locate([unit.versions for unit in units])
    nodes: dict[int, set[Node]] = {}
    for number, unit in zip(numbers, units, strict=True):
        if unit.kinds:
            spans = [span for version in unit.versions for span in version]
            nodes.setdefault(number, set()).update((span.label, span.fragments) for span in spans)
    return list(nodes.values())


@settings(max_examples=150, deadline=None)
@given(st.lists(contents(), min_size=2, max_size=4))
def test_locations_of_a_report_are_locations_at_the_desk(annotators: list[Content]) -> None:
    desk, of_report = locations_of_desk(annotators), locations_of_report(annotators)

    assert all(any(nodes <= location for nodes in of_report) for location in desk), "the report has it, too"
    for nodes in of_report:
        assert [nodes <= location for location in desk].count(True) == 1, (
            "one location at the desk has all of its spans"
        )


def test_unit_of_all_annotators_can_join_two_locations_of_a_report() -> None:
    def content(*spans: tuple[str, int, int]) -> Content:
        return Content([SpanValue(f"{at}", label, ((start, end),)) for at, (label, start, end) in enumerate(spans)], [])

    annotators = [content(("Hedge", 0, 2)), content(("Claim", 0, 1), ("Hedge", 0, 1)),
                  content(("Claim", 0, 1), ("Claim", 1, 2))]  # fmt: skip

    assert (len(locations_of_desk(annotators)), len(locations_of_report(annotators))) == (1, 2)


def test_two_spans_of_one_annotator_are_two_units_at_one_location() -> None:
    claim, denial = ((0, 20),), ((2, 20),)

    def content(**spans: tuple[tuple[int, int], ...]) -> Content:
        return Content([SpanValue(label, label, fragments) for label, fragments in spans.items()], [])

    both, only_claim, only_denial = content(Claim=claim, Denial=denial), content(Claim=claim), content(Denial=denial)
    units, _ = align_contents([both, only_claim, only_denial])
    apart, _ = align_contents([both, only_claim, only_claim])

    assert locate([unit.versions for unit in units]) == ([0, 0], [])
    assert locate([unit.versions for unit in apart]) == ([0, 1], []), "no two annotators differ about both"
    assert locate([unit.versions for unit in units], [(0, 1), (1, 0)]) == ([0, 0], [1, 1])
