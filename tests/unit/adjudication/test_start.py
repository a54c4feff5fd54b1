"""Beginning to settle a document."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.models import Adjudication
from annotator.adjudication.problems import AlreadyStarted, NothingToAdjudicate
from annotator.adjudication.units.derivation import UnitStatus
from annotator.adjudication.units.versions import AcceptanceRule, DecisionKind
from annotator.corpus.spans.models import Relation, SetKind, SetState
from annotator.corpus.spans.selectors import find_damage
from tests.conftest import NOW
from tests.notation import make_spans
from tests.unit.adjudication.conftest import open_units, spans_in

pytestmark = pytest.mark.django_db


def test_agreed_units_are_accepted_and_others_open(begin):
    adjudication = begin("Ada[Speaker] said [it rained](Claim).", "Ada[Speaker] said it [rained](Claim).")

    assert spans_in(adjudication) == [("Speaker", "Ada")]
    assert len(open_units(adjudication)) == 1
    assert adjudication.annotation_set.kind == SetKind.ADJUDICATED
    assert adjudication.annotation_set.state == SetState.OPEN


@pytest.mark.parametrize(
    ("rule", "open_count"), [("off", 3), ("exact", 2), ("same_tokens", 1)], ids=["off", "exact", "same tokens"]
)
def test_rule_defines_agreement(begin, rule, open_count):
    adjudication = begin(
        "Ada[Speaker] said [it rained](Claim), [perhaps](Hedge kind=epistemic).",
        "Ada[Speaker] said[ it rained](Claim), [perhaps](Hedge kind=approximator).",
        rule=rule,
    )

    assert len(open_units(adjudication)) == open_count


def test_most_frequent_version_over_the_same_tokens_wins(begin):
    one, other = "Ada said [it rained](Claim).", "Ada said[ it rained](Claim)."

    assert spans_in(begin(one, other, other, rule="same_tokens")) == [("Claim", " it rained")]
    assert spans_in(begin(one + " ", other + " ", rule="same_tokens")) == [("Claim", "it rained")]


def test_single_annotator_is_not_accepted_automatically(begin):
    adjudication = begin("Ada[Speaker] said.")

    assert len(open_units(adjudication)) == 1


def test_span_against_the_schema_is_not_accepted(begin):
    adjudication = begin("Ada[Person] said.", "Ada[Person] said.")

    assert (spans_in(adjudication), len(open_units(adjudication))) == ([], 1)


def test_decisions_are_in_the_change_log(begin):
    adjudication = begin("Ada[Speaker] said [it rained](Claim).", "Ada[Speaker] said [it rained](Claim).")
    adjudication.annotation_set.refresh_from_db()

    assert adjudication.annotation_set.revision == 2
    assert {change.author.username for change in adjudication.annotation_set.changes.all()} == {"lena"}
    assert find_damage(adjudication.annotation_set) is None


def test_agreed_relation_follows_and_contested_one_is_open(make_document, make_set, lead, ada, ben):
    text, spans = make_spans("Ada[Speaker] said [it rained](Claim) and [it snowed](Claim).")
    document = make_document(text)
    for author, ends in ((ada, ["s2", "s3"]), (ben, ["s2"])):
        annotation_set = make_set(document, author, spans, state="submitted", revision=1)
        rows = {span.uid: span for span in annotation_set.spans.all()}
        for uid in ends:
            Relation.objects.create(
                annotation_set=annotation_set, uid=f"r{uid}", label="attributed-to", source=rows[uid], target=rows["s1"]
            )

    adjudication = services.start(document, by=lead, now=NOW, rule=AcceptanceRule.EXACT)

    assert [row.source.start for row in adjudication.annotation_set.relations.all()] == [text.index("it rained")]
    board = read_board(adjudication)
    assert [unit.row.kind for unit in board.open] == ["relation"]
    assert [unit.status for unit in board.units if not unit.is_span] == [UnitStatus.FOLLOWS, UnitStatus.OPEN]


def test_adjudication_needs_submissions_and_starts_once(begin, make_document, make_set, lead, ada):
    adjudication = begin("Ada[Speaker] said.", "Ada said.")
    with pytest.raises(AlreadyStarted):
        services.start(adjudication.document, by=lead, now=NOW)
    unfinished = make_document("Nothing yet.")
    make_set(unfinished, ada)
    with pytest.raises(NothingToAdjudicate):
        services.start(unfinished, by=lead, now=NOW)

    assert Adjudication.objects.count() == 1


def test_project_rule_applies_at_the_start(project, make_document, make_set, lead):
    services.set_rule(project, rule=AcceptanceRule.OFF, blind=False)
    document = make_document("Ada said it rained.")
    for name in ("A", "B"):
        make_set(document, name, make_spans("Ada[Speaker] said it rained.")[1], state="submitted", revision=1)

    adjudication = services.start(document, by=lead, now=NOW)

    assert (adjudication.rule, adjudication.blind, len(open_units(adjudication))) == ("off", False, 1)


def test_existing_gold_is_kept_and_decisions_derived(make_document, make_set, lead):
    text, one = make_spans("Ada[Speaker] said [it rained](Claim), perhaps[Hedge], once[Hedge], so[Hedge].")
    _, other = make_spans("Ada[Speaker] said it [rained](Claim), perhaps, once, so.")
    _, completed = make_spans("Ada[Speaker] said [it rained](Claim), [perhaps, once](Hedge), so.")
    document = make_document(text)
    for name, spans in (("A", one), ("B", other)):
        make_set(document, name, spans, state="submitted", revision=1)
    known = make_set(document, "adjudicated", completed, kind="adjudicated", state="adjudicated", revision=1)

    adjudication = services.start(document, by=lead, now=NOW, blind=False)

    board = read_board(adjudication)
    assert (adjudication.state, adjudication.annotation_set) == ("settled", known)
    assert {span.fragments for span in board.derived.state.spans.values()} == {
        tuple(map(tuple, span["fragments"])) for span in completed
    }
    kinds = [unit.decision.kind for unit in board.units if unit.decision]
    assert kinds == ["agreed", "take", "edited", "none"]
    counts = [
        (each.spans, each.exact_matches, each.overlap_matches) for each in adjudication.sources.order_by("position")
    ]
    assert counts == [(5, 2, 3), (2, 1, 2)]


def test_uncontested_relation_follows_ends_of_different_annotators(make_document, make_set, lead, ada, ben):
    text, one = make_spans("[dear Ada](Speaker) said [it rained](Claim).")
    _, other = make_spans("dear Ada[Speaker] said it [rained](Claim).")
    document = make_document(text)
    for author, spans in ((ada, one), (ben, other)):
        annotation_set = make_set(document, author, spans, state="submitted", revision=1)
        ends = {span.label: span for span in annotation_set.spans.all()}
        Relation.objects.create(
            annotation_set=annotation_set, uid="r", label="attributed-to", source=ends["Claim"], target=ends["Speaker"]
        )
    adjudication = services.start(document, by=lead, now=NOW, rule=AcceptanceRule.EXACT, blind=False)

    for source, unit in enumerate(open_units(adjudication)):
        adjudication.refresh_from_db()
        choice = services.Choice(unit=unit, kind=DecisionKind.TAKE, source=source)
        services.decide(adjudication, choice, base_revision=adjudication.revision, by=lead, now=NOW)

    assert spans_in(adjudication) == [("Speaker", "dear Ada"), ("Claim", "rained")]
    assert (adjudication.annotation_set.relations.count(), open_units(adjudication)) == (1, [])


def test_so_many_of_all_annotators_are_enough(begin):
    """Three of four mark the claim alike, two the hedge; the fourth and others nothing."""
    most, claim = "Ada said [it rained](Claim), perhaps[Hedge].", "Ada said [it rained](Claim), perhaps."
    adjudication = begin(most, most, claim, "Ada said it rained, perhaps.", rule="exact", least=3)

    assert spans_in(adjudication) == [("Claim", "it rained")]
    assert len(open_units(adjudication)) == 1
    decision = adjudication.decisions.get(unit__start=9)
    assert (decision.kind, decision.support, decision.support_of) == (DecisionKind.AGREED, 3, 4)


def test_expected_decisions_are_those_that_are_open_after_the_start(begin):
    versions = (
        "Ada[Speaker] said [it rained](Claim), perhaps[Hedge].",
        "Ada[Speaker] said[ it rained](Claim), perhaps[Hedge].",
        "Ada[Speaker] said[ it rained](Claim), perhaps.",
    )
    for rule in ("exact", "same_tokens"):
        for least in (3, 2):
            adjudication = begin(*versions, rule=rule, least=least)
            expected = {row.least: row for row in services.expected_decisions(adjudication.document)}
            assert set(expected) == {3, 2}
            assert getattr(expected[least], rule) == len(open_units(adjudication))
            assert expected[least].units == 3
