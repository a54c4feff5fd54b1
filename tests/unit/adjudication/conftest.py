"""Documents with versions of two annotators, in adjudication."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.models import Adjudication
from annotator.adjudication.services import ActionResult
from annotator.adjudication.units.versions import AcceptanceRule, DecisionKind
from annotator.platform.accounts.models import User
from tests.conftest import NOW, MakeDocument, MakeSet
from tests.notation import make_spans

Begin = Callable[..., Adjudication]


@pytest.fixture
def begin(make_document: MakeDocument, make_set: MakeSet, ada: User, ben: User, lead: User) -> Begin:
    """Return a function that starts the adjudication of a text marked by Ada and Ben (and by imported annotators)."""

    def start(*marked: str, rule: str = "exact", **fields: Any) -> Adjudication:
        text, _ = make_spans(marked[0])
        document = make_document(text)
        for author, version in zip([ada, ben, "C", "D"], marked, strict=False):
            bare, spans = marked_spans(version)
            assert bare == text, "the versions are of one text"
            make_set(document, author, spans, state="submitted", revision=1)
        return services.start(document, by=lead, now=NOW, rule=AcceptanceRule(rule), blind=False, **fields)

    return start


@pytest.fixture
def decide(lead: User) -> Callable[..., ActionResult]:
    """Return a function that decides about a unit at the current revision."""

    def decide(
        adjudication: Adjudication, unit: int, kind: str, *, by: User = lead, **fields: Any
    ) -> services.ActionResult:
        adjudication.refresh_from_db()
        base = fields.pop("base_revision", adjudication.revision)
        choice = services.Choice(unit=unit, kind=DecisionKind(kind), **fields)
        return services.decide(adjudication, choice, base_revision=base, by=by, now=NOW)

    return decide


def marked_spans(marked: str) -> tuple[str, list[dict[str, Any]]]:
    """Return what `make_spans` does, with ids that stay when other spans come or go: label and number."""
    text, spans = make_spans(marked)
    numbers: Counter[str] = Counter()
    for span in spans:
        numbers[span["label"]] += 1
        span["id"] = f"{span['label']}-{numbers[span['label']]}"
    return text, spans


def spans_in(adjudication: Adjudication) -> list[tuple[str, str]]:
    """Return label and words of the spans in the adjudicated set, in order of the text."""
    text = adjudication.document.text
    rows = adjudication.annotation_set.spans.order_by("start", "end", "label")
    return [(row.label, " … ".join(text[a:b] for a, b in row.fragments or [[row.start, row.end]])) for row in rows]


def open_units(adjudication: Adjudication) -> list[int]:
    """Return the keys of the open units, in order."""
    return [unit.row.pk for unit in read_board(adjudication).open]
