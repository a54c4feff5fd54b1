"""Additions by adjudicators."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.pages import feedback
from annotator.adjudication.problems import InvalidDecision
from annotator.adjudication.selectors import origins_of
from annotator.adjudication.services import Rationale
from annotator.adjudication.units.versions import Arrow
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


def test_added_span_has_no_support(begun, moment, decide):
    result = services.add_span(begun, LEFT, Rationale(note="Both missed it."), **moment())
    decide(begun, open_units(begun)[0], "take", source=0)

    assert ("Denial", "Ben left") in spans_in(begun)
    added = read_board(begun).by_id[result.unit]
    assert (added.decision.kind, added.decision.support, added.decision.support_of) == ("added", 0, 2)
    completed = services.complete(begun, **moment())
    origin = origins_of([completed.annotation_set_id])[completed.annotation_set_id, added.outcome[0].id]
    assert (origin["kind"], origin["support"], origin["sources"]) == ("added", 0, [])


def test_undone_addition_leaves_nothing_to_decide(begun, moment):
    before = read_overview(begun)
    services.add_span(begun, LEFT, Rationale(), **moment())

    services.undo(begun, **moment())

    assert spans_in(begun) == [("Speaker", "Ada")]
    assert read_overview(begun) == before


def test_marked_span_cannot_be_added(begun, moment):
    with pytest.raises(InvalidDecision, match="An annotator marked exactly this"):
        services.add_span(begun, SpanValue("x", "Claim", ((9, 18),)), Rationale(), **moment())


@pytest.mark.parametrize("span", [SpanValue("x", "Nothing", ((0, 3),)), SpanValue("x", "Claim", ((40, 50),))])
def test_invalid_span_is_not_added(begun, moment, span):
    with pytest.raises(InvalidDecision):
        services.add_span(begun, span, Rationale(), **moment())
    assert not read_board(begun).units[-1].row.is_added


def test_addition_survives_updates(begun, moment, make_set, ada):
    services.add_span(begun, LEFT, Rationale(), **moment())
    own = begun.document.annotation_sets.get(annotator=ada)
    own.spans.filter(label="Claim").delete()
    AnnotationSet.objects.filter(pk=own.pk).update(revision=2)
    make_set(begun.document, "Newcomer", state="submitted", revision=1)
    begun.refresh_from_db()

    services.refresh(begun, by=moment()["by"], now=NOW)

    assert ("Denial", "Ben left") in spans_in(begun)


def test_added_relation_needs_two_decided_ends(begun, moment, decide):
    [claim] = open_units(begun)
    [speaker] = [unit.row.pk for unit in read_board(begun).units if unit.row.pk != claim]
    with pytest.raises(InvalidDecision, match="Decide both ends first"):
        services.add_relation(begun, Arrow("attributed-to"), (claim, speaker), Rationale(), **moment())
    decide(begun, claim, "take", source=0)

    services.add_relation(begun, Arrow("attributed-to"), (claim, speaker), Rationale(), **moment())

    arrow = Relation.objects.get(annotation_set=begun.annotation_set)
    assert (arrow.label, arrow.source.label, arrow.target.label) == ("attributed-to", "Claim", "Speaker")
    with pytest.raises(InvalidDecision, match="have this relation already"):
        services.add_relation(begun, Arrow("attributed-to"), (claim, speaker), Rationale(), **moment())
    with pytest.raises(InvalidDecision):
        services.add_relation(begun, Arrow("attributed-to"), (speaker, claim), Rationale(), **moment())
    decide(begun, claim, "none")
    assert not Relation.objects.filter(annotation_set=begun.annotation_set).exists()
    decide(begun, claim, "take", source=1)
    assert Relation.objects.filter(annotation_set=begun.annotation_set).exists()
    services.undo(begun, **moment())
    services.undo(begun, **moment())
    services.undo(begun, **moment())
    assert not Relation.objects.filter(annotation_set=begun.annotation_set).exists()


def test_feedback_lists_an_added_relation(begun, moment, decide, ada):
    [claim] = open_units(begun)
    [speaker] = [unit.row.pk for unit in read_board(begun).units if unit.row.pk != claim]
    decide(begun, claim, "take", source=0)
    services.add_relation(begun, Arrow("attributed-to"), (claim, speaker), Rationale(section="Relations"), **moment())
    services.complete(begun, **moment())

    found = feedback.feedback_on(begun.document.annotation_sets.get(annotator=ada).pk, user=ada)

    [(section, [item])] = found.groups
    assert (section, item.own_relations) == ("Relations", [])
    assert "→" in item.outcome_relations[0]


@pytest.fixture
def split_claim(make_document, make_set, ada, ben, lead, decide):
    """Return an adjudication in which a claim with a speaker was split, and the unit of the relation."""
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
    [relation] = open_units(adjudication)
    return adjudication, relation


def joined(adjudication):
    arrows = Relation.objects.filter(annotation_set=adjudication.annotation_set).order_by("source__start")
    return [(arrow.source.start, arrow.target.start) for arrow in arrows]


def test_relation_of_a_split_span_asks_for_its_parts(split_claim, decide):
    adjudication, relation = split_claim
    assert joined(adjudication) == []

    decide(adjudication, relation, "take", source=0)
    assert joined(adjudication) == [(0, 32), (14, 32)]
    assert read_board(adjudication).by_id[relation].decision.support == 2

    decide(adjudication, relation, "edited", arrows=(Arrow("attributed-to", 1),))
    assert (joined(adjudication), open_units(adjudication)) == ([(14, 32)], [])


def test_relation_to_a_part_that_is_gone_follows_again(split_claim, decide):
    adjudication, relation = split_claim
    claim = read_board(adjudication).by_id[relation].row.from_unit_id
    decide(adjudication, relation, "edited", arrows=(Arrow("attributed-to", 1),))

    decide(adjudication, claim, "take", source=1)

    assert (open_units(adjudication), joined(adjudication)) == ([], [(0, 32)])


def test_relation_without_parts_joins_the_nearest(split_claim, decide):
    adjudication, relation = split_claim

    decide(adjudication, relation, "edited", arrows=(Arrow("attributed-to"),))

    assert joined(adjudication) == [(14, 32)]


def test_added_relation_joins_a_chosen_part(split_claim, decide, lead):
    adjudication, relation = split_claim
    row = read_board(adjudication).by_id[relation].row
    ends = row.from_unit_id, row.to_unit_id
    decide(adjudication, relation, "none")
    adjudication.refresh_from_db()
    base = {"base_revision": adjudication.revision, "by": lead, "now": NOW}
    with pytest.raises(InvalidDecision, match="have this relation already"):
        services.add_relation(adjudication, Arrow("attributed-to", 0), ends, Rationale(), **base)
    with pytest.raises(InvalidDecision, match="no span 2"):
        services.add_relation(adjudication, Arrow("attributed-to", 2), ends, Rationale(), **base)

    services.add_relation(adjudication, Arrow("restates", 1, 0), (ends[0], ends[0]), Rationale(), **base)

    assert joined(adjudication) == [(14, 0)]
