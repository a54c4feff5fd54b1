"""What annotators and leads learn from settled documents."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.models import Subject
from annotator.adjudication.pages import feedback
from annotator.problems import NotFound
from tests.conftest import NOW
from tests.unit.adjudication.conftest import open_units

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(begin, decide, lead):
    adjudication = begin(
        "Ada[Speaker] said [it rained](Claim), perhaps[Hedge].", "Ada[Speaker] said it [rained](Claim), perhaps."
    )
    claim, hedge = open_units(adjudication)
    decide(adjudication, claim, "take", source=1, reason="boundary", section="Edges", note="Without it.")
    decide(adjudication, hedge, "none")
    adjudication.refresh_from_db()
    return services.settle(adjudication, base_revision=adjudication.revision, by=lead, now=NOW)


def set_of(adjudication, name):
    return adjudication.document.annotation_sets.get(name=name)


def test_an_annotator_sees_their_own_readings_against_the_settled_ones(settled, ada):
    found = feedback.feedback_on(set_of(settled, "ada").pk, user=ada)

    assert (found.is_settled, found.alike) == (True, 1)
    told = [
        (section, [([part.words for part in item.own], [part.words for part in item.settled]) for item in items])
        for section, items in found.groups
    ]
    assert told == [("Edges", [(["it rained"], ["rained"])]), ("", [(["perhaps"], [])])]


def test_who_was_right_throughout_is_told_so(settled, ben):
    found = feedback.feedback_on(set_of(settled, "ben").pk, user=ben)

    assert (found.alike, found.groups) == (2, [])


def test_nobody_sees_the_feedback_of_another_annotator(settled, ben):
    with pytest.raises(NotFound):
        feedback.feedback_on(set_of(settled, "ada").pk, user=ben)


def test_nothing_is_told_before_the_document_is_settled(settled, lead, ada):
    services.reopen(settled, by=lead, now=NOW)

    found = feedback.feedback_on(set_of(settled, "ada").pk, user=ada)

    assert (found.is_settled, found.groups) == (False, [])


def test_turned_down_readings_are_counted_by_label_reason_and_section(settled, project):
    def rows(subject):
        return [(row.name, row.turned_down, row.readings) for row in feedback.turned_down(project, subject)]

    assert rows(Subject.LABEL) == [("Claim", 1, 2), ("Hedge", 1, 2), ("Speaker", 0, 2)]
    assert rows(Subject.REASON) == [("Wrong boundary", 1, 2)]
    assert rows(Subject.SECTION) == [("Edges", 1, 2)]


def test_few_documents_give_counts_and_no_figure(settled, project):
    rows = feedback.standings(project)

    assert [(row.name, row.spans, row.settled_spans, row.exact_matches, row.same_edges) for row in rows] == [
        ("ada", 3, 2, 1, None),
        ("ben", 2, 2, 2, None),
    ]


def test_enough_documents_give_a_figure():
    standing = feedback.Standing("ada", documents=8, spans=40, settled_spans=60, exact_matches=25, overlap_matches=40)

    assert (standing.same_edges, standing.same_place) == (50, 80)
