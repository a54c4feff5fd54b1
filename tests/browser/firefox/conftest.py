"""Annotation sets opened in a real Firefox, one for the whole run."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from annotator.platform.accounts.models import User
from projects.models import Project
from tests.browser.firefox.editor_page import FirefoxEditor
from tests.browser.served_requests import ServedRequests
from tests.firefox import Firefox, running_firefox
from tests.notation import make_spans


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything below this folder."""
    for item in items:
        if "firefox" in item.path.parts:
            item.add_marker(pytest.mark.firefox)


@pytest.fixture(scope="session")
def firefox() -> Iterator[Firefox]:
    """The browser of the run."""
    with running_firefox() as started:
        yield started


@pytest.fixture
def open_editor(
    firefox: Firefox,
    served_files: None,
    served_requests: ServedRequests,
    transactional_db: None,
    live_server: LiveServer,
    make_document: Callable[..., Any],
    make_set: Callable[..., Any],
    ada: User,
) -> Iterator[Callable[[str], FirefoxEditor]]:
    """Return a function that opens a text (in the notation of `make_spans`) in the editor, as Ada."""

    def open_text(marked: str) -> FirefoxEditor:
        bare, spans = make_spans(marked)
        Project.objects.update(review_on_submit=False)
        annotation_set = make_set(make_document(bare), ada, spans)
        client = Client()
        client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME]
        cookie = {"name": session.key, "value": session.value, "domain": live_server.thread.host}
        firefox.call("setCookie", cookie)
        return FirefoxEditor(firefox, live_server.url, annotation_set).open()

    yield open_text
    firefox.call("goto", "about:blank")
    served_requests.wait_until_answered()
