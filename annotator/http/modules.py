"""Joining the ES modules of a page into one file, so that a page costs one request instead of one for each module.

Nothing is rewritten beyond the import and export statements: each module becomes a function that is called once, after
those it imports, and returns what it exports. That is enough because modules here import by name only, from files
beside them, without cycles; anything else is refused, loudly, while static files are collected.
"""

import re
from collections.abc import Iterator
from pathlib import Path

IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"\./([\w-]+)\.js";$', re.MULTILINE)
REEXPORT = re.compile(r'^export\s*\{([^}]+)\}\s*from\s*"\./([\w-]+)\.js";$', re.MULTILINE)
DECLARATION = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b\*? ?([\w$]+))", re.MULTILINE)
NOTHING = re.compile(r"^export \{\};$", re.MULTILINE)
LEFTOVER = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


def join_modules(entry: Path) -> str:
    """Return one module that does what `entry` does with all that it imports.

    Raises `ValueError` for a statement that is none of the forms above, and for modules that import in a circle.
    """
    parts: dict[str, str] = {}
    _add(entry, parts, trail=())
    return "\n".join(parts.values())


def _add(path: Path, parts: dict[str, str], *, trail: tuple[str, ...]) -> None:
    if path.stem in trail:
        raise ValueError(f"Modules import each other in a circle: {' -> '.join([*trail, path.stem])}.")
    if path.stem in parts:
        return
    source = path.read_text("utf-8")
    for pattern in (IMPORT, REEXPORT):
        for match in pattern.finditer(source):
            _add(path.with_name(f"{match[2]}.js"), parts, trail=(*trail, path.stem))
    parts[path.stem] = _as_function(path, source)


def _as_function(path: Path, source: str) -> str:
    exported = [match[1] for match in DECLARATION.finditer(source)]
    exported += [entry for match in REEXPORT.finditer(source) for entry in _passed_on(match)]
    body = NOTHING.sub("", DECLARATION.sub("", REEXPORT.sub("", IMPORT.sub(_destructured, source))))
    if leftover := LEFTOVER.search(body):
        raise ValueError(f"{path.name} has a statement that cannot be joined: {leftover[0]}")
    return f"const {_name(path.stem)} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();"


def _destructured(match: re.Match[str]) -> str:
    return f"const {{{re.sub(r' as ', ': ', match[1])}}} = {_name(match[2])};"


def _passed_on(match: re.Match[str]) -> Iterator[str]:
    for names in filter(None, map(str.strip, match[1].split(","))):
        inner, _, outer = names.partition(" as ")
        yield f"{outer or inner}: {_name(match[2])}.{inner}"


def _name(stem: str) -> str:
    return f"${stem.replace('-', '_')}"
