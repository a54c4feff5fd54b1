"""Annotation sets opened in the editor."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from annotator.platform.accounts.models import User
from projects.models import Project
from tests.browser.editor.editor_page import EditorPage
from tests.notation import make_spans

OpenEditor = Callable[..., EditorPage]


@pytest.fixture
def open_editor(
    transactional_db: None,
    make_document: Callable[..., Any],
    make_set: Callable[..., Any],
    make_context: Callable[..., BrowserContext],
    ada: User,
) -> OpenEditor:
    """Return a function that opens a text (in the notation of `make_spans` when marked) in the editor, as Ada.

    Submitting needs no review, unless a test asks for it.
    """

    def open_text(
        text: str, *, marked: bool = True, state: str = "open", review: bool = False, **options: Any
    ) -> EditorPage:
        Project.objects.update(review_on_submit=review)
        bare, spans = make_spans(text) if marked else (text, [])
        annotation_set = make_set(make_document(bare), ada, spans, state=state)
        context = make_context(ada, **options)
        return EditorPage(context.new_page(), annotation_set).open()

    return open_text
