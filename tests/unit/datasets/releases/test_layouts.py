"""Layouts are chosen by the number that a release stores; what layout 1 copied does not follow the present rules."""

import json

import pytest

from annotator.datasets.exports.format_registry import JSONL
from annotator.datasets.releases.layouts.layout_1 import loss_words
from annotator.datasets.releases.layouts.layout_1.text_rules import TEXT_RULES
from annotator.datasets.releases.layouts.layout_2 import loss_words as loss_words_2
from annotator.datasets.releases.layouts.registry import CURRENT, LAYOUTS, layout_of
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.options import BESIDE
from annotator.datasets.releases.problems import OtherLayout
from annotator.formats import loss_reasons
from annotator.text import sentences
from tests.unit.datasets.releases.conftest import members_of


def test_layout_is_chosen_by_stored_number():
    assert layout_of(Release(layout=1)) is LAYOUTS[1]
    assert LAYOUTS[CURRENT.number] is CURRENT
    with pytest.raises(OtherLayout, match="layout 99, which this version cannot build"):
        layout_of(Release(layout=99, number=3, software="9.0"))


@pytest.mark.parametrize("words", [loss_words, loss_words_2])
def test_layout_has_words_for_every_loss(words):
    assert words.SENTENCES.keys() == loss_reasons.SENTENCES.keys()
    assert words.NEVER_CARRIED.keys() == {JSONL, *BESIDE}


def test_layout_1_keeps_its_own_loss_words(work, released):
    losses = json.loads(members_of(released(layout=LAYOUTS[1], data={"labels": ["Claim"]}))["losses.json"])

    assert {loss["why"] for loss in losses["jsonl"]["losses"]} == {"Its label was not asked for."}


def test_new_abbreviation_does_not_move_sentences_of_layout_1(monkeypatch):
    text = "He met Xyz. Smith there."
    monkeypatch.setattr(sentences, "_TITLE_SET", frozenset({"Xyz"}))

    assert len(sentences.sentence_boundaries(text)) == 1
    assert len(TEXT_RULES.sentences(text)) == 2
