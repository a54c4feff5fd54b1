"""What a decision brings along by its surroundings alone is what the whole adjudication says."""

import random

import pytest
from django.db.models import Q

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.models import Decision, Unit
from annotator.adjudication.units.versions import AcceptanceRule, DecisionKind
from annotator.corpus.spans.models import Relation
from annotator.corpus.spans.selectors import state_of_rows
from annotator.problems import Problem
from tests.conftest import NOW
from tests.notation import make_spans

pytestmark = pytest.mark.django_db

MARKED = (
    "Ada[Speaker] said [it rained](Claim kind=fact) and [it was cold](Claim kind=fact). Ben[Speaker] doubts it[Hedge]. "
    "Eve[Speaker] said [it was warm](Claim kind=fact), [it snowed](Claim kind=fact), and left[Denial]."
)


@pytest.fixture
def adjudication(make_document, make_set, ada, ben, lead):
    """Two sets with other edges and labels here and there, whose claims all have arrows to two speakers each."""
    text, spans = make_spans(MARKED)
    document = make_document(text)
    for author, step in ((ada, 2), (ben, 3)):
        own = [_changed(span, at, step) for at, span in enumerate(spans)]
        made = make_set(document, author, own, state="submitted", revision=1)
        rows = list(made.spans.order_by("start", "id"))
        speakers = [row for row in rows if row.label == "Speaker"]
        for claim in (row for row in rows if row.label == "Claim"):
            for speaker in speakers[: 1 + claim.start % 2]:
                uid = f"r{claim.pk}-{speaker.pk}"
                Relation.objects.create(
                    annotation_set=made, uid=uid, label="attributed-to", source=claim, target=speaker
                )
    return services.start(document, by=lead, now=NOW, rule=AcceptanceRule.EXACT, blind=True)


def _changed(span, at, step):
    [[start, end]] = span["fragments"]
    return span | ({"fragments": [[start, end - 1]]} if at % step == 0 else {})


def choose(chance, adjudication, board):
    unit = chance.choice(board.units)
    kinds = ["take", "none", "later", "undecidable", *(["merged", "split", "edited"] if unit.is_span else [])]
    kind = DecisionKind(chance.choice(kinds))
    if kind is DecisionKind.TAKE:
        return services.Choice(unit=unit.row.pk, kind=kind, source=chance.randrange(2))
    if kind not in (DecisionKind.MERGED, DecisionKind.SPLIT, DecisionKind.EDITED):
        return services.Choice(unit=unit.row.pk, kind=kind)
    span = next(version for version in unit.spans if version)[0]
    others = [each.row.pk for each in board.units if each.is_span and each.row.pk != unit.row.pk]
    partners = tuple(chance.sample(others, 2)) if kind is DecisionKind.MERGED else ()
    spans = (span,) * (2 if kind is DecisionKind.SPLIT else 1)
    return services.Choice(unit=unit.row.pk, kind=kind, spans=spans, merge_with=partners)


@pytest.mark.parametrize("seed", range(4))
def test_partial_update_equals_the_full_derivation(adjudication, lead, seed):
    chance = random.Random(seed)
    for _ in range(20):
        adjudication.refresh_from_db()
        base = {"base_revision": adjudication.revision, "by": lead, "now": NOW}
        board = read_board(adjudication)
        try:
            if chance.random() < 0.2:
                services.undo(adjudication, **base)
            else:
                services.decide(adjudication, choose(chance, adjudication, board), **base)
        except Problem:
            continue
        board = read_board(adjudication)
        state = state_of_rows(adjudication.annotation_set)

        assert (state.spans, state.relations) == (board.derived.state.spans, board.derived.state.relations)
        assert {unit.row.pk: unit.row.status for unit in board.units} == {
            unit.row.pk: unit.stored_status for unit in board.units
        }
        overview = read_overview(adjudication)
        assert overview.keys == [unit.row.pk for unit in board.contested]
        assert sorted(overview.open) == sorted(unit.row.pk for unit in board.open)
    assert Decision.objects.filter(adjudication=adjudication).values("number").distinct().count() > 10


@pytest.mark.parametrize("missing", [{"status": ""}, {"location": None}, {"status": "", "location": None}])
def test_adjudication_without_stored_columns_continues(adjudication, lead, missing):
    before = read_overview(adjudication)
    Unit.objects.update(**missing)

    assert read_overview(adjudication) == before
    choice = services.Choice(unit=before.open[0], kind=DecisionKind.NONE)
    result = services.decide(adjudication, choice, base_revision=adjudication.revision, by=lead, now=NOW)

    assert result.open == len(read_board(adjudication).open)
    assert not Unit.objects.filter(Q(status="") | Q(location=None)).exists()
    assert read_overview(adjudication).numbers(before.keys) == before.numbers(before.keys)
