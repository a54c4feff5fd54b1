"""ES modules of a page joined into one file, so that the page costs one request instead of one for each module.

Nothing is rewritten beyond the import and export statements: each module becomes a function that is called once, after
the modules it imports, and returns a list of what it exports. That is enough because modules here import by name only,
from relative addresses, without cycles; collecting static files stops at anything else.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

ADDRESS = r'"(\.{1,2}/[\w./-]+\.js)"'
IMPORT = re.compile(rf"^import\s*\{{([^}}]*)\}}\s*from\s*{ADDRESS};$", re.MULTILINE)
REEXPORT = re.compile(rf"^export\s*\{{([^}}]+)\}}\s*from\s*{ADDRESS};$", re.MULTILINE)
DECLARATION = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b\*? ?([\w$]+))", re.MULTILINE)
NOTHING = re.compile(r"^export \{\};$", re.MULTILINE)
# The minifier does not recognise a template within a template and would remove its white space.
NESTED = re.compile(r"`[^`]*\$\{[^}`]*`")
LEFTOVER = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


def join_modules(entry: Path, *, upon: Path | None = None, lends_to: Sequence[Path] = ()) -> str:
    """Return one module that does what `entry` does with all modules that it imports.

    `upon` is the entry of a joined file that is loaded before: its modules are imported from there, so that no module
    runs twice. That file has to be joined with `lends_to` naming this entry, and exports what is needed. Both entries
    lie in one folder.

    Raises `ValueError` for a statement that is none of the forms above, for modules that import in a circle, and for
    templates within templates.
    """
    root = entry.parent
    parts: dict[Path, str] = {}
    _add(entry, parts, root=root, trail=())
    lent = sorted({_name(path, root) for later in lends_to for path in _borrowed(later, upon=entry)})
    borrowed = sorted(_name(path, root) for path in _borrowed(entry, upon=upon)) if upon else []
    known = _modules(upon) if upon else set()
    body = "\n".join(part for path, part in parts.items() if path not in known)
    if not upon:
        return _enclosed(body, lent) + (f"\nexport {{ {', '.join(lent)} }};" if lent else "")
    imports = f'import {{ {", ".join(borrowed)} }} from "./{upon.name}";\n' if borrowed else ""
    return f"{imports}{_enclosed(body, [_name(entry, root)])}\n{_exports_of(entry)}"


def _enclosed(body: str, names: Sequence[str]) -> str:
    """Return statements within a function, with those of their constants that are needed outside.

    The minifier shortens names within functions only.
    """
    listed = ", ".join(names)
    return f"const [{listed}] = (() => {{\n{body}\nreturn [{listed}];\n}})();"


def _modules(entry: Path) -> set[Path]:
    """Return all modules that an entry needs, itself included."""
    modules = {entry}
    waiting = [entry]
    while waiting:
        for path in _imports(waiting.pop()):
            if path not in modules:
                modules.add(path)
                waiting.append(path)
    return modules


def _imports(path: Path) -> list[Path]:
    source = path.read_text("utf-8")
    return [_resolved(path, match[2]) for form in (IMPORT, REEXPORT) for match in form.finditer(source)]


def _resolved(path: Path, address: str) -> Path:
    return Path(os.path.normpath(path.parent / address))


def _borrowed(entry: Path, *, upon: Path) -> set[Path]:
    """Return the modules of `upon` that the other modules of an entry import."""
    known = _modules(upon)
    own = _modules(entry) - known
    return {imported for path in own for imported in _imports(path) if imported in known}


def _exports_of(entry: Path) -> str:
    """Return the statement by which a file that is loaded by script gives its exports to the script that loads it."""
    return f"export const [{', '.join(_exported(entry))}] = {_name(entry, entry.parent)};"


def _add(path: Path, parts: dict[Path, str], *, root: Path, trail: tuple[Path, ...]) -> None:
    if path in trail:
        circle = " -> ".join(os.path.relpath(step.with_suffix(""), root) for step in (*trail, path))
        raise ValueError(f"Modules import each other in a circle: {circle}.")
    if path in parts:
        return
    for imported in _imports(path):
        _add(imported, parts, root=root, trail=(*trail, path))
    parts[path] = _as_function(path, root)


def _as_function(path: Path, root: Path) -> str:
    source = path.read_text("utf-8")
    values = [match[1] for match in DECLARATION.finditer(source)]
    values += [value for match in REEXPORT.finditer(source) for value in _passed_on(match, path, root)]

    def unpacked(match: re.Match[str]) -> str:
        return _unpacked(_resolved(path, match[2]), match[1], root)

    body = NOTHING.sub("", DECLARATION.sub("", REEXPORT.sub("", IMPORT.sub(unpacked, source))))
    if leftover := LEFTOVER.search(body):
        raise ValueError(f"{path.name} has a statement that cannot be joined: {leftover[0]}")
    if nested := NESTED.search(body):
        raise ValueError(f"{path.name} has a template within a template, which would lose its blanks: {nested[0]}")
    return f"const {_name(path, root)} = (() => {{\n{body}\nreturn [{', '.join(values)}];\n}})();"


def _unpacked(path: Path, names: str, root: Path) -> str:
    """Return the statement that unpacks exports by their place: the minifier shortens names, but no properties."""
    exported = _exported(path)
    local = {inner: outer or inner for inner, outer in _pairs(names)}
    if missing := local.keys() - set(exported):
        raise ValueError(f"{path.name} does not export {', '.join(sorted(missing))}.")
    places = [local.get(name, "") for name in exported]
    while places and not places[-1]:
        places.pop()
    return f"const [{', '.join(places)}] = {_name(path, root)};"


def _exported(path: Path) -> list[str]:
    """Return the names that a module exports, in the order in which its function returns them."""
    source = path.read_text("utf-8")
    passed_on = [outer or inner for match in REEXPORT.finditer(source) for inner, outer in _pairs(match[1])]
    return [match[1] for match in DECLARATION.finditer(source)] + passed_on


def _pairs(names: str) -> Iterator[tuple[str, str]]:
    """Yield the names of an import or export statement, with the other name that follows `as`."""
    for name in filter(None, map(str.strip, names.split(","))):
        inner, _, outer = name.partition(" as ")
        yield inner, outer


def _passed_on(match: re.Match[str], path: Path, root: Path) -> Iterator[str]:
    source = _resolved(path, match[2])
    for inner, _outer in _pairs(match[1]):
        yield f"{_name(source, root)}[{_exported(source).index(inner)}]"


def _name(path: Path, root: Path) -> str:
    """Return the name of the constant that holds the exports of a module."""
    return "$" + re.sub(r"\W+", "_", os.path.relpath(path.with_suffix(""), root))
