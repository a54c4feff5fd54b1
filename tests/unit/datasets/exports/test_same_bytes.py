"""Views and training formats give exactly these bytes on every database."""

import pytest

from annotator.corpus.spans.models import SetState
from tests.notation import make_spans

FIRST = (
    "Zoe\u0301[Speaker] said “[it [may](Hedge kind=epistemic) rain 🎈]"
    "(Claim voice=speaker quote_type=direct kind=fact).” So."
)
SECOND = "Zoe\u0301[Speaker] said “[it may rain 🎈](Claim kind=prediction voice=speaker quote_type=direct).” So."
THIRD = "Zoe\u0301[Speaker] said “it [may](Hedge) rain 🎈.” [So](Hedge)."
EXPECTED = {
    "jsonl": "70c9c354e28ffa27f784ebdfbfb8d2b9f1e7ed3348e0c422321e32d8d2ca9169",
    "span-ner": "92c0f73e6798f289167e08add4fe22824182c94c52f07247e07f946b13410e46",
    "token-tagging": "0273c8e083ff5457bd7a26e6f5dcdadfefc418b82e013cfe26717bdb5dc88b17",
    "relation-pairs": "28e916ea3111a963ba9896c8f2092498f2622fb4a78368aa81a55d77833d261e",
    "sentence-classification": "a970e440636a9435f63ef5836357b520da31338ba73b77a7c7e9974e264917ed",
}


@pytest.mark.stores
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", EXPECTED)
def test_every_database_gives_these_very_bytes(make_document, make_set, ada, ben, exported, key):
    document = make_document(make_spans(FIRST)[0], external_id="d", meta={"b": 1, "aa": None})
    for author, marked in ((ada, FIRST), (ben, SECOND), ("Cleo", THIRD)):
        make_set(document, author, make_spans(marked)[1], state=SetState.SUBMITTED)

    export, _, _ = exported(view="consensus", format=key, quotation_marks="in", pseudonyms=True)

    assert export.sha256 == EXPECTED[key]
