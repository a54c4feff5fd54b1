"""Hints with a measured rate."""

from annotator.adjudication.units.hints import LEAST_UNITS, Hint, hint, most_frequent_label


def unit(*labels):
    return [[{"label": label}] if label else [] for label in labels]


def test_hint_states_the_measured_rate():
    decided = [(unit("Claim", "Claim", ""), "Claim")] * 30 + [(unit("Hedge", "", ""), "Hedge")] * 10

    assert hint(unit("Speaker", "Speaker", "Claim"), decided) == Hint(annotators=2, of=3, share=75, units=40)


def test_other_votes_do_not_count():
    unanimous = [(unit("Claim", "Claim", "Claim"), "Claim")] * 100

    assert hint(unit("Claim", "Claim", ""), unanimous) is None


def test_too_few_decided_units_give_no_hint():
    decided = [(unit("Claim", "Claim", ""), "Claim")] * (LEAST_UNITS - 1)

    assert hint(unit("Claim", "Claim", ""), decided) is None


def test_ties_and_two_annotators_give_no_hint():
    decided = [(unit("Claim", "Hedge", ""), "Claim"), (unit("Claim", ""), "")] * 40

    assert most_frequent_label(unit("Claim", "Hedge")) == ("", 0)
    assert hint(unit("Claim", "Hedge", ""), decided) is None
    assert hint(unit("Claim", "Claim"), decided) is None
