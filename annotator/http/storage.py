"""Static files as they are served: modules without their comments, names that carry a hash of the content."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from rjsmin import jsmin  # type: ignore[import-untyped]
from whitenoise.storage import CompressedManifestStaticFilesStorage

from annotator.http.modules import join_modules

# Pages whose modules are many: they are served as one file, under the name of the one that begins.
JOINED = frozenset({"editor/main.js"})


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between ES modules, so that a browser can keep every file for ever.

    A third of the editor's source is comments and types for readers and checkers; browsers need not load them.
    """

    support_js_module_import_aggregation = True
    # One pass for each level of imports: the hash of a module depends on the hashes of those below it.
    max_post_process_passes = 20

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Store a file that is being collected; modules of ours lose comments and blank space on the way."""
        if name and _is_module(name):
            entry = finders.find(name) if name in JOINED else None
            source = join_modules(Path(entry)) if entry else content.read().decode()
            content = ContentFile(jsmin(source).encode())
        return super().save(name, content, max_length)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Give files their hashed names; modules are taken as they were stored above, not from their source.

        There the comments name types by `import("./spans.js")`, which would count as imports, and as circular ones.
        """
        collected = {name: (self, name) if _is_module(name) else found for name, found in paths.items()}
        yield from super().post_process(collected, dry_run, **options)  # type: ignore[no-untyped-call]


def _is_module(name: str) -> bool:
    return name.endswith(".js") and name.startswith(("editor/", "agreement/"))
