"""The effect report on a simulated team whose suggestions pull annotators towards them."""

import random

import pytest

from annotator.suggestions.blind.effect import ArmSet, effect


def simulated(documents, pull, seed=3):
    """Return two sets of each document: one in two documents is blind; suggestions pull boundaries towards them."""
    chance = random.Random(seed)
    sets = []
    for document in range(documents):
        is_blind = document % 2 == 0
        suggested = [("Claim", ((20 * number, 20 * number + 10),)) for number in range(10)]
        for _annotator in range(2):
            spans = []
            for label, ((start, end),) in suggested:
                follows = chance.random() < (0.6 if is_blind else 0.6 + pull)
                spans.append((label, ((start, end if follows else end + chance.randint(1, 4)),)))
            minutes = 3.0 if is_blind else 2.0 + chance.random() * 0.2
            sets.append(ArmSet(document, is_blind, spans, suggested, chance.randint(0, 2), 300, minutes))
    return sets


def test_a_pull_towards_suggestions_shows_with_its_interval():
    figures = effect(simulated(60, pull=0.3), ["Claim", "Denial"])["figures"]

    nearness, agreement, minutes = (figures[name] for name in ("f1_to_suggestions", "agreement_exact", "minutes"))
    assert nearness["difference"] == pytest.approx(0.3, abs=0.08)
    assert nearness["interval"][0] > 0.1
    assert agreement["difference"] > 0.2
    assert minutes["interval"][1] < 0
    assert 2 <= nearness["documents_needed"] < agreement["documents_needed"] < 2000


def test_no_pull_shows_no_effect_and_few_documents_have_no_interval():
    figures = effect(simulated(60, pull=0.0), ["Claim"])
    low, high = figures["figures"]["f1_to_suggestions"]["interval"]
    assert low < 0 < high
    assert figures["sets"] == {"with": 60, "blind": 60}
    assert figures["labels"]["Claim"]["difference"] == pytest.approx(0)

    few = effect(simulated(4, pull=0.3), ["Claim"])["figures"]["minutes"]
    assert (few["interval"], few["documents_needed"]) == (None, None)
    assert effect([], ["Claim"])["figures"]["spans"]["difference"] is None
