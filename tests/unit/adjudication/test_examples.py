"""Decisions as examples in the guidelines, and quotations."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.problems import NotSettled
from annotator.adjudication.units.quotations import LONGEST, escaped, headings, sentence_around, with_example
from projects.guidelines import render_markdown
from projects.selectors import current_guideline
from tests.conftest import NOW
from tests.unit.adjudication.conftest import open_units

GUIDELINES = "# Rules\n\n## Spans\n\n```\n## not a heading\n```\n\n## Examples\n\n- one\n\n## Relations\n"


def test_an_example_goes_to_the_end_of_its_section():
    assert with_example(GUIDELINES, "- two").endswith("## Examples\n\n- one\n- two\n\n## Relations\n")
    assert with_example("# Rules", "- one") == "# Rules\n\n## Examples\n\n- one\n"
    assert with_example("", "- one") == "## Examples\n\n- one\n"


def test_headings_leave_out_the_title_the_examples_and_code():
    assert headings(GUIDELINES) == ["Spans", "Relations"]


def test_hostile_words_stay_words_in_the_guidelines():
    hostile = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) **x** # y\n- z `c` | d"

    shown = render_markdown(f"- {escaped(hostile)}")

    assert "<img" not in shown
    assert "<a" not in shown
    assert "<strong>" not in shown


def test_a_sentence_is_found_around_a_place_and_a_very_long_one_is_shortened():
    text = "First one. Second one goes on. Third."
    assert text[slice(*sentence_around(text, 11, 17))] == "Second one goes on."
    start, end = sentence_around("word " * 1000, 2500, 2504)
    assert end - start < LONGEST


@pytest.mark.django_db
def test_a_decision_is_pinned_once_as_a_new_guideline_version(begin, decide, lead, project):
    adjudication = begin("Ada[Speaker] said [it rained](Claim) *hard*.", "Ada[Speaker] said it [rained](Claim) *hard*.")
    [unit] = open_units(adjudication)
    with pytest.raises(NotSettled):
        services.pin(adjudication, unit, by=lead, now=NOW)
    decide(adjudication, unit, "take", source=1, reason="boundary", section="Spans", note="Without *it*.")

    for _ in range(2):
        services.pin(adjudication, unit, by=lead, now=NOW)

    published = current_guideline(project)
    assert published.number == 2
    assert (
        r"“Ada said it **rained** \*hard\*\.” → **Claim** (Wrong boundary; Spans; Without \*it\*\.)" in published.text
    )
