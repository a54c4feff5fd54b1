"""Project rules that no ready-made linter has."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.sources import files

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}
# A test can fail by an assertion, or by a call whose name says that it asserts.
ASSERTING = re.compile(r"^(assert|expect|check|raises|warns|refuse|must|verify)")
SKIPPING = {"skip", "skipif", "xfail", "importorskip"}
# What a template may not have: the Content-Security-Policy refuses the first five.
INLINE = (
    (re.compile(r"<style[\s>]", re.IGNORECASE), "a style element: write CSS in static/css"),
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "a style attribute: use a class"),
    (re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>", re.IGNORECASE), "an inline script"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE), "an event attribute: listen in a module"),
    (re.compile(r"javascript:", re.IGNORECASE), "a script address"),
    (re.compile(r"\{#(?![^\n]*#\})"), "a comment of several lines, which pages show: end it on its line"),
    (re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"), "unescaped output: escape, or make it safe where it is made"),
)
# What pages share: the frame of base.html with its messages, and one pattern of tables.
FRAME = Path("annotator/platform/http/templates/base.html")
SHARED = (
    (re.compile(r"<(html|body)[\s>]"), "a frame of its own: extend base.html"),
    (re.compile(r"\{%\s*for message in messages\b"), "messages of its own: base.html shows them on every page"),
    (re.compile(r"<table(?![^>]*\bclass=\"(table|sides)\b)"), 'a table of its own: use the class "table"'),
)
IMPORT_WITHOUT_SEMICOLON = re.compile(r"""^(import|export)\b[^;]*\bfrom\s+["'][^"']+["']\s*$""", re.MULTILINE)


def main() -> int:
    """Print each violation on a line and return 1 when there is one."""
    lines: list[str] = []
    for path in files("*.py", "*.js", "*.html", "*.css"):
        lines.extend(check(path, path.read_text("utf-8")))
    for line in lines:
        print(line)
    return 1 if lines else 0


def check(path: Path, text: str) -> Iterator[str]:
    """Yield a line for each violation in one file."""
    if path.stem in VAGUE_NAMES:
        yield f"{path}:1: the name {path.stem!r} means nothing; name what is in it"
    if path.suffix == ".html":
        yield from _template(path, text)
    elif path.suffix == ".js":
        for match in IMPORT_WITHOUT_SEMICOLON.finditer(text):
            yield f"{path}:{_line(text, match.start())}: end the import with a semicolon"
    elif path.name.startswith("test_") and path.suffix == ".py":
        yield from _tests(path, ast.parse(text))


def _template(path: Path, text: str) -> Iterator[str]:
    for pattern, what in INLINE if path == FRAME else (*INLINE, *SHARED):
        for match in pattern.finditer(text):
            yield f"{path}:{_line(text, match.start())}: {what}"


def _tests(path: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and _name(node) in SKIPPING and _is_pytest(node):
            yield f"{path}:{node.lineno}: {_name(node)}: every test has to run"
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not _asserts(node):
            yield f"{path}:{node.lineno}: {node.name} asserts nothing"


def _asserts(function: ast.FunctionDef) -> bool:
    """Return whether a test asserts, itself or through a call whose name says so."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and ASSERTING.match(_name(node.func).lstrip("_")):
            return True
    return False


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_pytest(node: ast.Attribute | ast.Name) -> bool:
    return isinstance(node, ast.Attribute) and _name(node.value) in {"pytest", "mark"}


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


if __name__ == "__main__":
    sys.exit(main())
