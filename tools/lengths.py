"""Files of at most 300 lines (CSS 200), functions of at most 30, docstring and signature apart."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.sources import files

LINES = {".py": 300, ".js": 300, ".html": 300, ".sh": 300, ".css": 200}
FUNCTION_LINES = 30
# Made by Django, or cases rather than code.
NOT_OURS = ("*/migrations/*",)
# A test tells a story from top to bottom; its length is bounded by its file.
STORIES = "tests"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print what is too long, one line each, and answer 1 when there is anything."""
    found = [
        line for path in files("*.py", "*.js", "*.html", "*.sh", "*.css", exclude=NOT_OURS) for line in check(path)
    ]
    for line in found:
        print(line)
    return 1 if found else 0


def check(path: Path) -> Iterator[str]:
    """Say what is too long in one file."""
    text = path.read_text("utf-8")
    count, limit = len(text.splitlines()), LINES[path.suffix]
    if count > limit:
        yield f"{path}:1: {count} lines; at most {limit}"
    if path.suffix == ".py" and path.parts[0] != STORIES:
        yield from _long_functions(path, ast.parse(text))


def _long_functions(path: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, Function) and (count := body_lines(node)) > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {count} lines; at most {FUNCTION_LINES}, docstring apart"


def body_lines(function: Function) -> int:
    """Lines of the body from its first statement after the docstring to its last line."""
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


if __name__ == "__main__":
    sys.exit(main())
