from pathlib import Path

import pytest

from tools.rules import check


def _found(name: str, text: str) -> list[str]:
    return [line.partition(": ")[2] for line in check(Path(name), text)]


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ('<p style="color: red">', "a style attribute: use a class"),
        ("<style>p {}</style>", "a style element: write CSS in static/css"),
        ("<script>alert(1)</script>", "an inline script"),
        ('<button onclick="go()">', "an event attribute: listen in a module"),
        ('<a href="javascript:go()">', "a script address"),
        ("{# for {{ a }}\n  b #}", "a comment of several lines, which pages show: end it on its line"),
        ("{{ text|safe }}", "unescaped output: escape, or make it safe where it is made"),
        ('<body class="page">', "a frame of its own: extend base.html"),
        ("{% for message in messages %}", "messages of its own: base.html shows them on every page"),
        ('<table class="people">', 'a table of its own: use the class "table"'),
    ],
)
def test_what_a_template_may_not_have_is_found(markup: str, what: str):
    assert _found("page.html", markup) == [what]


def test_modules_data_blocks_and_shared_tables_are_allowed():
    markup = '<script type="module" src="/main.js"></script><script type="application/json">{}</script>'
    markup += '<table class="table people">'

    assert _found("page.html", markup) == []


def test_a_test_that_asserts_nothing_is_found():
    text = "def test_nothing():\n    print(1)\n"

    assert _found("test_a.py", text) == ["test_nothing asserts nothing"]


@pytest.mark.parametrize(
    "line", ["assert True", "pytest.raises(ValueError)", "expect(page).to_be()", "_assert_same(1)"]
)
def test_an_assertion_counts_in_all_the_ways_it_is_written(line: str):
    assert _found("test_a.py", f"def test_something():\n    {line}\n") == []


def test_a_skipped_test_is_found():
    text = "@pytest.mark.skip\ndef test_later():\n    assert True\n"

    assert _found("test_a.py", text) == ["skip: every test has to run"]


def test_an_import_without_a_semicolon_is_found_in_modules():
    assert _found("a.js", 'import { b } from "./b.js"\n') == ["end the import with a semicolon"]
    assert _found("a.js", 'import { b } from "./b.js";\n') == []


def test_a_name_that_says_nothing_is_found():
    assert _found("utils.py", "") == ["the name 'utils' means nothing; name what is in it"]
