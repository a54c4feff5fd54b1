"""Search: folded alike on both databases, phrases, filters, passages at their locations, only what the user may see."""

import unicodedata

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from annotator.corpus.documents import search as index
from annotator.corpus.documents.models import SearchText
from annotator.problems import InvalidInput
from annotator.site.removal.services import delete_project
from annotator.site.search import selectors, services
from annotator.site.search.query import parse
from annotator.text.folding import find_phrases, fold, words, words_with_locations
from annotator.workload.assignments.services import next_document
from tests.conftest import NOW
from tests.notation import make_spans

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
TITLES = ["Москва говорит", "ÉCOLE", "Straße", "cafe\u0301", "İstanbul", "ＡＢＣ", "東京都"]
QUERIES = ["москва", "école", "strasse", "café", "istanbul", "abc", "京都"]


@pytest.fixture
def find(project, lead):
    """Return a function that returns the titles that a search finds."""

    def titles(text, user=lead):
        services.bring_up_to_date(project, by=user, now=NOW)
        return [document.title for document in selectors.find_documents(project, parse(text), user=user)]

    return titles


@pytest.mark.parametrize(("title", "query"), list(zip(TITLES, QUERIES, strict=True)))
def test_case_accents_and_forms_make_no_difference(make_document, find, page, lead, title, query):
    for name in TITLES:
        make_document(f"Text of {name}.", title=name)
    for form in (query, query.upper(), unicodedata.normalize("NFD", query), title):
        assert find(f'"{form}"') == [title], form
    body = page(lead).get("/projects/news/documents/", {"search": query[1:]}).content.decode()
    assert [name for name in TITLES if f"<bdi>{name}</bdi>" in body] == [title]


@given(st.text(max_size=40))
def test_words_are_found_at_their_locations(text):
    located = words_with_locations(text)
    assert [hit.word for hit in located] == words(text)
    for hit in located:
        assert hit.word in fold(text[hit.start : hit.end])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("comment", ["one", "two"]),
        ('"no comment"', ["one"]),
        ("comment -leave", ["one"]),
        ("com*", ["one", "two"]),
        ('"leave this with*"', []),
        ("label:Claim", ["one"]),
        ("-label:Claim", ["two", "three"]),
        ("kind:FACT", ["one"]),
        ("meta.source:tass", ["three"]),
        ("state:unassigned", ["one", "two", "three"]),
        ("reuters", []),
        ("tass", ["three"]),
    ],
)
def test_words_and_filters_combine(make_document, make_set, find, query, expected):
    text, spans = make_spans("No comment, [it rained](Claim kind=fact) there.")
    make_set(make_document(text, title="one"), "imported", spans)
    make_document("I leave this without comment; no.", title="two")
    make_document("Nothing.", title="three", meta={"source": "tass"})
    assert find(query) == expected


def test_unknown_state_is_an_error(make_document, find):
    make_document()
    with pytest.raises(InvalidInput, match="The states are"):
        find("state:lost")


def test_annotators_search_their_own_documents_only(make_document, project, find, ada, ben):
    make_document("A secret plan.", title="secret")
    assert find("secret", ada) == []
    next_document(project, user=ada, now=NOW)
    assert (find("secret", ada), find("secret", ben)) == (["secret"], [])
    assert find("person:ada", ada) == []  # For annotators this is the name of an attribute.


def test_passages_are_shown_in_context_and_sorted(make_document, project, find, lead, page):
    make_document("Zebras say no comment today. Apes say “No, comment” never.", title="one")
    find("comment")
    query = parse('"no comment"')
    documents = selectors.find_documents(project, query, user=lead)
    hits = selectors.concordance(documents, query, most=10)
    assert [(hit.text, hit.left.split()[-2:], hit.right[:6]) for hit in hits] == [
        ("no comment", ["Zebras", "say"], " today"),
        ("No, comment", ["say", "“"], "” neve"),
    ]
    by_right = selectors.concordance(documents, query, most=10, sort="right")
    assert [hit.start for hit in by_right] == [hits[0].start, hits[1].start]

    body = page(lead).get("/projects/news/search/", {"q": '"no comment"', "sort": "left"}).content.decode()
    assert "<mark><bdi>No, comment</bdi></mark>" in body
    opened = page(lead).get(f"/documents/{hits[0].document.pk}/text/?start={hits[1].start}&end={hits[1].end}")
    assert '<mark id="hit" tabindex="-1">No, comment</mark>' in opened.content.decode()


@pytest.mark.parametrize("reads_all", [False, True])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("comment", ["one", "two"]),
        ("com*", ["one", "three", "two"]),
        ("no com*", ["one", "two"]),
        ('"no comment"', ["one"]),
        ("-comment", ["three"]),
        ('-"no comment"', ["three", "two"]),
        ("-com*", []),
        ("com* -no", ["three"]),
        ("titled", []),
        ("thr*", ["three"]),
    ],
)
def test_frequent_words_are_found_in_the_order_of_documents(
    make_document, project, find, lead, monkeypatch, text, expected, reads_all
):
    """They are looked up in other ways than rare ones, with the same result."""
    for title, body in (("one", "Say no comment."), ("two", "Comment: no."), ("three", "They come.")):
        make_document(body, title=title)
    assert sorted(find(text)) == expected
    monkeypatch.setattr(index, "FREQUENT", 1)
    found = selectors.find_documents(project, parse(text), user=lead, reads_all=reads_all)
    assert sorted(document.title for document in found) == expected


def test_folding_equals_that_of_each_character():
    """Also where characters stand beside each other that are replaced by one another."""
    for start in range(0, 0x11000, 512):
        text = "".join(map(chr, range(start, start + 512)))
        folded = "".join(fold(character) for character in text)
        assert fold(text) == fold(folded) == folded


def test_context_of_a_hit_has_whole_words(make_document, project, find, lead):
    make_document("Everything " * 9 + "is here, she said, and everything " + "else " * 20, title="one")
    find("said")
    query = parse("said")
    (hit,) = selectors.concordance(selectors.find_documents(project, query, user=lead), query, most=10)

    assert hit.left == " Everything Everything Everything Everything is here, she "
    assert hit.right == ", and everything " + "else " * 8

    # Here the context begins and ends between two words.
    make_document("ab " * 40 + "x replied." + " ab" * 40, title="two")
    find("replied")
    query = parse("replied")
    (hit,) = selectors.concordance(selectors.find_documents(project, query, user=lead), query, most=10)
    assert (hit.left, hit.right) == (" ab" * 19 + " x ", "." + " ab" * 19 + " ")


def test_new_documents_are_indexed_by_the_next_search_or_a_job(make_document, project, find, lead, monkeypatch):
    make_document("First.", title="one")
    assert find("first") == ["one"]
    monkeypatch.setattr(services, "INDEXED_AT_ONCE", 1)
    make_document("Second.", title="two")
    make_document("Third.", title="three")
    job = services.bring_up_to_date(project, by=lead, now=timezone.now())
    assert job is not None
    assert services.bring_up_to_date(project, by=lead, now=timezone.now()) == job
    while index.index_documents(project, most=1):
        pass
    assert find("third") == ["three"]
    assert SearchText.objects.count() == 3


def test_deleted_project_leaves_nothing_in_the_index(make_document, project, find, lead):
    make_document("Confidential.", title="one")
    assert find("confidential") == ["one"]
    delete_project(project, confirmed="news", with_releases=False)
    assert not SearchText.objects.exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM documents_searchindex('confidential')")
            assert cursor.fetchone() == (0,)


def test_search_over_the_api(api, make_document, project, lead, stranger):
    make_document("No comment.", title="one")
    answer = api(lead).get("/api/v1/projects/news/search/", {"q": "comment"}).json()
    assert [document["title"] for document in answer["documents"]] == ["one"]
    assert [(hit["text"], hit["start"], hit["end"]) for hit in answer["hits"]] == [("comment", 3, 10)]
    assert answer["is_complete"]
    assert api(lead).get("/api/v1/projects/news/search/").status_code == 422
    assert api(stranger).get("/api/v1/projects/news/search/", {"q": "comment"}).status_code == 404


@given(
    st.text("abA b_-東京ア。é1ก", max_size=12),
    st.sampled_from(["a", "ab", "東京", "b 1", "a a", "é1 b"]),
    st.booleans(),
)
def test_passages_are_the_same_whether_or_not_letters_keep_their_positions(text, phrase, is_prefix):
    # A ligature becomes two letters, so that the text after it is not searched by a pattern.
    ligature = "\ufb01 "
    wanted = [(tuple(words(phrase)), is_prefix)]
    moved = [(start - len(ligature), end - len(ligature)) for start, end in find_phrases(ligature + text, wanted)]

    assert list(find_phrases(text, wanted)) == moved
