"""The history of a set: who did what when, how it was, and bringing that back."""

import re

import pytest

from annotator.corpus.spans import lifecycle, selectors, services
from annotator.corpus.spans.values import SpanValue
from tests.unit.corpus.spans.builders import add, remove, span, update

pytestmark = pytest.mark.django_db

CLAIM = span("c", "Claim", (0, 7), kind="fact")


@pytest.fixture
def ada_set(make_document, make_set, ada, now):
    """A set in which a claim was added, changed and removed: revision 3."""
    annotation_set = make_set(make_document("It <b> rained. Ben denied it."), ada)
    changed = SpanValue(CLAIM.id, CLAIM.label, CLAIM.fragments, {"kind": "prediction"}, "", "manual")
    changes = [
        add(CLAIM),
        update("c", {"attributes": {"kind": "fact"}}, {"attributes": {"kind": "prediction"}}),
        remove(changed),
    ]
    services.apply_changes(
        annotation_set, changes, base_revision=0, sha256=annotation_set.document.sha256, author=ada, now=now
    )
    annotation_set.refresh_from_db()
    return annotation_set


def url_of(annotation_set, revision=None):
    return f"/annotation-sets/{annotation_set.pk}/history/" + ("" if revision is None else f"?revision={revision}")


def rows_of(html):
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)[1:]
    return [re.sub(r"<[^>]*>|\s+", " ", row).strip() for row in rows]


def test_every_change_is_listed_newest_first_with_who_and_when(page, ada, ada_set):
    html = page(ada).get(url_of(ada_set)).content.decode()

    rows = [re.sub(r" +", " ", row) for row in rows_of(html)]
    assert [row.split(" ", 1)[0] for row in rows] == ["3", "2", "1"]
    assert all(" ada " in row for row in rows)
    assert rows[0].endswith("Claim “It &lt;b&gt;” removed")
    assert rows[1].endswith("Claim “It &lt;b&gt;”: kind is prediction")
    assert "<b>" not in html


def test_one_can_look_at_an_earlier_revision(page, ada, ada_set):
    now = page(ada).get(url_of(ada_set)).content.decode()
    then = page(ada).get(url_of(ada_set, 1)).content.decode()

    assert "<mark" not in now
    assert "<mark" in then
    assert len(rows_of(then)) == 1
    assert "Bring back revision 1" in then


def test_bringing_back_is_a_new_change_of_the_log(page, ada, ada_set):
    answer = page(ada).post(f"/annotation-sets/{ada_set.pk}/restore/", {"revision": "1"}, follow=True)

    assert "Back to revision 1. The revision is 4 now" in answer.content.decode()
    ada_set.refresh_from_db()
    assert ada_set.revision == 4
    assert selectors.state_of_rows(ada_set).spans == {"c": CLAIM}
    assert selectors.replay(ada_set).spans == {"c": CLAIM}


def test_who_may_only_read_sees_the_history_and_changes_nothing(page, lead, ben, ada_set):
    html = page(lead).get(url_of(ada_set, 1)).content.decode()

    assert "Bring back" not in html
    assert page(lead).post(f"/annotation-sets/{ada_set.pk}/restore/", {"revision": "1"}).status_code == 404
    assert page(ben).get(url_of(ada_set)).status_code == 404


@pytest.mark.parametrize("revision", ["4", "x", "-1", "9999999999"])
def test_a_revision_that_never_was_is_refused_in_words(page, ada, ada_set, revision):
    answer = page(ada).get(url_of(ada_set, revision))

    assert answer.status_code == 422
    assert "revision" in answer.content.decode()


def test_a_submitted_set_stays_as_it_is(page, ada, ada_set, now):
    lifecycle.submit(ada_set, now=now)

    assert page(ada).post(f"/annotation-sets/{ada_set.pk}/restore/", {"revision": "1"}).status_code == 409


def test_the_set_is_read_over_the_api_as_it_was(api, ada, ada_set):
    url = f"/api/v1/annotation-sets/{ada_set.pk}/"

    then, now = api(ada).get(f"{url}?revision=1").json(), api(ada).get(url).json()

    assert (then["revision"], then["spans"]) == (1, [CLAIM.wire() | {"fragments": [[0, 7]]}])
    assert (now["revision"], now["spans"]) == (3, [])
    assert api(ada).get(f"{url}?revision=4").json()["code"] == "invalid_input"
