"""Accounts, passwords and API tokens."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from annotator.platform.accounts import selectors, services
from annotator.platform.accounts.models import ApiToken, User
from annotator.platform.accounts.services import TooManyTokens
from annotator.problems import InvalidInput, NotFound
from tests.conftest import MakeUser

pytestmark = pytest.mark.django_db
GOOD = "a long way from home"


def refused(username: str, password: str, now: datetime) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        services.create_user(username, password=password, now=now)
    return [error["pointer"] for error in caught.value.errors]


def test_a_new_user_can_sign_in(now: datetime) -> None:
    user = services.create_user(" Åse.Øre ", password=GOOD, now=now)

    assert (user.username, user.is_staff, user.is_superuser) == ("Åse.Øre", False, False)
    assert user.check_password(GOOD)


@pytest.mark.parametrize("username", ["", "  ", "two words", "x" * 101, "a/b", "a\0", "<b>", "Adjudicated", "LENA"])
def test_an_invalid_user_name_is_refused(username: str, lead: User, now: datetime) -> None:
    assert refused(username, GOOD, now) == ["/username"]


@pytest.mark.parametrize("password", ["", "short", "password123", "123456789012", "carol-smith-1"])
def test_a_weak_password_is_refused(password: str, now: datetime) -> None:
    assert set(refused("carol-smith-1", password, now)) == {"/password"}


def test_errors_of_name_and_password_are_reported_together(lead: User, now: datetime) -> None:
    assert refused("lena", "short", now) == ["/username", "/password"]


def test_names_are_unique_ignoring_case(lead: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("Lena", password=GOOD)


def test_a_changed_password_replaces_the_old_one(lead: User) -> None:
    services.change_password(lead, password=GOOD)
    with pytest.raises(InvalidInput):
        services.change_password(lead, password="short")

    lead.refresh_from_db()
    assert lead.check_password(GOOD)


def test_a_token_is_found_by_its_secret_only(lead: User, now: datetime) -> None:
    token, secret = services.create_token(lead, name=" program ", now=now)

    assert (token.name, token.prefix, secret not in token.digest) == ("program", secret[:8], True)
    assert selectors.find_token(secret.encode(), now=now) == token
    for wrong in (token.digest, token.prefix, "", secret[:-1]):
        assert selectors.find_token(wrong.encode(), now=now) is None


def test_a_token_ends_when_it_expires_or_is_deleted(lead: User, now: datetime) -> None:
    token, secret = services.create_token(lead, name="p", now=now, expires_at=now + timedelta(days=1))

    assert selectors.find_token(secret.encode(), now=now + timedelta(hours=23)) == token
    assert selectors.find_token(secret.encode(), now=now + timedelta(days=1)) is None
    services.revoke_token(token)
    assert selectors.find_token(secret.encode(), now=now) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\0"])
def test_a_token_needs_a_name(name: str, lead: User, now: datetime) -> None:
    with pytest.raises(InvalidInput) as caught:
        services.create_token(lead, name=name, now=now)

    assert caught.value.errors[0]["pointer"] == "/name"


def test_an_expiry_date_in_the_past_is_refused(lead: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="in the past"):
        services.create_token(lead, name="p", now=now, expires_at=now)


def test_the_number_of_tokens_is_limited(lead: User, now: datetime) -> None:
    for number in range(50):
        services.create_token(lead, name=f"p{number}", now=now)
    with pytest.raises(TooManyTokens, match="50"):
        services.create_token(lead, name="one more", now=now)


def test_the_last_use_is_stored_every_ten_minutes(lead: User, now: datetime) -> None:
    token, _ = services.create_token(lead, name="p", now=now)
    noted = []
    for minutes in (0, 5, 11):
        services.record_token_use(token, now=now + timedelta(minutes=minutes))
        token.refresh_from_db()
        noted.append(token.last_used_at)

    assert noted == [now, now, now + timedelta(minutes=11)]


def test_tokens_of_others_are_not_found(lead: User, make_user: MakeUser, now: datetime) -> None:
    token, _ = services.create_token(lead, name="p", now=now)

    assert selectors.get_token(token.pk, user=lead) == token
    with pytest.raises(NotFound):
        selectors.get_token(token.pk, user=make_user("eve"))
    assert ApiToken.objects.count() == 1
