import pytest

from annotator.agreement.counting.boundary_classes import classify


@pytest.mark.parametrize(
    ("text", "one", "other", "expected"),
    [
        ("the rain", 0, 4, "article"),
        ("that the rain", 0, 9, "connective"),
        ("“rain", 0, 1, "quotation"),
        ("rain.", 4, 5, "punctuation"),
        ("rain.”", 4, 6, "quotation"),
        ("Prime Minister Ada", 0, 15, "title"),
        ("heavy rain", 0, 6, "other"),
        ("a  b", 1, 3, "white space"),
        ("“The rain", 0, 5, "article"),
        ("rain", 2, 2, ""),
    ],
)
def test_the_text_between_two_boundaries_has_a_class(text, one, other, expected):
    assert classify(text, one, other) == expected
    assert classify(text, other, one) == expected
