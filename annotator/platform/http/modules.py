"""ES modules of a page joined into one file, so that the page costs one request instead of one for each module.

Nothing is rewritten beyond the import and export statements. The modules follow each other, each after those that it
imports, in one function: an import is a name in its scope. A module with a name at its top that another module also has
there gets a function of its own, which is called once and returns its exports; so does one that imports a name as
another. That is enough because modules here import by name only, from relative addresses, without cycles; collecting
static files stops at anything else. No name at the top of a module may be that of a global, which ESLint ensures.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ADDRESS = r'"(\.{1,2}/[\w./-]+\.js)"'
IMPORT = re.compile(rf"^import\s*\{{([^}}]*)\}}\s*from\s*{ADDRESS};$", re.MULTILINE)
REEXPORT = re.compile(rf"^export\s*\{{([^}}]+)\}}\s*from\s*{ADDRESS};$", re.MULTILINE)
DECLARATION = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b\*? ?([\w$]+))", re.MULTILINE)
TOP = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) ([\w$]+|\[[^]]*\]|\{[^}]*\})", re.MULTILINE)
UNPACKED = re.compile(r"^(?:export )?(?:const|let) [\[{]", re.MULTILINE)
NOTHING = re.compile(r"^export \{\};$", re.MULTILINE)
# The minifier does not recognise a template within a template and would remove its white space.
NESTED = re.compile(r"`[^`]*\$\{[^}`]*`")
# The name of the list that a file exports for those that are loaded upon it.
LENT = "$lent"
LEFTOVER = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
# A module, and a name that it exports.
Export = tuple[Path, str]


def join_modules(entry: Path, *, upon: Path | None = None, lends_to: Sequence[Path] = ()) -> str:
    """Return one module that does what `entry` does with all modules that it imports.

    `upon` is the entry of a joined file that is loaded before: what its modules export is imported from there, so that
    no module runs twice. `lends_to` are all entries that are loaded upon that file, the same for each of them (this
    entry alone, unless more are named): the file exports one list of what they need. All entries lie in one folder.

    Raises `ValueError` for a statement that is none of the forms above, for modules that import in a circle, and for
    templates within templates.
    """
    known = _modules(upon) if upon else {}
    own = [module for path, module in _modules(entry).items() if path not in known]
    borrowed = {path: known[path] for module in own for path in module.imported if path in known}
    file = JoinedFile(entry.parent, own, borrowed, known)
    if not upon:
        lent = _lent(entry, lends_to)
        body = file.enclosed([file.value(*export) for export in lent])
        return f"export const {LENT} = {body};" if lent else f"{body};"
    lent = _lent(upon, lends_to or (entry,))
    imports = f'import {{ {LENT} }} from "./{upon.name}";\n' if borrowed else ""
    values = [file.value(entry, name) for name in own[-1].exported]
    return f"{imports}export const [{', '.join(own[-1].exported)}] = {file.enclosed(values, lent)};"


@dataclass(frozen=True)
class Module:
    """A module, with the names that it exports, has at its top, and imports from others by address."""

    path: Path
    source: str

    @cached_property
    def declared(self) -> list[str]:
        """The names that it declares and exports, in order."""
        return [match[1] for match in DECLARATION.finditer(self.source)]

    @cached_property
    def passed_on(self) -> dict[str, tuple[Path, str]]:
        """The names that it exports for other modules, each with the module and its name there."""
        return {
            outer or inner: (_resolved(self.path, match[2]), inner)
            for match in REEXPORT.finditer(self.source)
            for inner, outer in _pairs(match[1])
        }

    @cached_property
    def exported(self) -> list[str]:
        """All names that it exports, in order."""
        return [*self.declared, *self.passed_on]

    @cached_property
    def imported(self) -> dict[Path, list[tuple[str, str]]]:
        """The modules that it needs, with the names that it imports and what it calls them, "" for the same."""
        found: dict[Path, list[tuple[str, str]]] = {}
        for form in (IMPORT, REEXPORT):
            for match in form.finditer(self.source):
                pairs = _pairs(match[1]) if form is IMPORT else ()
                found.setdefault(_resolved(self.path, match[2]), []).extend(pairs)
        return found

    @cached_property
    def needed(self) -> set[Export]:
        """What it imports or passes on."""
        imports = {(path, inner) for path, names in self.imported.items() for inner, _ in names}
        return imports | set(self.passed_on.values())

    @cached_property
    def top(self) -> set[str]:
        """The names that it declares at its top."""
        return {name for match in TOP.finditer(self.source) for name in re.findall(r"[\w$]+", match[1])}

    @cached_property
    def renames(self) -> bool:
        """Whether it calls something that it imports or passes on otherwise."""
        imports = any(outer for names in self.imported.values() for _, outer in names)
        return imports or any(name != inner for name, (_, inner) in self.passed_on.items())


class JoinedFile:
    """Modules in order, and those that they borrow from a file that is loaded before."""

    def __init__(
        self, root: Path, own: Sequence[Module], borrowed: Mapping[Path, Module], known: Mapping[Path, Module]
    ) -> None:
        self.root = root
        self.own = own
        self.borrowed = borrowed
        self.modules = {module.path: module for module in own} | dict(known)
        private = {(name, (module.path, name)) for module in own for name in module.top}
        exported = {
            (name, self._origin(module, name)) for module in (*own, *borrowed.values()) for name in module.exported
        }
        self.owners = Counter(name for name, _origin in private | exported)

    def _origin(self, module: Module, name: str) -> tuple[Path, str]:
        """Return the module that declares what another one exports, and its name there."""
        if name not in module.passed_on:
            return module.path, name
        path, inner = module.passed_on[name]
        return self._origin(self.modules[path], inner)

    def name(self, path: Path) -> str:
        """Return the name of the constant that holds the exports of a module."""
        return "$" + re.sub(r"\W+", "_", os.path.relpath(path.with_suffix(""), self.root))

    def enclosed(self, values: Sequence[str], lent: Sequence[Export] = ()) -> str:
        """Return the call of a function that holds the modules and returns a list of values.

        `lent` is what the file loaded before exports. The minifier shortens names within functions only.
        """
        body = "\n".join([*self._unpacked_once(lent), *map(self._statements, self.own)])
        return f"(() => {{\n{body}\nreturn [{', '.join(values)}];\n}})()"

    def _is_visible(self, path: Path) -> bool:
        """Return whether the exports of a module can be names in the common scope."""
        module = self.modules[path]
        return not module.renames and all(self.owners[name] == 1 for name in module.exported)

    def _is_open(self, module: Module) -> bool:
        """Return whether a module needs no function of its own."""
        is_alone = all(self.owners[name] == 1 for name in module.top) and not UNPACKED.search(module.source)
        return is_alone and not module.renames and all(map(self._is_visible, module.imported))

    def _statements(self, module: Module) -> str:
        body = self._body(module)
        if self._is_open(module):
            return body
        name = self.name(module.path)
        function = f"const {name} = (() => {{\n{body}\nreturn [{', '.join(self._values(module))}];\n}})();"
        if not self._is_visible(module.path):
            return function
        # One by one: the minifier moves constants that unpack a list before others, which they may need.
        exports = (f"const {export} = {name}[{place}];" for place, export in enumerate(module.declared))
        return "\n".join([function, *exports])

    def _body(self, module: Module) -> str:
        """The statements of a module, with its imports as constants where they are not names in its scope already."""

        def imports(match: re.Match[str]) -> str:
            return self._unpacked(_resolved(module.path, match[2]), match[1])

        body = NOTHING.sub("", DECLARATION.sub("", REEXPORT.sub("", IMPORT.sub(imports, module.source))))
        if leftover := LEFTOVER.search(body):
            raise ValueError(f"{module.path.name} has a statement that cannot be joined: {leftover[0]}")
        if nested := NESTED.search(body):
            detail = "has a template within a template, which would lose its blanks"
            raise ValueError(f"{module.path.name} {detail}: {nested[0]}")
        return body

    def _values(self, module: Module) -> list[str]:
        """What the function of a module returns: its own names, and what it passes on unless that is in scope."""
        if self._is_visible(module.path):
            return module.declared
        return [*module.declared, *(self.value(*passed_on) for passed_on in module.passed_on.values())]

    def value(self, path: Path, name: str) -> str:
        """Return the expression for what a module exports under a name."""
        return name if self._is_visible(path) else f"{self.name(path)}[{self.modules[path].exported.index(name)}]"

    def _unpacked(self, path: Path, names: str) -> str:
        exported = self.modules[path].exported
        local = {inner: outer or inner for inner, outer in _pairs(names)}
        if missing := local.keys() - set(exported):
            raise ValueError(f"{path.name} does not export {', '.join(sorted(missing))}.")
        if self._is_visible(path):
            return " ".join(f"const {outer} = {inner};" for inner, outer in local.items() if outer != inner)
        return _by_place(self.name(path), exported, local)

    def _unpacked_once(self, lent: Sequence[Export]) -> Iterator[str]:
        """Yield the statements that unpack what this file borrows, for all modules that need it."""
        used = {export for module in self.own for export in module.needed}
        places = [name if (path, name) in used and self._is_visible(path) else "" for path, name in lent]
        yield _unpacking(places, LENT)
        for path in self.borrowed:
            if not self._is_visible(path):
                listed = [f"{LENT}[{lent.index((path, name))}]" if (path, name) in used else "undefined"
                          for name in self.modules[path].exported]  # fmt: skip
                yield f"const {self.name(path)} = [{', '.join(listed)}];"


def _by_place(name: str, exported: Sequence[str], local: Mapping[str, str]) -> str:
    """Return the statement that unpacks exports by their place: the minifier shortens names, but no properties."""
    return _unpacking([local.get(each, "") for each in exported], name)


def _unpacking(places: Sequence[str], name: str) -> str:
    """Return the statement that gives names to places of a list, "" for those that are not needed."""
    last = max((place for place, each in enumerate(places) if each), default=-1)
    return f"const [{', '.join(places[: last + 1])}] = {name};" if last >= 0 else ""


def _modules(entry: Path) -> dict[Path, Module]:
    """Return all modules that an entry needs, each after those that it imports; itself is the last."""
    modules: dict[Path, Module] = {}
    _add(entry, modules, root=entry.parent, trail=())
    return modules


def _add(path: Path, modules: dict[Path, Module], *, root: Path, trail: tuple[Path, ...]) -> None:
    if path in trail:
        circle = " -> ".join(os.path.relpath(step.with_suffix(""), root) for step in (*trail, path))
        raise ValueError(f"Modules import each other in a circle: {circle}.")
    if path in modules:
        return
    module = Module(path, path.read_text("utf-8"))
    for imported in module.imported:
        _add(imported, modules, root=root, trail=(*trail, path))
    modules[path] = module


def _resolved(path: Path, address: str) -> Path:
    return Path(os.path.normpath(path.parent / address))


def _lent(first: Path, entries: Sequence[Path]) -> list[Export]:
    """Return what the files of some entries import from modules of the one that is loaded before them, in order."""
    known = _modules(first)
    return sorted(
        {
            (imported, name)
            for entry in entries
            for path, module in _modules(entry).items()
            if path not in known
            for imported, name in module.needed
            if imported in known
        }
    )


def _pairs(names: str) -> Iterator[tuple[str, str]]:
    """Yield the names of an import or export statement, with the other name that follows `as`."""
    for name in filter(None, map(str.strip, names.split(","))):
        inner, _, outer = name.partition(" as ")
        yield inner, outer
