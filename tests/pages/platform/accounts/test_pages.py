"""Pages of accounts: sign-in, sign-out, lock, password and tokens."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from annotator.platform.accounts.models import ApiToken, User
from annotator.platform.accounts.preferences import DEFAULTS, EditorPreferences
from annotator.platform.accounts.selectors import editor_preferences, find_token
from annotator.platform.accounts.services import set_editor_preferences
from projects.models import Project
from tests.conftest import NOW, PASSWORD

Page = Callable[[User | None], Client]
NEW = "a long way from home"


def sign_in(client: Client, username: str, password: str, address: str = "203.0.113.1", **fields: str) -> Any:
    data = {"username": username, "password": password, **fields}
    return client.post("/sign-in/", data, REMOTE_ADDR=address)


def test_sign_in_redirects_to_the_requested_page(client: Client, project: Project, lead: User) -> None:
    asked = client.get("/projects/news/people/")
    arrived = sign_in(client, "lena", PASSWORD, next="/projects/news/people/")

    assert asked.headers["Location"] == "/sign-in/?next=/projects/news/people/"
    assert arrived.headers["Location"] == "/projects/news/people/"


def test_sign_in_does_not_redirect_to_other_sites(client: Client, lead: User) -> None:
    assert sign_in(client, "lena", PASSWORD, next="https://elsewhere.example/").headers["Location"] == "/"


def test_sign_out_requires_post(page: Page, lead: User) -> None:
    client = page(lead)
    refused = client.get("/sign-out/")
    done = client.post("/sign-out/")

    assert (refused.status_code, refused.headers["Location"]) == (302, "/")
    assert done.headers["Location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302


def test_a_wrong_password_does_not_reveal_the_account(client: Client, lead: User) -> None:
    for username in ("lena", "nobody"):
        body = sign_in(client, username, "wrong").content.decode()
        assert "Wrong user name or password." in body


def test_five_failures_lock_the_name(client: Client, lead: User) -> None:
    answers = [sign_in(client, "lena", "wrong").status_code for _ in range(5)]
    locked = sign_in(client, "lena", PASSWORD)

    assert answers == [200, 200, 200, 200, 429]
    assert locked.status_code == 429
    assert "for 15 minutes" in " ".join(locked.content.decode().split())
    assert locked.headers["Retry-After"] == "900"
    assert sign_in(client, "lena", PASSWORD, address="203.0.113.2").status_code == 302


def test_the_lock_expires(client: Client, lead: User, settings: Settings) -> None:
    for _ in range(5):
        sign_in(client, "lena", "wrong")
    settings.AXES_COOLOFF_TIME = 0.0

    assert sign_in(client, "lena", PASSWORD).status_code == 302


def test_a_new_password_ends_other_sessions(page: Page, lead: User) -> None:
    here, there = page(lead), page(lead)
    done = here.post("/account/password/", {"old_password": PASSWORD, "password": NEW})

    assert done.headers["Location"] == "/account/"
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert sign_in(Client(), "lena", NEW).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("wrong", NEW, "not your current password"), (PASSWORD, "short", "too short"), (PASSWORD, "", "required")],
)
def test_errors_of_a_new_password_are_shown(old: str, new: str, words: str, page: Page, lead: User) -> None:
    answer = page(lead).post("/account/password/", {"old_password": old, "password": new})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert sign_in(Client(), "lena", PASSWORD).status_code == 302


def test_a_token_is_shown_once_and_can_be_deleted(page: Page, lead: User, now: datetime) -> None:
    client = page(lead)
    made = client.post("/account/tokens/", {"name": "program", "lasts": "0"})
    secret = re.search(r'value="([\w-]{43})" readonly', made.content.decode())
    token = ApiToken.objects.get()

    assert secret is not None
    assert find_token(secret.group(1).encode(), now=now) == token
    assert token.expires_at is None
    assert "no-store" in made.headers["Cache-Control"]
    assert secret.group(1) not in client.get("/account/").content.decode()
    client.post(f"/account/tokens/{token.pk}/revoke/")
    assert not ApiToken.objects.exists()


def test_a_token_may_expire(page: Page, lead: User) -> None:
    page(lead).post("/account/tokens/", {"name": "program", "lasts": "30"})
    token = ApiToken.objects.get()

    assert token.expires_at is not None
    assert (token.expires_at - token.created_at).days == 30


def test_form_addresses_redirect_to_the_account(page: Page, lead: User) -> None:
    for address in ("/account/password/", "/account/tokens/"):
        assert page(lead).get(address).headers["Location"] == "/account/"


def test_health_checks_need_no_sign_in(client: Client, db: None) -> None:
    assert client.get("/healthz/live/").json() == {"status": "ok"}
    assert client.get("/healthz/ready/database/").json() == {"status": "ok", "checks": {"database": {"status": "ok"}}}


def test_single_key_shortcuts_are_set_on_the_account_page(page: Page, lead: User) -> None:
    set_editor_preferences(lead, EditorPreferences(**DEFAULTS | {"theme": "dark"}), now=NOW)

    answer = page(lead).post("/account/keys/", {"letter_keys": "off"})
    refused = page(lead).post("/account/keys/", {"letter_keys": "all"})

    assert (answer.status_code, refused.status_code) == (302, 422)
    kept = editor_preferences(lead)
    assert (kept["letter_keys"], kept["theme"]) == ("off", "dark")
    assert '<option value="off" selected>' in page(lead).get("/account/").content.decode()
