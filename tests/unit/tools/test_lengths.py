import ast
from pathlib import Path

from tools.lengths import body_lines, check, check_folders


def _function(text: str) -> ast.FunctionDef:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function


def test_signature_and_docstring_do_not_count():
    text = 'def f(\n    a,\n    b,\n):\n    """Say\n\n    a lot.\n    """\n    c = a\n    return c\n'

    assert body_lines(_function(text)) == 2


def test_a_function_that_only_has_a_docstring_has_no_lines():
    assert body_lines(_function('def f():\n    """Nothing."""\n')) == 0


def test_a_function_of_41_lines_is_too_long(tmp_path: Path):
    path = tmp_path / "module.py"
    path.write_text("def long():\n" + "    a = 1\n" * 41 + "\n\ndef short():\n" + "    a = 1\n" * 40)

    assert list(check(path)) == [f"{path}:1: long has 41 lines; at most 40, docstring apart"]


def test_a_style_sheet_of_251_lines_is_too_long(tmp_path: Path):
    fine, long = tmp_path / "fine.css", tmp_path / "long.css"
    fine.write_text("\n" * 250)
    long.write_text("\n" * 251)

    assert list(check(fine)) == []
    assert list(check(long)) == [f"{long}:1: 251 lines; at most 250"]


def test_a_folder_of_16_modules_is_too_wide():
    modules = [Path(f"annotator/wide/module_{number}.py") for number in range(16)]

    assert list(check_folders([*modules, Path("annotator/wide/__init__.py")])) == [
        "annotator/wide: 16 modules side by side; at most 15"
    ]
    assert list(check_folders(modules[1:])) == []


def test_a_folder_of_recipes_may_be_wide():
    assert list(check_folders(Path(f"annotator/measures/measure_{number}.py") for number in range(16))) == []
