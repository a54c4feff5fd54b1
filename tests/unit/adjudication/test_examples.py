"""Decisions as examples in the guidelines, and quotations."""

import pytest

from annotator.adjudication import services
from annotator.adjudication.problems import NotCompleted
from annotator.adjudication.units.quotations import LONGEST, escaped, headings, sentence_around, with_example
from projects.guidelines import render_markdown
from projects.selectors import current_guideline
from tests.conftest import NOW
from tests.unit.adjudication.conftest import open_units

GUIDELINES = "# Rules\n\n## Spans\n\n```\n## not a heading\n```\n\n## Examples\n\n- one\n\n## Relations\n"


def test_example_is_added_to_its_section():
    assert with_example(GUIDELINES, "- two").endswith("## Examples\n\n- one\n- two\n\n## Relations\n")
    assert with_example("# Rules", "- one") == "# Rules\n\n## Examples\n\n- one\n"
    assert with_example("", "- one") == "## Examples\n\n- one\n"


def test_headings_omit_title_examples_and_code():
    assert headings(GUIDELINES) == ["Spans", "Relations"]
    assert headings("## Closed ##  \n##\tC # D #\n## #\n##  \n##none") == ["Closed", "C # D", "#"]


@pytest.mark.parametrize(
    "line", ["## " + " " * 60_000 + "x" + " #" * 30_000 + "x", "~" * 60_000 + "\n~", "```\n" * 15_001]
)
def test_long_lines_of_guidelines_are_read_once(line):
    assert len(headings(line)) == line.count("x") // 2


def test_markdown_in_an_example_is_escaped():
    hostile = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) **x** # y\n- z `c` | d"

    shown = render_markdown(f"- {escaped(hostile)}")

    assert "<img" not in shown
    assert "<a" not in shown
    assert "<strong>" not in shown


def test_long_sentence_around_a_location_is_shortened():
    text = "First one. Second one goes on. Third."
    assert text[slice(*sentence_around(text, 11, 17))] == "Second one goes on."
    start, end = sentence_around("word " * 1000, 2500, 2504)
    assert end - start < LONGEST


@pytest.mark.django_db
def test_decision_is_added_to_guidelines_once(begin, decide, lead, project):
    adjudication = begin("Ada[Speaker] said [it rained](Claim) *hard*.", "Ada[Speaker] said it [rained](Claim) *hard*.")
    [unit] = open_units(adjudication)
    with pytest.raises(NotCompleted):
        services.pin(adjudication, unit, by=lead, now=NOW)
    decide(adjudication, unit, "take", source=1, reason="boundary", section="Spans", note="Without *it*.")

    for _ in range(2):
        services.pin(adjudication, unit, by=lead, now=NOW)

    published = current_guideline(project)
    assert published.number == 2
    assert (
        r"“Ada said it **rained** \*hard\*\.” → **Claim** (Wrong boundary; Spans; Without \*it\*\.)" in published.text
    )
