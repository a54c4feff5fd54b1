"""Batches of documents that fit the memory."""

import pytest

from annotator.corpus.documents import selectors
from annotator.corpus.documents.selectors import batches_of

pytestmark = pytest.mark.django_db


@pytest.mark.stores
def test_batches_are_limited_by_documents_and_by_characters(make_document, monkeypatch):
    keys = [
        make_document("x" * length, external_id=f"d{number}").pk for number, length in enumerate((4, 4, 9, 30, 2, 2))
    ]
    monkeypatch.setattr(selectors, "MOST_CHARACTERS", 10)
    assert [[keys.index(key) for key in batch] for batch in batches_of(keys)] == [[0, 1], [2], [3], [4, 5]]
    monkeypatch.setattr(selectors, "BATCH", 2)
    assert [len(batch) for batch in batches_of([*reversed(keys)])] == [2, 1, 1, 2]
    assert [*batches_of([])] == []
