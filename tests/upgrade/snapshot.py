"""The names that other programs rely on, read from the project in the working directory and printed as JSON.

`wire.json` was made by this script at commit 00811ce: `python …/tests/upgrade/snapshot.py > …/tests/upgrade/wire.json`.
It looks things up in the running project, so that it does not depend on where a module is; what it has to know of the
code stands in the constants below.
"""

import importlib
import json
import os
import pkgutil
import re
import sys
from argparse import SUPPRESS
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path.cwd()
PACKAGES = ("annotator", "projects")
SETTINGS = "annotator.settings"
# A registry is any mapping of a module that has all of these keys.
REGISTRIES = {
    "formats": ("jsonl", "brat", "conll"),
    "training formats": ("span-ner", "chat", "soft-labels"),
    "job kinds": ("import_documents",),
}
COMMON_FLAGS = {
    "--help",
    "--version",
    "--verbosity",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
}
METHODS = ("get", "post", "put", "patch", "delete")
# What pages keep in the browser or send each other, as patterns of what `static/` says with white space made one blank.
# `NAME` is any expression in a template literal, `WORD` any variable.
BROWSER = {
    "database of unsent changes, channel": r"`annotator-NAME-NAME`",
    "version of both databases": r"\.open\(WORD, 1\)",
    "store of unsent changes": r'"changes"',
    "key of unsent changes": r'\{ keyPath: "sequence", autoIncrement: true \}',
    "index of unsent changes": r'\.createIndex\("id", "id", \{ unique: true \}\)',
    "fields of an unsent change": r"\{id: string, owner: string, base: number, change: (?:Change|any)\}",
    "store of conflicts": r'"conflicts"',
    "key of conflicts": r'\{ keyPath: "id" \}',
    "fields of a conflict": ".{1,200}".join(("spanId", "field", "mine", "theirs", "message", "change")),
    "database of the history": r"`NAME-history`",
    "store of the history": r'"entries"',
    "key of the history": r'\{ keyPath: "key" \}',
    "fields of the history": r"\{key: number, isDone: boolean, changes: Change\[\], selectedId: string\|null\}",
    "local storage of unreported time": r"`NAME-time-`",
    "lock of a tab": r"`annotator-tab-NAME`",
    "lock of the sender": r"`annotator-send NAME`",
    "message between tabs": r"\{revision: number[,}]",
    "file of saved work": r'"my-work\.jsonl"',
    "name of a saved set": r"`NAME, saved as a file NAMEZ`",
    "line of a saved set": r"\{ text: [\w.]+, sha256: [\w.]+, annotators: \{ \[WORD\]: WORD \} \}",
}


class RecordingEnvironment(os._Environ):
    """The environment, remembering which names the project asks for."""

    asked: set[str] = set()

    def __getitem__(self, key):
        frame = sys._getframe(1)
        while frame.f_back and Path(frame.f_code.co_filename).name in (
            "os.py",
            "<frozen os>",
            "<frozen _collections_abc>",
        ):
            frame = frame.f_back
        if any(str(ROOT / package) + os.sep in frame.f_code.co_filename for package in PACKAGES):
            self.asked.add(key)
        return super().__getitem__(key)


def main() -> None:
    with TemporaryDirectory() as folder:
        sys.path.insert(0, str(ROOT))
        for name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "ALLOWED_HOSTS"):
            os.environ.pop(name, None)
        os.environ.update(VAR_DIR=folder, DJANGO_SETTINGS_MODULE=SETTINGS)
        os.environ.__class__ = RecordingEnvironment
        importlib.import_module(SETTINGS)
        settings_read = sorted(RecordingEnvironment.asked)
        import django

        django.setup()
        print(as_text({"settings": settings_read, **snapshot(Path(folder))}))


def as_text(sections: dict[str, Any]) -> str:
    """JSON with one line for each entry of a section, so that a change is seen in a diff."""

    def lines(section):
        if isinstance(section, list):
            return "[\n" + ",\n".join(f"  {as_line(entry)}" for entry in section) + "\n ]"
        return "{\n" + ",\n".join(f"  {as_line(name)}: {as_line(entry)}" for name, entry in section.items()) + "\n }"

    def as_line(value):
        return json.dumps(value, ensure_ascii=False)

    return "{\n" + ",\n".join(f" {as_line(title)}: {lines(section)}" for title, section in sections.items()) + "\n}"


def snapshot(var_dir: Path) -> dict[str, Any]:
    modules = list(project_modules())
    return {
        "folders of data": folders_of_data(var_dir),
        "routes": sorted(routes()),
        **api(),
        "problems": sorted(problems(Exception)),
        "commands": commands(),
        "migrations of applications": migrations_of_applications(),
        "tables": tables(),
        **{title: sorted(keys_of(having, modules)) for title, having in REGISTRIES.items()},
        **celery(),
        "cookies and headers": cookies(),
        "browser": browser(),
    }


def project_modules() -> Iterator[Any]:
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        for found in pkgutil.walk_packages(path, package + ".", onerror=lambda name: None):
            if ".migrations" in found.name:
                continue
            try:
                yield importlib.import_module(found.name)
            except (ImportError, KeyError) as error:  # what needs a package or a process that is not here
                print(f"{found.name} cannot be imported: {error!r}", file=sys.stderr)


def keys_of(having: tuple[str, ...], modules: list[Any]) -> set[str]:
    registries = [
        value
        for module in modules
        for value in list(vars(module).values())
        if isinstance(value, Mapping) and all(key in value for key in having)
    ]
    return {str(key) for registry in registries for key in registry}


def folders_of_data(var_dir: Path) -> list[str]:
    from django.conf import settings

    values = [getattr(settings, name) for name in dir(settings) if name.isupper()]
    paths = [value for value in values if isinstance(value, Path) and var_dir in value.parents]
    database = settings.DATABASES["default"]["NAME"]
    return sorted({path.relative_to(var_dir).as_posix() for path in [*paths, Path(database), var_dir / "secret-key"]})


def routes() -> Iterator[list[str]]:
    from django.urls import get_resolver
    from django.urls.resolvers import URLResolver

    def walk(resolver, prefix, namespace):
        for entry in resolver.url_patterns:
            pattern = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, pattern, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
            else:
                yield [pattern, f"{namespace}{entry.name or ''}"]

    yield from walk(get_resolver(), "/", "")


def api() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    description = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    operations = {
        f"{method.upper()} {path}": operation(item[method])
        for path, item in description["paths"].items()
        for method in METHODS
        if method in item
    }
    components = {
        name: shape(schema, is_sent=name.endswith("Request"))
        for name, schema in description["components"]["schemas"].items()
    }
    failures = [operation["answers"].pop("default") for operation in operations.values()]
    return {"api": operations, "api components": components, "api problem": failures[0]}


def operation(described: dict[str, Any]) -> dict[str, Any]:
    bodies = described.get("requestBody", {}).get("content", {})
    return {
        "parameters": {
            f"{parameter['in']} {parameter['name']}": shape(parameter["schema"])
            for parameter in described.get("parameters", [])
        },
        "bodies": {kind: shape(body.get("schema", {}), is_sent=True) for kind, body in bodies.items()},
        "answers": {
            status: {kind: shape(body.get("schema", {})) for kind, body in answer.get("content", {}).items()}
            for status, answer in described["responses"].items()
        },
    }


def shape(schema: Any, *, is_sent: bool = False) -> dict[str, Any]:
    """Names, types and choices of a JSON schema; for requests what is optional, for answers what is required."""
    properties = {name: shape(inner, is_sent=is_sent) for name, inner in schema.get("properties", {}).items()}
    required = set(schema.get("required", [])) & set(properties)
    types = schema.get("type", [])
    values = schema.get("additionalProperties")
    kept = {
        "ref": schema.get("$ref", "").rpartition("/")[2],
        "enum": schema.get("enum"),
        "const": schema.get("const"),
        "format": schema.get("format"),
        "types": types if isinstance(types, list) else [types],
        "properties": properties,
        "optional" if is_sent else "required": sorted(set(properties) - required if is_sent else required),
        "items": shape(schema["items"], is_sent=is_sent) if "items" in schema else None,
        "values": shape(values, is_sent=is_sent) if isinstance(values, dict) else None,
        **{
            name: [shape(part, is_sent=is_sent) for part in schema.get(name, [])]
            for name in ("oneOf", "anyOf", "allOf")
        },
    }
    return {name: value for name, value in kept.items() if value}


def problems(base: type) -> set[str]:
    found = set()
    for kind in base.__subclasses__():
        found |= problems(kind)
        code, status = getattr(kind, "code", None), getattr(kind, "status", None)
        if kind.__module__.partition(".")[0] in PACKAGES and isinstance(code, str) and isinstance(status, int):
            found.add(f"{status} {code}")
    return found


def commands() -> dict[str, Any]:
    from django.core.management import get_commands, load_command_class

    ours = {name: app for name, app in get_commands().items() if str(app).partition(".")[0] in PACKAGES}
    found = {}
    for name, app in sorted(ours.items()):
        parser = load_command_class(app, name).create_parser("manage.py", name)
        actions = [action for action in parser._actions if action.help != SUPPRESS]
        found[name] = {
            "flags": {
                flag: argument(action)
                for action in actions
                for flag in action.option_strings
                if not COMMON_FLAGS.intersection(action.option_strings)
            },
            "arguments": [
                {"name": str(action.metavar or action.dest), **argument(action)}
                for action in actions
                if not action.option_strings
            ],
        }
    return found


def argument(action: Any) -> dict[str, Any]:
    kept = {"takes": str(action.nargs), "choices": [str(choice) for choice in action.choices or ()]}
    return {name: value for name, value in kept.items() if value}


def migrations_of_applications() -> dict[str, list[str]]:
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    labels = {config.label for config in apps.get_app_configs() if config.name.partition(".")[0] in PACKAGES}
    migrations: dict[str, list[str]] = {}
    for label, name in sorted(MigrationLoader(connection).disk_migrations):
        if label in labels:
            migrations.setdefault(label, []).append(name)
    return migrations


def tables() -> dict[str, Any]:
    from django.apps import apps

    return {
        model._meta.db_table: {
            "columns": {
                field.column: {
                    "kind": field.get_internal_type(),
                    "null": field.null,
                    "choices": sorted(str(value) for value, _ in field.flatchoices),
                }
                for field in model._meta.local_concrete_fields
            },
            "rules": sorted(each.name for each in [*model._meta.constraints, *model._meta.indexes]),
        }
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.partition(".")[0] in PACKAGES
    }


def celery() -> dict[str, Any]:
    from celery import current_app

    return {
        "celery tasks": sorted(name for name in current_app.tasks if not name.startswith("celery.")),
        "celery queues": [current_app.conf.task_default_queue],
    }


def cookies() -> dict[str, str]:
    from django.conf import settings

    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "CSRF_HEADER_NAME", "STATIC_URL", "AUTH_USER_MODEL")
    return {name: getattr(settings, name) for name in names}


def browser() -> dict[str, Any]:
    scripts = "".join(path.read_text("utf-8") for path in sorted((ROOT / "static").rglob("*.js")))
    words = re.sub(r"\s*\n\s*\*\s|\s+", " ", scripts)
    found = {}
    for title, literal in BROWSER.items():
        pattern = literal.replace("NAME", r"\$\{[^`]+?\}").replace("WORD", r"\w+")
        found[title] = bool(re.search(pattern, words))
    return found


if __name__ == "__main__":
    main()
