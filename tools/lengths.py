"""Sizes by STYLE: modules of at most 400 lines, style sheets of 250, functions of 40, folders of 15 modules.

Docstring and signature of a function do not count.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.sources import files

LINES = {".py": 400, ".js": 400, ".html": 400, ".sh": 400, ".css": 250}
FUNCTION_LINES = 40
MODULES = 15
MADE_BY_DJANGO = ("*/migrations/*",)
# The length of a test is bounded by that of its file.
TESTS = "tests"
# One file for each format, measure or source of suggestions.
RECIPES = {"formats", "measures", "suggestions"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print what is too long or too wide, one line each, and return 1 when there is anything."""
    lines = [
        line
        for path in files("*.py", "*.js", "*.html", "*.sh", "*.css", exclude=MADE_BY_DJANGO)
        for line in check(path)
    ]
    modules = files("annotator/*.py", "projects/*.py", "static/*.js", exclude=MADE_BY_DJANGO)
    lines += check_folders(modules)
    for line in lines:
        print(line)
    return 1 if lines else 0


def check(path: Path) -> Iterator[str]:
    """Yield a line for each part of one file that is too long."""
    text = path.read_text("utf-8")
    count, limit = len(text.splitlines()), LINES[path.suffix]
    if count > limit:
        yield f"{path}:1: {count} lines; at most {limit}"
    if path.suffix == ".py" and path.parts[0] != TESTS:
        yield from _long_functions(path, ast.parse(text))


def check_folders(modules: Iterable[Path]) -> Iterator[str]:
    """Yield a line for each folder that has too many of these modules side by side."""
    counts = Counter(path.parent for path in modules if path.name != "__init__.py")
    for folder, count in sorted(counts.items()):
        if count > MODULES and folder.name not in RECIPES:
            yield f"{folder}: {count} modules side by side; at most {MODULES}"


def _long_functions(path: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, Function) and (count := body_lines(node)) > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {count} lines; at most {FUNCTION_LINES}, docstring apart"


def body_lines(function: Function) -> int:
    """Return the number of lines from the first statement after the docstring to the last line."""
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


if __name__ == "__main__":
    sys.exit(main())
