"""Delete documents with everything that belongs to them."""

import argparse
from typing import Any
from urllib.parse import parse_qs

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.corpus.documents.models import Document
from annotator.platform.jobs.console import run_in_console
from annotator.site.removal import documents as removal
from annotator.site.work_table import selectors, services
from annotator.site.work_table.choice import read_choice
from projects.commands import ProjectCommand, find_project
from projects.models import Membership, Project
from projects.roles import Role


class Command(ProjectCommand):
    """Command that shows what belongs to documents and deletes them when their number is confirmed."""

    help = (
        "Show what belongs to documents; with --confirm NUMBER and --reason, delete them with it. Reports keep their "
        "figures. Documents of releases are deleted only with --with-releases."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--id", action="append", default=[], metavar="ID", dest="ids", help="id of a document")
        parser.add_argument(
            "--filter",
            metavar="QUERY",
            default="",
            help="query string of the documents page, as state=begun&tag=bad",
        )
        parser.add_argument("--confirm", type=int, metavar="NUMBER", help="number of documents, to confirm")
        parser.add_argument("--reason", default="", help="why; kept with the id of each document")
        parser.add_argument("--with-releases", action="store_true", help="also documents that releases contain")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show what would be deleted; delete it when confirmed."""
        project = find_project(options["slug"])
        keys = self._keys(project, options)
        stakes = removal.stakes_of(project, keys)
        self.say(f"{stakes.documents:,} documents")
        for name, count in stakes.counts:
            self.say(f"{name}: {count:,}")
        for release in stakes.releases:
            self.say(f"release {release.number}, {release.name}, cannot be built again")
        result = {"documents": stakes.documents, "counts": dict(stakes.counts), "reports": stakes.reports}
        if options["confirm"] is None:
            line = f"Nothing was deleted. To delete them, add --confirm {stakes.documents} --reason …"
            self.show(line, {**result, "deleted": False})
            return
        job = removal.start_deletion(
            project,
            keys,
            confirmed=options["confirm"],
            reason=options["reason"],
            with_releases=options["with_releases"],
            by=None,
            now=timezone.now(),
            own_process=True,
        )
        done = run_in_console(job) if job else None
        self.show((done.result or {}).get("summary", "") if done else "", {**result, "deleted": True})

    def _keys(self, project: Project, options: dict[str, Any]) -> list[int]:
        """Return the keys of the named documents, or of those that the filters let through."""
        if bool(options["ids"]) == bool(options["filter"]):
            raise CommandError("Give either --id or --filter.")
        if options["ids"]:
            rows = Document.objects.filter(project=project, external_id__in=options["ids"]).order_by("position", "id")
            missing = sorted(set(options["ids"]) - set(rows.values_list("external_id", flat=True)))
            if missing:
                raise CommandError(f"This project has no document {', '.join(missing[:10])}.")
            return list(rows.values_list("pk", flat=True))
        lead = Membership.objects.filter(project=project, role=Role.LEAD).select_related("user").order_by("id").first()
        if lead is None:
            raise CommandError("The project has no lead, as whom the filters are read.")
        choice, user = read_choice(parse_qs(options["filter"])), lead.user
        services.prepare(project, choice, by=user, now=timezone.now())
        return list(selectors.documents_of(project, choice, user=user).values_list("pk", flat=True))
