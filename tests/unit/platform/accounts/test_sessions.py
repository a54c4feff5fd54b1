"""Who is signed in by a session, read by prepared queries: the same people as by Django's own."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
PAGE = "/account/"


@pytest.fixture
def browser(ada):
    """A browser in which Ada has signed in with her password."""
    ada.set_password("a long enough password")
    ada.save()
    browser = Client()
    browser.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def user_name(browser):
    response = browser.get(PAGE)
    return response.wsgi_request.user.get_username() if response.status_code == 200 else None


def test_signed_in_user_is_found_with_two_queries(browser, ada, django_assert_num_queries):
    assert user_name(browser) == "ada"
    request = browser.get(PAGE).wsgi_request
    del request.user, request._cached_user
    from annotator.platform.accounts.authentication import SessionStore, SessionUserMiddleware

    request.session = SessionStore(request.session.session_key)
    SessionUserMiddleware(lambda _request: None).process_request(request)
    with django_assert_num_queries(2):
        assert request.user == ada
        assert request.user.is_authenticated


def test_new_password_or_deactivation_ends_the_session(browser, ada):
    ada.is_active = False
    ada.save()
    assert user_name(browser) is None
    browser.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    ada.is_active = True
    ada.save()
    assert user_name(browser) == "ada"
    ada.set_password("another long password")
    ada.save()
    assert user_name(browser) is None


def test_expired_or_foreign_session_belongs_to_no_one(browser):
    key = browser.cookies["sessionid"].value
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert user_name(browser) is None
    Session.objects.filter(pk=key).update(expire_date=timezone.now() + timedelta(days=1))
    browser.cookies["sessionid"] = key
    assert user_name(browser) == "ada"
    browser.cookies["sessionid"] = "not-a-session-of-this-site-at-all"
    assert user_name(browser) is None


def test_session_under_an_earlier_secret_key_still_works(browser, settings):
    """Django looks at what the quick way does not accept, and signs such a session again."""
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key for this test only"
    assert user_name(browser) == "ada"
    settings.SECRET_KEY_FALLBACKS = []
    assert user_name(browser) == "ada"
