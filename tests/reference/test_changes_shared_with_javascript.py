"""The table of changes that server and editor share: both refuse the same changes.

`tests/js/changes.test.js` runs the same cases of `tests/data/changes.json`, with the built-in schema.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.corpus.spans.changes import invert, read_change
from annotator.corpus.spans.state import Rules, State, apply
from annotator.corpus.spans.values import ChangeError, read_relation, read_span
from projects.schema_reader import read_schema

ROOT = Path(__file__).parents[2]
TABLE = json.loads((ROOT / "tests/data/changes.json").read_text(encoding="utf-8"))
TEMPLATE = ROOT / "projects/builtin" / TABLE["schema_template"] / "schema.json"
SCHEMA = json.loads(TEMPLATE.read_text(encoding="utf-8")) | {"document_attributes": TABLE["document_attributes"]}
RULES = Rules(len(TABLE["text"]), read_schema(SCHEMA))


def _given_set() -> State:
    spans = [read_span(span, "") for span in TABLE["set"]["spans"]]
    relations = [read_relation(relation, "") for relation in TABLE["set"]["relations"]]
    return State.of(spans, relations, TABLE["set"]["document_attributes"])


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_server_refuses_the_same_changes_as_the_editor(case: dict[str, Any]) -> None:
    state = _given_set()

    if case["refused"]:
        with pytest.raises(ChangeError):
            apply(state, read_change(case["change"]), RULES)
        assert state == _given_set()
        return
    change = read_change(case["change"])
    apply(state, change, RULES)
    assert state != _given_set()
    apply(state, invert(change, change_id="back"), RULES)
    assert state == _given_set()
