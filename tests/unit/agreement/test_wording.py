import pytest

from annotator.agreement import wording

UNDEFINED = {"value": None, "undefined": "no_spans", "low": None, "high": None}


def figure(value, low=None, high=None):
    return {"value": value, "undefined": None, "low": low, "high": high}


def label(**changes):
    record = {
        "label": "Claim",
        "spans": 140,
        "share_of_text": 0.34,
        "exact_f1": figure(0.4),
        "overlap_f1": figure(0.6857),
        "alpha_tokens": figure(0.58),
        "alpha_code_points": figure(0.6),
    }
    return record | changes


def result(people):
    """A result with two people in a pair, and so many annotators in all."""
    pair = {"labels": [{"label": "Claim", "first_count": 20, "second_count": 30}]}
    return {"documents": 9, "annotators": ["A", "B", "C"][:people], "pairs": [pair]}


def test_a_label_in_words():
    assert wording.label_sentence(label(), result(2), name="Claim") == (
        "Where one annotator marks “Claim”, the other marks one in the same place 69 times in 100 (34 of 50). "
        "With the same edges: 40 (20 of 50). 140 spans, 9 documents, 2 annotators."
    )


def test_with_three_annotators_it_is_another_one_and_intervals_are_named():
    sentence = wording.label_sentence(label(overlap_f1=figure(0.78, 0.72, 0.83)), result(3), name="Claim")

    assert "another marks one in the same place 78 times in 100 (72 to 83)" in sentence


def test_what_is_not_defined_is_said_in_words():
    sentence = wording.label_sentence(label(overlap_f1=UNDEFINED), result(2), name="Claim")

    assert sentence == "Not defined, because nobody marked one in these documents."
    assert wording.shown(UNDEFINED).text == "not defined"
    assert wording.chance_sentence(label(alpha_tokens=UNDEFINED)).startswith("Above chance: not defined, because")


@pytest.mark.parametrize(("value", "times"), [(1, 100), (0.9999, 99), (0.5, 50), (0.001, 1), (0, 0)])
def test_a_hundred_and_none_are_said_only_when_they_are_true(value, times):
    assert wording.in_hundred(value) == times


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1.00"), (0.999, "0.99"), (0.001, "0.01"), (0.0, "0.00"), (-0.25, "−0.25"), (-0.001, "−0.01")],
)
def test_a_figure_is_rounded_but_not_to_perfect_or_to_chance(value, text):
    assert wording.shown(figure(value)).text == text


@pytest.mark.parametrize(
    ("alpha", "words"),
    [(0.8, "enough to rely on"), (0.7, "tentative"), (0.3, "too little to rely on"), (-0.1, "no better than chance")],
)
def test_alpha_is_read_by_krippendorffs_rule(alpha, words):
    assert words in wording.chance_sentence(label(alpha_tokens=figure(alpha)))


def test_high_agreement_that_is_mostly_chance_is_called_so():
    found = wording.cautions(label(overlap_f1=figure(0.9), alpha_tokens=figure(0.1)), documents=20)

    assert found == ["Much of this would happen by chance: the label covers 34 % of the text."]


def test_few_spans_or_documents_are_named():
    assert "Only 12 spans" in wording.cautions(label(spans=12), documents=20)[0]
    assert wording.cautions(label(), documents=6) == ["No interval: it takes 8 documents."]
    assert wording.cautions(label(overlap_f1=UNDEFINED, spans=0), documents=6) == []


def test_what_was_left_out_and_what_has_moved():
    assert wording.left_out_sentence({"one_set": 1, "no_set": 0}) == (
        "Left out: 1 document that only one person has finished."
    )
    assert wording.left_out_sentence({"one_set": 0, "no_set": 0}) == ""
    assert wording.stale_sentence(changed=2, withdrawn=0, added=1) == "2 sets changed, 1 set new since."
    assert wording.stale_sentence(changed=0, withdrawn=0, added=0) == ""
