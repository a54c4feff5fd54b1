"""Hints that an annotator has waived."""

import pytest

pytestmark = pytest.mark.django_db


def test_waived_hints_are_added_to_the_own_set(api, ada, ben, make_document, make_set):
    own = make_set(make_document(), ada, [])
    url = f"/api/v1/annotation-sets/{own.pk}/waived-hints/"

    assert api(ada).post(url, {"hints": ["empty:0"]}, format="json").json() == {"hints": ["empty:0"]}
    answer = api(ada).post(url, {"hints": ["cue:4", "empty:0"]}, format="json")

    assert answer.json() == {"hints": ["empty:0", "cue:4"]}
    assert api(ben).post(url, {"hints": ["cue:9"]}, format="json").status_code == 404
    assert api(ada).post(url, {"hints": [7, None]}, format="json").status_code == 422
    own.refresh_from_db()
    assert own.waived_hints == ["empty:0", "cue:4"]
