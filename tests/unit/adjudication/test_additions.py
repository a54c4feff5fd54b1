"""Adding what nobody had marked."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.pages import feedback
from annotator.adjudication.problems import InvalidDecision
from annotator.adjudication.selectors import origins_of
from annotator.adjudication.services import Why
from annotator.corpus.spans.models import AnnotationSet, Relation, Span
from annotator.corpus.spans.values import SpanValue
from tests.conftest import NOW
from tests.unit.adjudication.conftest import open_units, spans_in

pytestmark = pytest.mark.django_db

ONE = "Ada[Speaker] said [it rained](Claim), Ben left."
OTHER = "Ada[Speaker] said it [rained](Claim), Ben left."
LEFT = SpanValue("x", "Denial", ((20, 28),))


@pytest.fixture
def begun(begin):
    return begin(ONE, OTHER)


@pytest.fixture
def moment(begun, lead):
    """Return a function that gives what every action needs now."""

    def now(by=lead):
        begun.refresh_from_db()
        return {"base_revision": begun.revision, "by": by, "now": NOW}

    return now


def test_a_place_that_nobody_marked_stands_with_no_support_and_can_be_settled(begun, moment, decide):
    done = services.add_span(begun, LEFT, Why(note="Both missed it."), **moment())
    decide(begun, open_units(begun)[0], "take", source=0)

    assert ("Denial", "Ben left") in spans_in(begun)
    added = read_board(begun).by_id[done.unit]
    assert (added.decision.kind, added.decision.support, added.decision.support_of) == ("added", 0, 2)
    settled = services.settle(begun, **moment())
    origin = origins_of([settled.annotation_set_id])[settled.annotation_set_id, added.outcome[0].id]
    assert (origin["kind"], origin["support"], origin["sources"]) == ("added", 0, [])


def test_taking_an_addition_back_leaves_nothing_to_decide(begun, moment):
    before = read_overview(begun)
    services.add_span(begun, LEFT, Why(), **moment())

    services.undo(begun, **moment())

    assert spans_in(begun) == [("Speaker", "Ada")]
    assert read_overview(begun) == before


def test_what_somebody_marked_is_not_added_a_second_time(begun, moment):
    with pytest.raises(InvalidDecision, match="Somebody marked exactly this"):
        services.add_span(begun, SpanValue("x", "Claim", ((9, 18),)), Why(), **moment())


@pytest.mark.parametrize("span", [SpanValue("x", "Nothing", ((0, 3),)), SpanValue("x", "Claim", ((40, 50),))])
def test_what_the_schema_or_the_text_does_not_allow_is_not_added(begun, moment, span):
    with pytest.raises(InvalidDecision):
        services.add_span(begun, span, Why(), **moment())
    assert not read_board(begun).units[-1].row.is_added


def test_an_addition_stands_when_an_annotator_hands_in_something_new(begun, moment, make_set, ada):
    services.add_span(begun, LEFT, Why(), **moment())
    own = begun.document.annotation_sets.get(annotator=ada)
    own.spans.filter(label="Claim").delete()
    AnnotationSet.objects.filter(pk=own.pk).update(revision=2)
    make_set(begun.document, "Newcomer", state="submitted", revision=1)
    begun.refresh_from_db()

    services.refresh(begun, by=moment()["by"], now=NOW)

    assert ("Denial", "Ben left") in spans_in(begun)


def test_a_relation_joins_two_decided_places_and_goes_with_them(begun, moment, decide):
    [claim] = open_units(begun)
    [speaker] = [unit.row.pk for unit in read_board(begun).units if unit.row.pk != claim]
    with pytest.raises(InvalidDecision, match="Decide first what stands at both ends"):
        services.add_relation(begun, "attributed-to", (claim, speaker), Why(), **moment())
    decide(begun, claim, "take", source=0)

    services.add_relation(begun, "attributed-to", (claim, speaker), Why(), **moment())

    arrow = Relation.objects.get(annotation_set=begun.annotation_set)
    assert (arrow.label, arrow.source.label, arrow.target.label) == ("attributed-to", "Claim", "Speaker")
    with pytest.raises(InvalidDecision, match="this relation between the two already"):
        services.add_relation(begun, "attributed-to", (claim, speaker), Why(), **moment())
    with pytest.raises(InvalidDecision):
        services.add_relation(begun, "attributed-to", (speaker, claim), Why(), **moment())
    decide(begun, claim, "none")
    assert not Relation.objects.filter(annotation_set=begun.annotation_set).exists()
    decide(begun, claim, "take", source=1)
    assert Relation.objects.filter(annotation_set=begun.annotation_set).exists()
    services.undo(begun, **moment())
    services.undo(begun, **moment())
    services.undo(begun, **moment())
    assert not Relation.objects.filter(annotation_set=begun.annotation_set).exists()


def test_an_annotator_is_told_that_a_relation_stands_which_they_did_not_draw(begun, moment, decide, ada):
    [claim] = open_units(begun)
    [speaker] = [unit.row.pk for unit in read_board(begun).units if unit.row.pk != claim]
    decide(begun, claim, "take", source=0)
    services.add_relation(begun, "attributed-to", (claim, speaker), Why(section="Relations"), **moment())
    services.settle(begun, **moment())

    found = feedback.feedback_on(begun.document.annotation_sets.get(annotator=ada).pk, user=ada)

    [(section, [item])] = found.groups
    assert (section, item.own_arrows) == ("Relations", [])
    assert "→" in item.settled_arrows[0]


def test_a_relation_goes_to_the_nearest_part_when_its_end_is_split(make_document, make_set, ada, ben, lead, decide):
    document = make_document("it rained and it was cold, said Ada")
    for author, end in ((ada, 25), (ben, 24)):
        claim = {"id": "c", "label": "Claim", "fragments": [[0, end]], "attributes": {}}
        speaker = {"id": "s", "label": "Speaker", "fragments": [[32, 35]], "attributes": {}}
        own = make_set(document, author, [claim, speaker], state="submitted", revision=1)
        ends = {span.uid: span for span in Span.objects.filter(annotation_set=own)}
        Relation.objects.create(annotation_set=own, uid="r", label="attributed-to", source=ends["c"], target=ends["s"])
    adjudication = services.start(document, by=lead, now=NOW)
    parts = (SpanValue("1", "Claim", ((0, 9),)), SpanValue("2", "Claim", ((14, 25),)))

    decide(adjudication, open_units(adjudication)[0], "split", spans=parts)

    arrow = Relation.objects.get(annotation_set=adjudication.annotation_set)
    assert (arrow.source.start, arrow.target.start) == (14, 32)
