"""A set to work on, and a short way to save changes to it."""

import pytest

from annotator.corpus.spans import services
from annotator.corpus.spans.models import SetKind
from projects.selectors import current_guideline, current_schema

TEXT = "Ada said it rained. Ben denied it, she thinks."


@pytest.fixture
def document(make_document):
    return make_document(TEXT)


@pytest.fixture
def create_set(now):
    """Return a function that makes an empty set through the service."""

    def create(document, user=None, *, name=None, kind=None, **fields):
        return services.create_annotation_set(
            document,
            kind=kind or (SetKind.ANNOTATOR if user else SetKind.IMPORTED),
            annotator=user,
            name=name or user.username,
            schema_version=current_schema(document.project),
            guideline_version=current_guideline(document.project),
            now=now,
            **fields,
        )

    return create


@pytest.fixture
def annotation_set(create_set, document, ada):
    """Ada's empty set over `document`."""
    return create_set(document, ada)


@pytest.fixture
def save(now):
    """Return a function that saves changes on top of a set's present revision, or of another one."""

    def save_changes(annotation_set, *changes, base=None, author=None, sha256=None):
        annotation_set.refresh_from_db()
        return services.apply_changes(
            annotation_set,
            list(changes),
            base_revision=annotation_set.revision if base is None else base,
            sha256=sha256 or annotation_set.document.sha256,
            author=author or annotation_set.annotator,
            now=now,
        )

    return save_changes
