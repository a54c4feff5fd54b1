"""Storage of the collected static files: minified modules and styles, and names with a hash of the content."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import minify
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from annotator.platform.http.modules import join_modules

# Entry modules of pages with many modules, which are served as one file each. A file that such a page loads later
# imports the modules that both need from the first one.
JOINED = {
    "adjudication/desk.js": None,
    "agreement/list.js": None,
    "editor/main.js": None,
    "editor/extras.js": "editor/main.js",
    "editor/dialogs.js": "editor/main.js",
    "editor/suggestions.js": "editor/main.js",
    "editor/tomorrow.js": "editor/main.js",
}
# Style sheets that only import others are served as one file, which also compresses better.
STYLES = frozenset({"css/editor-page.css"})
# The folders of our ES modules; other scripts are libraries, which are served unchanged.
MODULES = ("adjudication/", "agreement/", "editor/", "keyboard/", "pages/", "saving/")
STYLE_IMPORT = re.compile(r'^@import "\./([\w-]+\.css)";$', re.MULTILINE)


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Storage that also rewrites the imports between ES modules, so that browsers can cache every file for ever.

    A third of the editor's source is comments and types for developers; browsers need not load them.
    """

    support_js_module_import_aggregation = True
    # One pass for each level of imports: the hash of a module depends on the hashes of those below it.
    max_post_process_passes = 20

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Store a collected file; comments and white space of our own modules and styles are removed."""
        if name and _is_module(name):
            source = _joined(name) if name in JOINED else content.read().decode()
            content = ContentFile(minify.string("application/javascript", source).encode())
        elif name and _is_style(name):
            source = _with_imports(_source_of(name)) if name in STYLES else content.read().decode()
            content = ContentFile(minify.string("text/css", source).encode())
        return super().save(name, content, max_length)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Give files their hashed names, reading rewritten files as stored rather than from their source.

        In the source, comments refer to types by `import("./spans.js")`, which would count as circular imports.
        """
        collected = {name: (self, name) if _is_rewritten(name) else source for name, source in paths.items()}
        yield from super().post_process(collected, dry_run, **options)  # type: ignore[no-untyped-call]


def _joined(name: str) -> str:
    upon = JOINED[name]
    later = [_source_of(other) for other, first in JOINED.items() if first == (upon or name)]
    return join_modules(_source_of(name), upon=_source_of(upon) if upon else None, lends_to=later)


def _with_imports(path: Path) -> str:
    return STYLE_IMPORT.sub(lambda match: path.with_name(match[1]).read_text("utf-8"), path.read_text("utf-8"))


def _source_of(name: str) -> Path:
    path = finders.find(name)
    if not path:
        raise ValueError(f"The static file {name} is to be joined, but it does not exist.")
    return Path(path)


def _is_rewritten(name: str) -> bool:
    return _is_style(name) or _is_module(name)


def _is_style(name: str) -> bool:
    return name.endswith(".css") and name.startswith("css/")


def _is_module(name: str) -> bool:
    return name.endswith(".js") and name.startswith(MODULES)
