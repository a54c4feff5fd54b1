"""spaCy's own converter reads our CoNLL files as entities."""

import pytest
from hypothesis import given, settings
from spacy.training.converters import conll_ner_to_docs

from tests.examples import examples
from tests.formats import corpora, write

pytestmark = pytest.mark.consumers


@given(
    corpora(annotators=("ada",), several_parts=False, attributes=False, notes=False, relations=False, overlaps=False)
)
@settings(max_examples=examples(30), deadline=None)
def test_every_span_is_an_entity_of_the_same_words(documents):
    files, losses = write("conll", documents)
    found = [
        (entity.label_, "".join(entity.text.split()))
        for doc in conll_ner_to_docs(files["ada.conll"].decode(), no_print=True)
        for entity in doc.ents
    ]
    expected = [
        (span["label"], "".join(one.document["text"][slice(*span["fragments"][0])].split()))
        for one in documents
        for span in sorted(one.sets["ada"]["spans"], key=lambda span: span["fragments"])
    ]
    assert (found, losses.all) == (expected, [])
