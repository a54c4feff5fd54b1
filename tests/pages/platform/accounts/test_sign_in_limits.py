"""Guessing is slowed down by name and by address; known browsers and colleagues sign in."""

import logging
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from annotator.platform.accounts import lockout
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, name, password, *, address="198.51.100.1"):
    return client.post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=address)


def fail(names, addresses):
    """Fail to sign in with each name from each address."""
    return [sign_in(Client(), name, "wrong", address=address).status_code for name in names for address in addresses]


def let_pass(seconds):
    """Make all failures older."""
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=attempt.pk).update(
            attempt_time=attempt.attempt_time - timedelta(seconds=seconds)
        )


def test_attacked_name_is_slowed_down_at_every_address(lead):
    assert fail(["lena"], [f"203.0.113.{number}" for number in range(10)]) == [200] * 10

    refused = sign_in(Client(), "Lena", PASSWORD, address="198.51.100.9")
    let_pass(5)
    accepted = sign_in(Client(), "lena", PASSWORD, address="198.51.100.9")

    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 5
    assert b"Your account is not locked" in refused.content
    assert accepted.status_code == 302


def test_known_browser_of_an_attacked_name_need_not_wait(lead):
    browser, other = Client(), Client()
    sign_in(browser, "lena", PASSWORD)
    browser.post("/sign-out/")
    fail(["lena"], [f"203.0.113.{number}" for number in range(12)])

    assert sign_in(other, "lena", PASSWORD).status_code == 429
    assert sign_in(browser, "lena", PASSWORD).status_code == 302
    other.cookies[lockout.DEVICE_COOKIE] = "forged:abc:def"
    assert sign_in(other, "lena", PASSWORD).status_code == 429


def test_address_that_tries_many_names_is_slowed_down(lead, ada):
    fail([f"name-{number}" for number in range(20)], ["198.51.100.1"])

    assert sign_in(Client(), "lena", PASSWORD).status_code == 429
    assert sign_in(Client(), "lena", PASSWORD, address="198.51.100.2").status_code == 302
    let_pass(5)
    # A team behind this address goes on, one after the other.
    assert sign_in(Client(), "ada", PASSWORD).status_code == 302


def test_pause_grows_with_the_failures_and_ends(lead, now):
    for number in range(30):
        AccessAttempt.objects.create(
            username="lena", ip_address=f"203.0.113.{number}", user_agent="", failures_since_start=1
        )
    moment = timezone.now()

    assert lockout.seconds_to_wait("lena", "198.51.100.1", now=moment) == 60
    assert lockout.seconds_to_wait("lena", "198.51.100.1", now=moment + timedelta(minutes=16)) == 0
    assert lockout.seconds_to_wait("ada", "198.51.100.1", now=moment) == 0


def test_log_names_the_attacked_account_and_no_typed_password(lead, caplog):
    with caplog.at_level(logging.WARNING):
        fail(["lena"], [f"203.0.113.{number}" for number in range(5)])
        fail(["my secret password"], [f"192.0.2.{number}" for number in range(5)])
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("annotator")]

    assert lines == [
        "Sign-in: 5 failed attempts for the account “lena” within 15 minutes, last from 203.0.113.4.",
        "Sign-in: 5 failed attempts for a name without an account within 15 minutes, last from 192.0.2.4.",
    ]
    assert "secret" not in caplog.text
