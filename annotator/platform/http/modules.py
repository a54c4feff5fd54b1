"""Joining the ES modules of a page into one file, so that a page costs one request instead of one for each module.

Nothing is rewritten beyond the import and export statements: each module becomes a function that is called once, after
those it imports, and returns what it exports. That is enough because modules here import by name only, from files
beside them, without cycles; anything else is refused, loudly, while static files are collected.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"\./([\w-]+)\.js";$', re.MULTILINE)
REEXPORT = re.compile(r'^export\s*\{([^}]+)\}\s*from\s*"\./([\w-]+)\.js";$', re.MULTILINE)
DECLARATION = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b\*? ?([\w$]+))", re.MULTILINE)
NOTHING = re.compile(r"^export \{\};$", re.MULTILINE)
# What takes the comments out does not know a template within a template, and would take out its blanks as well.
NESTED = re.compile(r"`[^`]*\$\{[^}`]*`")
LEFTOVER = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


def join_modules(entry: Path, *, upon: Path | None = None, lends_to: Sequence[Path] = ()) -> str:
    """Return one module that does what `entry` does with all that it imports.

    `upon` is the entry of a joined file that is loaded before: what it holds is taken from there, so that no module
    runs twice. That file has to be joined with `lends_to` naming this entry, and exports what is needed.

    Raises `ValueError` for a statement that is none of the forms above, for modules that import in a circle, and for
    templates within templates.
    """
    parts: dict[str, str] = {}
    _add(entry, parts, trail=())
    lent = sorted({stem for later in lends_to for stem in _borrowed(later, upon=entry)})
    borrowed = sorted(_borrowed(entry, upon=upon)) if upon else []
    lines = [f'import {{ {", ".join(map(_name, borrowed))} }} from "./{upon.name}";'] if upon and borrowed else []
    known = _modules(upon) if upon else {}
    lines += [part for stem, part in parts.items() if stem not in known]
    lines += [f"export {{ {', '.join(map(_name, lent))} }};"] if lent else []
    return "\n".join(lines if not upon else [*lines, *_exports_of(entry)])


def _modules(entry: Path) -> dict[str, Path]:
    """All modules that an entry needs, itself included, by name."""
    found = {entry.stem: entry}
    waiting = [entry]
    while waiting:
        for path in _imports(waiting.pop()):
            if path.stem not in found:
                found[path.stem] = path
                waiting.append(path)
    return found


def _imports(path: Path) -> list[Path]:
    source = path.read_text("utf-8")
    return [path.with_name(f"{match[2]}.js") for form in (IMPORT, REEXPORT) for match in form.finditer(source)]


def _borrowed(entry: Path, *, upon: Path) -> set[str]:
    """The modules of `upon` that the other modules of an entry import."""
    known = _modules(upon)
    own = [path for stem, path in _modules(entry).items() if stem not in known]
    return {path.stem for module in own for path in _imports(module) if path.stem in known}


def _exports_of(entry: Path) -> Iterator[str]:
    """What a file that is loaded by script gives to the script that loads it."""
    names = [match[1] for match in DECLARATION.finditer(entry.read_text("utf-8"))]
    yield f"export const {{ {', '.join(names)} }} = {_name(entry.stem)};"


def _add(path: Path, parts: dict[str, str], *, trail: tuple[str, ...]) -> None:
    if path.stem in trail:
        raise ValueError(f"Modules import each other in a circle: {' -> '.join([*trail, path.stem])}.")
    if path.stem in parts:
        return
    for imported in _imports(path):
        _add(imported, parts, trail=(*trail, path.stem))
    parts[path.stem] = _as_function(path, path.read_text("utf-8"))


def _as_function(path: Path, source: str) -> str:
    exported = [match[1] for match in DECLARATION.finditer(source)]
    exported += [entry for match in REEXPORT.finditer(source) for entry in _passed_on(match)]
    body = NOTHING.sub("", DECLARATION.sub("", REEXPORT.sub("", IMPORT.sub(_destructured, source))))
    if leftover := LEFTOVER.search(body):
        raise ValueError(f"{path.name} has a statement that cannot be joined: {leftover[0]}")
    if nested := NESTED.search(body):
        raise ValueError(f"{path.name} has a template within a template, which would lose its blanks: {nested[0]}")
    return f"const {_name(path.stem)} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();"


def _destructured(match: re.Match[str]) -> str:
    return f"const {{{re.sub(r' as ', ': ', match[1])}}} = {_name(match[2])};"


def _passed_on(match: re.Match[str]) -> Iterator[str]:
    for names in filter(None, map(str.strip, match[1].split(","))):
        inner, _, outer = names.partition(" as ")
        yield f"{outer or inner}: {_name(match[2])}.{inner}"


def _name(stem: str) -> str:
    return f"${stem.replace('-', '_')}"
