"""Deciding about units, and taking it back."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.models import Decision
from annotator.adjudication.problems import InvalidDecision, NothingToUndo, StaleAdjudication
from annotator.adjudication.units.versions import DecisionKind
from annotator.corpus.spans.models import Relation
from annotator.corpus.spans.selectors import find_damage
from annotator.corpus.spans.values import SpanValue
from tests.conftest import NOW
from tests.unit.adjudication.conftest import open_units, spans_in

pytestmark = pytest.mark.django_db

ADA = "Ada[Speaker] said [it rained](Claim) in Rome."
BEN = "Ada[Speaker] said it [rained in Rome](Claim)."


def claim(start: int, end: int, **fields: object) -> SpanValue:
    return SpanValue("any", "Claim", ((start, end),), **fields)  # type: ignore[arg-type]


def test_chosen_version_is_in_the_set(begin, decide):
    adjudication = begin(ADA, BEN)
    [unit] = open_units(adjudication)

    decide(adjudication, unit, "take", source=1)

    assert spans_in(adjudication) == [("Speaker", "Ada"), ("Claim", "rained in Rome")]
    assert open_units(adjudication) == []
    decision = Decision.objects.get(unit=unit, is_current=True)
    assert (decision.support, decision.support_of, decision.by.username) == (1, 2, "lena")


def test_chosen_empty_version_leaves_no_span(begin, decide):
    adjudication = begin("Ada[Speaker] left.", "Ada left.")

    decide(adjudication, open_units(adjudication)[0], "take", source=1)

    assert (spans_in(adjudication), open_units(adjudication)) == ([], [])


@pytest.mark.parametrize(("kind", "is_decided"), [("none", True), ("undecidable", True), ("later", False)])
def test_skipped_unit_stays_open(begin, decide, kind, is_decided):
    adjudication = begin(ADA, BEN)
    [unit] = open_units(adjudication)

    decide(adjudication, unit, kind)

    assert spans_in(adjudication) == [("Speaker", "Ada")]
    assert (open_units(adjudication) == []) is is_decided


def test_edited_span_may_differ_from_all_versions(begin, decide):
    adjudication = begin(ADA, BEN)
    [unit] = open_units(adjudication)

    decide(adjudication, unit, "edited", spans=(claim(9, 27, attributes={"kind": "fact"}),), reason="boundary")

    assert spans_in(adjudication)[1] == ("Claim", "it rained in Rome.")
    assert Decision.objects.get(unit=unit, is_current=True).support == 0


def test_split_gives_two_spans_until_decided_again(begin, decide):
    adjudication = begin(ADA, BEN)
    [unit] = open_units(adjudication)
    decide(adjudication, unit, "split", spans=(claim(9, 18), claim(22, 26)))
    assert spans_in(adjudication)[1:] == [("Claim", "it rained"), ("Claim", "Rome")]

    decide(adjudication, unit, "take", source=0)

    assert spans_in(adjudication)[1:] == [("Claim", "it rained")]


def test_merge_decides_both_units_until_decided_again(begin, decide):
    adjudication = begin("[It rained](Claim) and [it snowed](Claim).", "It rained and it snowed.")
    first, second = open_units(adjudication)
    decide(adjudication, first, "merged", spans=(claim(0, 23),), merge_with=(second,))
    assert spans_in(adjudication) == [("Claim", "It rained and it snowed")]
    assert open_units(adjudication) == []

    decide(adjudication, second, "take", source=0)

    assert spans_in(adjudication) == [("Claim", "it snowed")]
    assert open_units(adjudication) == [first]


def test_accepted_unit_can_be_decided_again(begin, decide):
    adjudication = begin(ADA, ADA)
    speaker = read_board(adjudication).units[0].row.pk

    decide(adjudication, speaker, "none")

    assert spans_in(adjudication) == [("Claim", "it rained")]


@pytest.mark.parametrize(
    ("kind", "fields", "pointer"),
    [
        ("take", {"source": 2}, "/source"),
        ("take", {}, "/source"),
        ("edited", {}, "/spans"),
        ("split", {"spans": (claim(0, 3),)}, "/spans"),
        ("merged", {"spans": (claim(0, 3),)}, "/merge_with"),
        ("edited", {"spans": (claim(0, 99),)}, "/spans/0/fragments"),
        ("edited", {"spans": (SpanValue("x", "Person", ((0, 3),)),)}, "/spans/0/label"),
        ("edited", {"spans": (claim(0, 3, attributes={"kind": "odd"}),)}, "/spans/0/attributes/kind"),
    ],
)
def test_invalid_decision_is_refused(begin, decide, kind, fields, pointer):
    adjudication = begin(ADA, BEN)

    with pytest.raises(InvalidDecision) as refusal:
        decide(adjudication, open_units(adjudication)[0], kind, **fields)

    assert refusal.value.errors[0]["pointer"] == pointer
    assert (len(open_units(adjudication)), adjudication.decisions.exclude(kind="agreed").count()) == (1, 0)


def test_relation_follows_the_chosen_version(begin, decide, make_document):
    adjudication = begin(ADA, BEN)
    # Ada's relation only; begun again, since relations are read at the start.
    document = adjudication.document
    ada_set = document.annotation_sets.get(name="ada")
    claim_row, speaker = ada_set.spans.get(label="Claim"), ada_set.spans.get(label="Speaker")
    Relation.objects.create(annotation_set=ada_set, uid="r", label="attributed-to", source=claim_row, target=speaker)
    ada_set.revision = 2
    ada_set.save()
    services.refresh(adjudication, by=adjudication.started_by, now=NOW)
    [unit] = open_units(adjudication)

    decide(adjudication, unit, "take", source=0)
    assert adjudication.annotation_set.relations.count() == 1
    decide(adjudication, unit, "take", source=1)
    assert adjudication.annotation_set.relations.count() == 0
    [relation] = open_units(adjudication)
    decide(adjudication, relation, "take", source=0)
    assert adjudication.annotation_set.relations.get().source.start == 12
    decide(adjudication, unit, "none")

    assert (adjudication.annotation_set.relations.count(), open_units(adjudication)) == (0, [])


def test_decision_of_another_user_is_not_overwritten(begin, decide, ada):
    adjudication = begin(ADA, BEN)
    [unit] = open_units(adjudication)
    seen = adjudication.revision
    decide(adjudication, unit, "take", source=0, by=ada)

    with pytest.raises(StaleAdjudication) as refusal:
        decide(adjudication, unit, "take", source=1, base_revision=seen)

    assert [each["by"] for each in refusal.value.extra["decisions"]] == ["ada"]
    assert spans_in(adjudication)[1] == ("Claim", "it rained")


def test_repeated_action_is_made_once(begin, decide, lead):
    adjudication = begin(ADA, BEN)
    unit = open_units(adjudication)[0]
    choice = services.Choice(unit=unit, kind=DecisionKind.NONE)
    action = "5f0c3a6e-0000-4000-8000-000000000001"

    results = [
        services.decide(adjudication, choice, base_revision=1, by=lead, now=NOW, action=action) for _ in range(2)
    ]

    assert results[0] == results[1]
    assert adjudication.decisions.filter(action=action).count() == 1
    assert services.base_after(adjudication, 1, action) == results[0].revision


def test_decisions_on_different_units_do_not_conflict(begin, decide, ada):
    adjudication = begin("Ada[Speaker] said [it rained](Claim).", "Ada said it rained.")
    first, second = open_units(adjudication)
    seen = adjudication.revision
    decide(adjudication, first, "take", source=0, by=ada)

    result = decide(adjudication, second, "take", source=0, base_revision=seen)

    assert (result.later_actions, len(spans_in(adjudication))) == (1, 2)


def test_undo_reverts_own_actions_one_by_one(begin, decide, lead, ada):
    adjudication = begin("Ada[Speaker] said [it rained](Claim).", "Ada said it rained.")
    first, second = open_units(adjudication)
    decide(adjudication, first, "take", source=0)
    decide(adjudication, first, "none")
    decide(adjudication, second, "take", source=0, by=ada)

    seen = []
    for _ in range(2):
        services.undo(adjudication, base_revision=0, by=lead, now=NOW)
        seen.append(spans_in(adjudication))

    assert seen == [[("Speaker", "Ada"), ("Claim", "it rained")], [("Claim", "it rained")]]
    with pytest.raises(NothingToUndo):
        services.undo(adjudication, base_revision=0, by=lead, now=NOW)
    adjudication.annotation_set.refresh_from_db()
    assert find_damage(adjudication.annotation_set) is None


def test_undo_keeps_later_decisions_of_others(begin, decide, lead, ada):
    adjudication = begin(ADA, BEN)
    [unit] = open_units(adjudication)
    decide(adjudication, unit, "take", source=0)
    decide(adjudication, unit, "none", by=ada)

    with pytest.raises(StaleAdjudication):
        services.undo(adjudication, base_revision=0, by=lead, now=NOW)

    assert spans_in(adjudication) == [("Speaker", "Ada")]


def test_undone_merge_opens_both_units(begin, decide, lead):
    adjudication = begin("[It rained](Claim) and [it snowed](Claim).", "It rained and it snowed.")
    first, second = open_units(adjudication)
    decide(adjudication, first, "merged", spans=(claim(0, 23),), merge_with=(second,))

    services.undo(adjudication, base_revision=0, by=lead, now=NOW)

    assert (open_units(adjudication), spans_in(adjudication)) == ([first, second], [])


def test_decision_takes_constant_queries(begin, lead, django_assert_max_num_queries):
    marked = " ".join(["[it rained](Claim)"] * 60)
    adjudication = begin(marked, marked.replace("[it rained](Claim)", "it [rained](Claim)"))
    unit = open_units(adjudication)[5]
    choice = services.Choice(unit=unit, kind=DecisionKind.TAKE, source=0)

    with django_assert_max_num_queries(33):
        result = services.decide(adjudication, choice, base_revision=adjudication.revision, by=lead, now=NOW)

    assert result.open == 59
