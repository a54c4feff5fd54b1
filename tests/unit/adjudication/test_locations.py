"""From a place in the text to the unit that is meant, and to the words around it."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.board.locations import present_key
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.units import drafts
from annotator.adjudication.units.quotations import windows_around
from annotator.adjudication.units.versions import SettlingRule
from annotator.corpus.spans.models import Relation
from tests.conftest import NOW
from tests.notation import make_spans

MARKED = "Ada[Speaker] said [that it [rained](Hedge)](Claim), and Ben[Speaker] left."


@pytest.fixture
def adjudication(make_document, make_set, ada, ben, lead):
    """Nested spans that begin at one place for Ben, an arrow from the claim to Ada, and nothing settled by a rule."""
    text, spans = make_spans(MARKED)
    document = make_document(text)
    for author in (ada, ben):
        made = make_set(document, author, spans, state="submitted", revision=1)
        claim, speaker = made.spans.get(label="Claim"), made.spans.get(start=0)
        Relation.objects.create(annotation_set=made, uid="r", label="attributed-to", source=claim, target=speaker)
    return services.start(document, by=lead, now=NOW, rule=SettlingRule.OFF)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "label"),
    [("at-missed-17-23", "Hedge"), ("at-boundary-9-23", "Claim"), ("18", "Hedge"), ("at-missed-0-3", "Speaker"),
     ("at-relation-9-23", "attributed-to"), ("200", "Speaker"), ("at-missed-5-6", "Speaker")],
)  # fmt: skip
def test_a_place_leads_to_the_unit_that_is_meant(adjudication, at, label):
    found = read_board(adjudication).by_id[present_key(adjudication, read_overview(adjudication), "", at=at)]

    versions = found.spans if found.is_span else found.relations
    assert versions[0][0].label == label


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["", "at-missed", "-1", "at-missed-1-2-3", "9" * 20])
def test_what_names_no_place_leads_to_the_first_open_unit(adjudication, at):
    overview = read_overview(adjudication)

    assert present_key(adjudication, overview, "x", at=at) == overview.open[0]


TOKENS = [(0, 3), (4, 8), (8, 9), (10, 13), (14, 18)]


def test_a_place_is_found_by_word_by_sentence_and_by_its_words():
    text = "Ada said. Ben left"
    sentences = [(0, 9), (10, 18)]

    assert drafts.word_after(TOKENS, 9) == ((10, 13),)
    assert drafts.word_after(TOKENS, 99) == ((14, 18),)
    assert drafts.shifted(((4, 8),), TOKENS, 1) == ((8, 9),)
    assert drafts.shifted(((0, 3),), TOKENS, -1) == ((0, 3),)
    assert drafts.next_sentence(((4, 8),), TOKENS, sentences, 1) == ((10, 13),)
    assert drafts.next_sentence(((14, 18),), TOKENS, sentences, -1) == ((10, 13),)
    assert drafts.occurrence(text, " Ben\n left", near=0) == ((10, 18),)
    assert drafts.occurrence(text, "(", near=0) is None


def test_sentences_far_apart_are_two_stretches_and_near_ones_are_one():
    text = "One. " + "Between there is much. " * 30 + "Two. Three."
    end = len(text)

    assert windows_around(text, [(end - 3, end - 1), (0, 3)]) == [(0, 4), (end - 6, end)]
    assert windows_around(text, [(end - 3, end - 1), (end - 10, end - 8)]) == [(end - 11, end)]
