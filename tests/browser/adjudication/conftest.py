"""A sample document with versions of two annotators."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import Relation
from annotator.platform.accounts.models import User
from tests.conftest import MakeDocument, MakeSet

OpenPage = Callable[..., Page]


@pytest.fixture
def sample(transactional_db: None, make_document: MakeDocument, make_set: MakeSet) -> Document:
    """The second text of the sample corpus with the sets A and B."""
    path = settings.BASE_DIR / "annotator/site/demo/sample-corpus/02-no-comment.jsonl"
    line = json.loads(path.read_text("utf-8").splitlines()[0])
    document = make_document(line["text"], title="No comment")
    for name in ("A", "B"):
        given = line["annotators"][name]
        annotation_set = make_set(document, name, given["spans"], state="submitted", revision=1)
        rows = {span.uid: span for span in annotation_set.spans.all()}
        Relation.objects.bulk_create(
            Relation(
                annotation_set=annotation_set,
                uid=each["id"],
                label=each["label"],
                source=rows[each["from"]],
                target=rows[each["to"]],
            )
            for each in given["relations"]
        )
    return document


@pytest.fixture
def open_page(make_context: Callable[..., BrowserContext]) -> Iterator[OpenPage]:
    """Return a function that opens an address as a user; errors in the browser console fail the test."""
    complaints: list[str] = []

    def open_page(user: User, address: str, **options: object) -> Page:
        page = make_context(user, **options).new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    # The browser reports an answer with status 409, which is a refusal, and a lost connection as errors.
    expected = ("status of 409", "ERR_INTERNET_DISCONNECTED", "htmx:")
    assert [each for each in complaints if not any(words in each for words in expected)] == []
