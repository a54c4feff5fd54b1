"""What the adjudicator is told about who is probably right."""

import pytest

from annotator.adjudication.units.hints import LEAST_UNITS, hint


def place(*labels):
    return [[{"label": label}] if label else [] for label in labels]


def places(*others):
    """Places on which all agree, and others after them, by unit."""
    agreed = [place(*[label] * 3) for label in ("Claim", "Hedge") for _ in range(LEAST_UNITS)]
    return dict(enumerate([*agreed, *others]))


def test_reliable_majority_gives_a_hint():
    found = hint(places(place("Claim", "Claim", "Hedge")), 2 * LEAST_UNITS)

    assert (found.label, found.annotators, found.units) == ("Claim", 3, 2 * LEAST_UNITS + 1)
    assert 60 <= found.percent <= 99


def test_nothing_to_mark_is_an_answer_too():
    alone = [place("", "", "Claim") for _ in range(8)]

    assert hint(places(*alone), 2 * LEAST_UNITS).label == ""


@pytest.mark.parametrize(
    "units",
    [
        {number: place("Claim", "Hedge") for number in range(50)},
        {number: place("Claim", "Hedge", "Claim") for number in range(LEAST_UNITS - 1)},
        {},
    ],
)
def test_two_annotators_or_a_few_places_give_no_hint(units):
    assert hint(units, 0) is None


def test_what_is_as_good_as_a_draw_is_not_said():
    draw = [place("Claim", "Hedge", "") for _ in range(LEAST_UNITS)]

    assert hint(dict(enumerate(draw)), 0) is None
