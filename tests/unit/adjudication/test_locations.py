"""Units by location in the text, and the words around them."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.board.locations import unit_to_show
from annotator.adjudication.board.overview import read_overview
from annotator.adjudication.units import drafts
from annotator.adjudication.units.quotations import windows_around
from annotator.adjudication.units.versions import AcceptanceRule
from annotator.corpus.spans.models import Relation
from tests.conftest import NOW
from tests.notation import make_spans

MARKED = "Ada[Speaker] said [that it [rained](Hedge)](Claim), and Ben[Speaker] left."


@pytest.fixture
def adjudication(make_document, make_set, ada, ben, lead):
    """Nested spans that begin at one place for Ben, an arrow from the claim to Ada, and nothing completed by a rule."""
    text, spans = make_spans(MARKED)
    document = make_document(text)
    for author in (ada, ben):
        made = make_set(document, author, spans, state="submitted", revision=1)
        claim, speaker = made.spans.get(label="Claim"), made.spans.get(start=0)
        Relation.objects.create(annotation_set=made, uid="r", label="attributed-to", source=claim, target=speaker)
    return services.start(document, by=lead, now=NOW, rule=AcceptanceRule.OFF)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "label"),
    [("at-missed-17-23", "Hedge"), ("at-boundary-9-23", "Claim"), ("18", "Hedge"), ("at-missed-0-3", "Speaker"),
     ("at-relation-9-23", "attributed-to"), ("200", "Speaker"), ("at-missed-5-6", "Speaker")],
)  # fmt: skip
def test_location_leads_to_its_unit(adjudication, at, label):
    found = read_board(adjudication).by_id[unit_to_show(adjudication, read_overview(adjudication), "", at=at)]

    versions = found.spans if found.is_span else found.relations
    assert versions[0][0].label == label


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["", "at-missed", "-1", "at-missed-1-2-3", "9" * 20])
def test_invalid_location_leads_to_the_first_open_unit(adjudication, at):
    overview = read_overview(adjudication)

    assert unit_to_show(adjudication, overview, "x", at=at) == overview.open[0]


TOKENS = [(0, 3), (4, 8), (8, 9), (10, 13), (14, 18)]


def test_location_is_found_by_word_or_sentence():
    text = "Ada said. Ben left"
    sentences = [(0, 9), (10, 18)]

    assert drafts.word_after(TOKENS, 9) == ((10, 13),)
    assert drafts.word_after(TOKENS, 99) == ((14, 18),)
    assert drafts.next_token(((4, 8),), TOKENS, 1) == ((8, 9),)
    assert drafts.next_token(((0, 3),), TOKENS, -1) == ((0, 3),)
    assert drafts.next_sentence(((4, 8),), TOKENS, sentences, 1) == ((10, 13),)
    assert drafts.next_sentence(((14, 18),), TOKENS, sentences, -1) == ((10, 13),)
    assert drafts.find_words(text, " Ben\n left", near=0) == ((10, 18),)
    assert drafts.find_words(text, "(", near=0) is None


def test_near_sentences_are_joined_to_one_window():
    text = "One. " + "Between there is much. " * 30 + "Two. Three."
    end = len(text)

    assert windows_around(text, [(end - 3, end - 1), (0, 3)]) == [(0, 4), (end - 6, end)]
    assert windows_around(text, [(end - 3, end - 1), (end - 10, end - 8)]) == [(end - 11, end)]
