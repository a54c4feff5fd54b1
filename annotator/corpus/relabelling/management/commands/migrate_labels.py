"""Migrate annotation sets from one schema version to another by a mapping."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.corpus.relabelling import selectors, services
from annotator.platform.jobs.console import run_in_console
from projects.commands import ProjectCommand, find_project
from projects.models import Project, SchemaMigration
from projects.schema_mapping import suggest_mapping
from projects.selectors import get_schema_version, schema_of


class Command(ProjectCommand):
    """Previews a migration, and carries it out with --run."""

    help = (
        "Migrate the annotation sets of a project from one schema version to another by a mapping: rename, merge and "
        "split labels, move them to attributes or notes. Without --run, prints what would change. Needs no server and "
        "no worker."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--from", dest="source", type=int, metavar="VERSION", help="the version to migrate from")
        parser.add_argument("--to", dest="target", type=int, metavar="VERSION", help="the version to migrate to")
        parser.add_argument("--mapping", type=Path, metavar="FILE", help="the mapping, in JSON")
        parser.add_argument("--write-mapping", type=Path, metavar="FILE", help="write a mapping to start from, and end")
        parser.add_argument(
            "--review", choices=SchemaMigration.Review.values, default=SchemaMigration.Review.BY_HAND,
            help="which moved sets are queued to be looked at again (default: by_hand)",
        )  # fmt: skip
        parser.add_argument("--run", action="store_true", help="carry the migration out when its preview allows it")
        parser.add_argument("--undo", type=int, metavar="ID", help="undo a migration as one")
        parser.add_argument("--json", action="store_true", help="print the preview as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Preview and carry out, undo, or write a mapping."""
        project = find_project(options["slug"])
        if options["undo"] is not None:
            migration = selectors.migrations_of(project).filter(pk=options["undo"]).first()
            if migration is None:
                raise CommandError(f"The project has no migration {options['undo']}.")
            self._run(migration, "undo")
            return
        if options["source"] is None or options["target"] is None:
            raise CommandError("Name two schema versions with --from and --to.")
        if options["write_mapping"] is not None:
            self._write_mapping(project, options)
            return
        if options["mapping"] is None:
            raise CommandError("Name a file with --mapping; --write-mapping writes one to start from.")
        migration = services.create_migration(
            project,
            source=get_schema_version(project, options["source"]),
            target=get_schema_version(project, options["target"]),
            definition=_read(options["mapping"]),
            review=options["review"],
            by=None,
            now=timezone.now(),
        )
        self._run(migration, "preview", quiet=options["json"])
        migration.refresh_from_db()
        self._print(migration, as_json=options["json"])
        if options["run"]:
            self._run(migration, "run", quiet=options["json"])

    def _run(self, migration: SchemaMigration, action: str, *, quiet: bool = False) -> None:
        job = services.start_job(migration, action=action, by=None, now=timezone.now(), own_process=True)
        result = run_in_console(job).result or {}
        if not quiet:
            self.stdout.write(str(result.get("summary", "")))

    def _print(self, migration: SchemaMigration, *, as_json: bool) -> None:
        preview = migration.preview or {}
        if as_json:
            self.stdout.write(json.dumps({"migration": migration.pk, **preview}, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"Migration {migration.pk}: {preview['sets']:,} annotation sets")
        for kind in preview["changes"]:
            self.stdout.write(f"{kind['count']:>10,}  {kind['from']} → {kind['to']} ({kind['what']})")
            for example in kind["examples"][:3]:
                self.stdout.write(f"{'':12}{example['document']}, {example['annotator']}: {example['text']!r}")
        for kind in preview["relations"]:
            self.stdout.write(f"{kind['count']:>10,}  relation {kind['from']} → {kind['to']}")
        for kind in preview["document_attributes"]:
            self.stdout.write(f"{kind['count']:>10,}  document {kind['from']} → {kind['to']}")
        for reason in preview["refused"]["reasons"]:
            self.stdout.write(f"{reason['count']:>10,}  not possible: {reason['detail']}")

    def _write_mapping(self, project: Project, options: dict[str, Any]) -> None:
        source = schema_of(get_schema_version(project, options["source"]))
        target = schema_of(get_schema_version(project, options["target"]))
        text = json.dumps(suggest_mapping(source, target), ensure_ascii=False, indent=2)
        with options["write_mapping"].open("x", encoding="utf-8") as file:
            file.write(f"{text}\n")
        self.stdout.write(f"Wrote {options['write_mapping']}")


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"The mapping {path} cannot be read: {error}") from error
