from collections import Counter

import pytest

from tools.wording import PHRASES, compare, find_in_text, format_baseline, read_baseline


def _found(path: str, text: str) -> list[tuple[int, str]]:
    return [(occurrence.line, occurrence.phrase.name) for occurrence in find_in_text(path, text)]


@pytest.mark.parametrize(
    "text",
    ["# Somebody else", 'x = "whoever signs in"', "def nobody_may(): ...", "class HandedOut: ...", "told = 1"],
)
def test_phrases_in_comments_strings_and_names_are_found(text: str):
    assert len(_found("module.py", text)) == 1


def test_a_phrase_across_two_lines_is_found():
    assert _found("module.py", "# A set that is handed\n# in late\n") == [(1, "handed in")]


def test_other_words_are_not_found():
    assert _found("module.py", "newer = bellow(Math.floor(retold), handed_over)  # meanwhiles\n") == []


def test_a_line_with_a_reason_is_left_out():
    assert _found("module.py", 'USER = "nobody"  # wording: the Unix user\nnobody = 1\n') == [(2, "nobody")]


def test_strings_of_python_tests_are_left_out_and_docstrings_are_not():
    text = '"""Nobody."""\n\nTEXT = f"Ada told {name}\nno"\n'.replace("\nno", "")

    assert _found("tests/test_a.py", text) == [(1, "nobody")]


def test_values_of_the_api_are_allowed_outside_prose():
    page = '{% if state == "settled" %}<a class="settle" href="/settle">{% translate "Settle it" %}</a>{% endif %}'

    assert _found("page.html", page) == [(1, "settle")]
    assert _found("module.py", 'state = "settled"\n') == []
    assert _found("page.md", "The state `settled`\n```\nsettled\n```\nis settled\n") == [(5, "settle")]


def test_a_baseline_is_read_as_it_was_written():
    counts = Counter({("told", "a.py"): 2, ("anew", "b.py"): 1})

    assert read_baseline(format_baseline(counts)) == counts


def test_a_phrase_that_grows_fails_with_its_places():
    grown, lines = compare(Counter({("told", "a.py"): 2, ("told", "b.py"): 1}), Counter({("told", "a.py"): 2}))

    assert grown == {("told", "b.py")}
    assert lines == ["'told': 3 times, 2 in the baseline, which may only shrink"]


def test_a_phrase_that_shrinks_asks_for_a_lower_baseline():
    assert compare(Counter(), Counter({("told", "a.py"): 2}))[1] == [
        "'told': 0 times, 2 in the baseline: run make wording-baseline"
    ]


def test_a_moved_file_keeps_its_phrases():
    assert compare(Counter({("told", "new.py"): 2}), Counter({("told", "old.py"): 2})) == (set(), [])


def test_every_phrase_is_found_by_its_name():
    names = {phrase.name for phrase in PHRASES} - {"in 100"}

    assert {name for name in names if name not in {found for _, found in _found("page.html", name)}} == set()
