"""A document with versions of two annotators, and clients that adjudicate it."""

import pytest

from annotator.adjudication.board.contents import read_board
from annotator.adjudication.models import Adjudication
from tests.notation import make_spans

ADA = "Ada[Speaker] said [it rained](Claim) <b>hard</b>."
BEN = "Ada[Speaker] said it [rained](Claim) <b>hard</b>."


@pytest.fixture
def document(make_document, make_set, ada, ben):
    text, spans = make_spans(ADA)
    document = make_document(text)
    make_set(document, ada, spans, state="submitted", revision=1)
    make_set(document, ben, make_spans(BEN)[1], state="submitted", revision=1)
    return document


@pytest.fixture
def here(document):
    return f"/documents/{document.pk}/adjudication/"


@pytest.fixture
def begun(page, lead, here):
    client = page(lead)
    client.post(f"{here}start/", {"rule": "exact", "blind": "no"})
    return client


def open_unit() -> int:
    return read_board(Adjudication.objects.get()).open[0].row.pk


def decide(client, here, **fields):
    given = {"revision": Adjudication.objects.get().revision, "choice": "take:0"} | fields
    return client.post(f"{here}units/{open_unit()}/", given)
