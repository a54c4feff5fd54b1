"""Documents over the API, and who sees which."""

import pytest

pytestmark = pytest.mark.django_db

TEXT = "Ada said: “No.”\r\n👩🏽‍🚀 left."


@pytest.fixture
def given(make_document, make_set, ada):
    """A document that Ada has been given."""
    document = make_document(TEXT)
    make_set(document, ada)
    return document


def titles(response):
    return [document["title"] for document in response.json()["results"]]


def test_annotators_see_assigned_documents(api, given, make_document, ada, ben, lead, viewer, project):
    other = make_document("Another text.")
    url = f"/api/v1/projects/{project.slug}/documents/"

    assert titles(api(lead).get(url)) == titles(api(viewer).get(url)) == [given.title, other.title]
    assert titles(api(ada).get(url)) == [given.title]
    assert titles(api(ben).get(url)) == []
    assert api(ada).get(f"/api/v1/documents/{other.pk}/").status_code == 404
    assert api(ben).get(f"/api/v1/documents/{given.pk}/text/").status_code == 404


def test_users_outside_the_project_see_nothing(api, given, stranger, project):
    for path in (f"projects/{project.slug}/documents/", f"documents/{given.pk}/", f"documents/{given.pk}/text/"):
        assert api(stranger).get(f"/api/v1/{path}").status_code == 404
        assert api().get(f"/api/v1/{path}").status_code == 401


def test_document_has_its_length_in_code_points(api, given, lead):
    document = api(lead).get(f"/api/v1/documents/{given.pk}/").json()

    assert (document["length"], document["sha256"], document["project"]) == (len(TEXT), given.sha256, "news")
    assert "text" not in document


def test_text_is_returned_with_boundaries(api, given, ada):
    answer = api(ada).get(f"/api/v1/documents/{given.pk}/text/").json()

    position, tokens = 0, []
    for gap, length in zip(answer["tokens"][::2], answer["tokens"][1::2], strict=True):
        tokens.append(TEXT[position + gap : position + gap + length])
        position += gap + length
    assert answer["text"] == TEXT
    assert tokens == ["Ada", "said", ":", "“", "No", ".", "”", "👩🏽‍🚀", "left", "."]
    assert answer["sentences"] == [0, 15, 2, len(TEXT) - 17]


def test_lists_are_paged_in_order(api, make_document, lead, project):
    made = [make_document(f"Text {number}", position=9 - number).title for number in range(5)]
    first = api(lead).get(f"/api/v1/projects/{project.slug}/documents/?page_size=2")
    second = api(lead).get(first.json()["next"])
    third = api(lead).get(second.json()["next"])

    assert titles(first) + titles(second) + titles(third) == made[::-1]
    assert third.json()["next"] is None
