"""The address that counts for failed sign-ins."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from annotator.platform.accounts.lockout import client_address


def address(direct: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=direct, headers=headers))


def test_forwarded_addresses_are_ignored_without_a_proxy() -> None:
    assert address("203.0.113.7", "198.51.100.1") == "203.0.113.7"
    assert address("127.0.0.1", "198.51.100.1") == "127.0.0.1"


@pytest.mark.parametrize(
    ("direct", "forwarded", "expected"),
    [
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "made-up, 198.51.100.1", "198.51.100.1"),
        ("", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("8.8.8.8", "198.51.100.1", "8.8.8.8"),
    ],
)
def test_the_address_written_by_the_proxy_is_used(
    direct: str, forwarded: str | None, expected: str, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://annotate.example.org"

    assert address(direct, forwarded) == expected
