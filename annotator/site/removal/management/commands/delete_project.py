"""Delete a project with everything in it."""

import argparse
from typing import Any

from annotator.site.removal import selectors, services
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Command that lists the content of a project and deletes it when confirmed."""

    help = (
        "List the content of a project; with --confirm SLUG, delete all of it, including all annotations. Releases are "
        "deleted only with --with-releases."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--confirm", metavar="SLUG", default="", help="slug of the project, to confirm")
        parser.add_argument("--dry-run", action="store_true", help="only list the content, even with --confirm")
        parser.add_argument("--with-releases", action="store_true", help="delete its releases as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """List the content; delete it when confirmed."""
        project = find_project(options["slug"])
        counts = selectors.counts_to_delete(project)
        self.say(f"{project.name}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
        releases = list(selectors.releases_to_delete(project))
        for release in releases:
            self.say(f"release {release.number}, {release.name}: sha256 {release.sha256}")
        shown = [{"number": row.number, "name": row.name, "sha256": row.sha256} for row in releases]
        result = {"slug": project.slug, "counts": dict(counts), "releases": shown}
        if not options["confirm"] or options["dry_run"]:
            line = f"Nothing was deleted. To delete the project, add --confirm {project.slug}"
            self.show(line, {**result, "deleted": False})
            return
        services.delete_project(project, confirmed=options["confirm"], with_releases=options["with_releases"])
        self.show(f"Deleted project “{project.name}”.", {**result, "deleted": True})
