"""Hints with a measured rate."""

import random

from annotator.adjudication.units.hints import LEAST_UNITS, Hint, hint, most_frequent_label


def unit(*labels):
    return [[{"label": label}] if label else [] for label in labels]


TWO_OF_THREE = unit("Claim", "Claim", "")


def spread(*decided, documents=4):
    """Return decided units spread over documents, one after the other."""
    return [(number % documents, *each) for number, each in enumerate(decided)]


def test_hint_states_the_measured_rate():
    decided = spread(*([(TWO_OF_THREE, "Claim")] * 90 + [(unit("Hedge", "", ""), "Hedge")] * 30))

    assert hint(unit("Speaker", "Speaker", "Claim"), decided) == Hint(annotators=2, of=3, share=75, units=120)


def test_other_votes_and_too_few_units_give_no_hint():
    unanimous = spread(*[(unit("Claim", "Claim", "Claim"), "Claim")] * 200)

    assert hint(TWO_OF_THREE, unanimous) is None
    assert hint(TWO_OF_THREE, spread(*[(TWO_OF_THREE, "Claim")] * (2 * LEAST_UNITS - 1), documents=2)) is None


def test_a_rate_that_does_not_hold_on_other_documents_gives_no_hint():
    right, wrong = (TWO_OF_THREE, "Claim"), (TWO_OF_THREE, "")
    decided = [(document, *(right if document % 2 else wrong)) for document in range(10) for _ in range(20)]

    assert hint(TWO_OF_THREE, decided) is None


def test_shown_rates_are_right_within_five_points_on_held_out_documents():
    """Documents have rates of their own around 0.8; hints from 40 of them are compared with 400 others."""
    generator = random.Random(14)
    errors = []
    for _ in range(60):
        rates = [generator.betavariate(16, 4) for _ in range(440)]
        decided = [
            (document, TWO_OF_THREE, "Claim" if generator.random() < rate else "")
            for document, rate in enumerate(rates)
            for _ in range(15)
        ]
        shown = hint(TWO_OF_THREE, decided[:600])
        if shown:
            held_out = [outcome == "Claim" for _, _, outcome in decided[600:]]
            errors.append(abs(shown.share / 100 - sum(held_out) / len(held_out)))

    assert len(errors) > 30
    assert sum(errors) / len(errors) < 0.03
    assert sum(error <= 0.05 for error in errors) / len(errors) > 0.95


def test_ties_and_two_annotators_give_no_hint():
    decided = spread(*[(unit("Claim", "Hedge", ""), "Claim"), (unit("Claim", ""), "")] * 80)

    assert most_frequent_label(unit("Claim", "Hedge")) == ("", 0)
    assert hint(unit("Claim", "Hedge", ""), decided) is None
    assert hint(unit("Claim", "Claim"), decided) is None
