import ast
from pathlib import Path

from tools.lengths import body_lines, check


def _function(text: str) -> ast.FunctionDef:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function


def test_signature_and_docstring_do_not_count_as_lines_of_a_function():
    text = 'def f(\n    a,\n    b,\n):\n    """Say\n\n    a lot.\n    """\n    c = a\n    return c\n'

    assert body_lines(_function(text)) == 2


def test_a_function_that_only_has_a_docstring_has_no_lines():
    assert body_lines(_function('def f():\n    """Nothing."""\n')) == 0


def test_a_function_of_31_lines_is_found_and_one_of_30_is_not(tmp_path: Path):
    path = tmp_path / "module.py"
    path.write_text("def long():\n" + "    a = 1\n" * 31 + "\n\ndef short():\n" + "    a = 1\n" * 30)

    assert list(check(path)) == [f"{path}:1: long has 31 lines; at most 30, docstring apart"]


def test_a_style_sheet_may_have_200_lines_and_no_more(tmp_path: Path):
    fine, long = tmp_path / "fine.css", tmp_path / "long.css"
    fine.write_text("\n" * 200)
    long.write_text("\n" * 201)

    assert list(check(fine)) == []
    assert list(check(long)) == [f"{long}:1: 201 lines; at most 200"]
