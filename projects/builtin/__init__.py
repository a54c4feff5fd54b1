"""Built-in templates of projects: each folder holds a `schema.json` and `guidelines.md`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from annotator.problems import InvalidInput

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Template:
    """A built-in schema with guidelines."""

    id: str
    name: str
    description: str
    definition: dict[str, Any]
    guidelines: str


@cache
def templates() -> dict[str, Template]:
    """Return the built-in templates by id."""
    return {path.parent.name: _read(path.parent) for path in sorted(FOLDER.glob("*/schema.json"))}


def get_template(template_id: str) -> Template:
    """Return a template, or raise `InvalidInput` with the names of all templates."""
    template = templates().get(template_id)
    if template is None:
        detail = f"There is no template “{template_id}”. Templates: {', '.join(templates())}."
        raise InvalidInput(detail, errors=[{"pointer": "/template", "detail": detail}])
    return template


def _read(folder: Path) -> Template:
    definition = orjson.loads((folder / "schema.json").read_bytes())
    guidelines = (folder / "guidelines.md").read_text("utf-8")
    return Template(folder.name, definition["name"], definition["description"], definition, guidelines)
