"""Preferences of the editor: stored per user, validated, completed with defaults."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from annotator.platform.accounts.models import User

Api = Callable[[User | None], APIClient]
PATH = "/api/v1/me/preferences/"
AT_FIRST = {
    "keys": {},
    "text_size": "100",
    "line_width": "normal",
    "density": "normal",
    "theme": "system",
    "reading_mode": False,
    "show_time": True,
    "pick_by_words": False,
    "show_tips": True,
    "letter_keys": "alone",
}


def put(client: APIClient, **preferences: object) -> tuple[int, dict]:
    answer = client.put(PATH, {"editor_preferences": preferences}, format="json")
    return answer.status_code, answer.json()


def test_preferences_have_defaults(api: Api, ada: User) -> None:
    assert api(ada).get(PATH).json() == {"editor_preferences": AT_FIRST}


def test_preferences_are_stored_per_user_and_replaced(api: Api, ada: User, ben: User) -> None:
    put(api(ada), theme="dark", keys={"span.next": ["j", "Control+j"], "label Claim": []})
    status, _ = put(api(ada), density="roomy", keys={"span.next": [" "]})

    assert status == 200
    mine = api(ada).get(PATH).json()["editor_preferences"]
    assert mine == AT_FIRST | {"density": "roomy", "keys": {"span.next": [" "]}}
    assert api(ben).get(PATH).json()["editor_preferences"] == AT_FIRST


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"theme": "pink"}, "/editor_preferences/theme"),
        ({"text_size": 9000}, "/editor_preferences/text_size"),
        ({"reading_mode": "perhaps"}, "/editor_preferences/reading_mode"),
        ({"keys": {"span.next": "j"}}, "/editor_preferences/keys/span.next"),
        ({"keys": {"span.next": ["x" * 41]}}, "/editor_preferences/keys/span.next/0"),
        ({"keys": {"span.next": ["\0"]}}, "/editor_preferences/keys/span.next/0"),
        ({"keys": {"a\nb": []}}, "/editor_preferences/keys"),
        ({"keys": {f"label {number}": [] for number in range(301)}}, "/editor_preferences/keys"),
    ],
)
def test_invalid_preferences_are_refused(api: Api, ada: User, wrong: dict[str, object], pointer: str) -> None:
    status, problem = put(api(ada), **wrong)

    assert (status, problem["code"]) == (422, "invalid_input")
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert api(ada).get(PATH).json()["editor_preferences"] == AT_FIRST


def test_preferences_require_a_sign_in(api: Api) -> None:
    assert api(None).get(PATH).status_code == 401
