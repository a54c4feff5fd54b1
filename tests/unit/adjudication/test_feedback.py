"""Feedback from completed adjudications."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.models import Subject
from annotator.adjudication.pages import feedback
from annotator.problems import NotFound
from tests.conftest import NOW
from tests.unit.adjudication.conftest import open_units

pytestmark = pytest.mark.django_db


@pytest.fixture
def completed(begin, decide, lead):
    adjudication = begin(
        "Ada[Speaker] said [it rained](Claim), perhaps[Hedge].", "Ada[Speaker] said it [rained](Claim), perhaps."
    )
    claim, hedge = open_units(adjudication)
    decide(adjudication, claim, "take", source=1, reason="boundary", section="Edges", note="Without it.")
    decide(adjudication, hedge, "none")
    adjudication.refresh_from_db()
    return services.complete(adjudication, base_revision=adjudication.revision, by=lead, now=NOW)


def set_of(adjudication, name):
    return adjudication.document.annotation_sets.get(name=name)


def test_feedback_compares_versions_with_outcomes(completed, ada):
    found = feedback.feedback_on(set_of(completed, "ada").pk, user=ada)

    assert (found.is_completed, found.unchanged) == (True, 1)
    told = [
        (section, [([span.words for span in item.own], [span.words for span in item.outcome]) for item in items])
        for section, items in found.groups
    ]
    assert told == [("Edges", [(["it rained"], ["rained"])]), ("", [(["perhaps"], [])])]


def test_feedback_without_overruled_annotations_is_empty(completed, ben):
    found = feedback.feedback_on(set_of(completed, "ben").pk, user=ben)

    assert (found.unchanged, found.groups) == (2, [])


def test_feedback_of_another_annotator_is_hidden(completed, ben):
    with pytest.raises(NotFound):
        feedback.feedback_on(set_of(completed, "ada").pk, user=ben)


def test_feedback_is_empty_before_completion(completed, lead, ada):
    services.reopen(completed, by=lead, now=NOW)

    found = feedback.feedback_on(set_of(completed, "ada").pk, user=ada)

    assert (found.is_completed, found.groups) == (False, [])


def test_overruled_versions_are_counted(completed, project):
    def rows(subject):
        return [(row.name, row.overruled, row.versions) for row in feedback.overruled_counts(project, subject)]

    assert rows(Subject.LABEL) == [("Claim", 1, 2), ("Hedge", 1, 2), ("Speaker", 0, 2)]
    assert rows(Subject.REASON) == [("Wrong boundary", 1, 2)]
    assert rows(Subject.SECTION) == [("Edges", 1, 2)]


def test_few_documents_give_counts_only(completed, project):
    rows = feedback.agreement_by_annotator(project)

    assert [(row.name, row.spans, row.adjudicated_spans, row.exact_matches, row.exact_f1) for row in rows] == [
        ("ada", 3, 2, 1, None),
        ("ben", 2, 2, 2, None),
    ]


def test_enough_documents_give_f1():
    agreement = feedback.AnnotatorAgreement(
        "ada", documents=10, spans=40, adjudicated_spans=60, exact_matches=25, overlap_matches=40
    )

    assert (agreement.exact_f1, agreement.overlap_f1) == (50, 80)
