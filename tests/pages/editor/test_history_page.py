"""The history page of an annotation set: its changes, earlier revisions, and restoring one."""

import re

import pytest

from annotator.corpus.spans import lifecycle, selectors, services
from annotator.corpus.spans.values import SpanValue
from tests.unit.corpus.spans.builders import add, remove, span, update

pytestmark = pytest.mark.django_db

CLAIM = span("c", "Claim", (0, 7), kind="fact")


@pytest.fixture
def ada_set(make_document, make_set, ada, now):
    """Return a set in which a claim was added, changed and deleted: revision 3."""
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


def test_changes_are_listed_newest_first(page, ada, ada_set):
    html = page(ada).get(url_of(ada_set)).content.decode()

    rows = [re.sub(r" +", " ", row) for row in rows_of(html)]
    assert [row.split(" ", 1)[0] for row in rows] == ["3", "2", "1"]
    assert all(" ada " in row for row in rows)
    assert rows[0].endswith("Claim “It &lt;b&gt;” deleted")
    assert rows[1].endswith("Claim “It &lt;b&gt;”: kind is prediction")
    assert "<b>" not in html


def test_earlier_revision_is_shown(page, ada, ada_set):
    now = page(ada).get(url_of(ada_set)).content.decode()
    then = page(ada).get(url_of(ada_set, 1)).content.decode()

    assert "<mark" not in now
    assert "<mark" in then
    assert len(rows_of(then)) == 1
    assert "Restore revision 1" in then


def test_restoring_is_a_new_change(page, ada, ada_set):
    answer = page(ada).post(f"/annotation-sets/{ada_set.pk}/restore/", {"revision": "1"}, follow=True)

    assert "Restored revision 1 as revision 4." in answer.content.decode()
    ada_set.refresh_from_db()
    assert ada_set.revision == 4
    assert selectors.state_of_rows(ada_set).spans == {"c": CLAIM}
    assert selectors.replay(ada_set).spans == {"c": CLAIM}


def test_changes_since_the_page_was_opened_are_not_undone(page, ada, ada_set):
    url = f"/annotation-sets/{ada_set.pk}/restore/"

    answer = page(ada).post(url, {"revision": "1", "current": "2"}, follow=True)

    assert "Revision 1 was not restored: 1 change, the first one listed, was made" in answer.content.decode()
    ada_set.refresh_from_db()
    assert ada_set.revision == 3
    assert "Restored revision 1" in page(ada).post(url, {"revision": "1", "current": "3"}, follow=True).content.decode()
    restored = selectors.restored_changes(ada_set)
    assert [change["kind"] for change in restored] == ["add_span"]
    assert restored[0]["id"].startswith("restore-3-")


def test_readers_cannot_restore_a_revision(page, lead, ben, ada_set):
    html = page(lead).get(url_of(ada_set, 1)).content.decode()

    assert "Restore revision" not in html
    assert page(lead).post(f"/annotation-sets/{ada_set.pk}/restore/", {"revision": "1"}).status_code == 404
    assert page(ben).get(url_of(ada_set)).status_code == 404


@pytest.mark.parametrize("revision", ["4", "x", "-1", "9999999999"])
def test_unknown_revision_is_refused(page, ada, ada_set, revision):
    answer = page(ada).get(url_of(ada_set, revision))

    assert answer.status_code == 422
    assert "revision" in answer.content.decode()


def test_submitted_set_cannot_be_restored(page, ada, ada_set, now):
    lifecycle.submit(ada_set, now=now)

    assert page(ada).post(f"/annotation-sets/{ada_set.pk}/restore/", {"revision": "1"}).status_code == 409


def test_api_returns_the_set_at_a_revision(api, ada, ada_set):
    url = f"/api/v1/annotation-sets/{ada_set.pk}/"

    then, now = api(ada).get(f"{url}?revision=1").json(), api(ada).get(url).json()

    assert (then["revision"], then["spans"]) == (1, [CLAIM.wire() | {"fragments": [[0, 7]]}])
    assert (now["revision"], now["spans"]) == (3, [])
    assert api(ada).get(f"{url}?revision=4").json()["code"] == "invalid_input"
