"""A set is read whole at one revision, outside any transaction, on either database."""

import pytest

from annotator.corpus.spans import services
from tests.unit.corpus.spans.builders import add, relation, span

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]


@pytest.mark.parametrize("path", ["", "editor/"])
def test_set_is_read_with_spans_and_relations(api, make_document, make_set, ada, now, path):
    mine = make_set(make_document("Ada said it rained."), ada)
    changes = [
        add(span("c", "Claim", (9, 18))),
        add(span("s", "Speaker", (0, 3), canonical="Ada")),
        add(relation("r", "attributed-to", "c", "s")),
    ]
    services.apply_changes(mine, changes, base_revision=0, sha256=mine.document.sha256, author=ada, now=now)

    answer = api(ada).get(f"/api/v1/annotation-sets/{mine.pk}/{path}").json()
    whole = answer.get("set", answer)

    assert whole["revision"] == 3
    assert [entry["id"] for entry in whole["spans"]] == ["s", "c"]
    assert whole["relations"] == [{"id": "r", "label": "attributed-to", "from": "c", "to": "s"}]
    assert answer.get("speakers", ["Ada"]) == ["Ada"]
