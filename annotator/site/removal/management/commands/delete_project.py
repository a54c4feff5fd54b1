"""Delete a project with everything in it."""

import argparse
from typing import Any

from annotator.site.removal import selectors, services
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Says what would go; deletes it when the project is named a second time."""

    help = (
        "Say what a project holds; with --confirm SLUG delete all of it, everybody's work included. Releases are "
        "listed, and go only with --with-releases."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--confirm", metavar="SLUG", default="", help="the project once more")
        parser.add_argument("--with-releases", action="store_true", help="its releases may go, too")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, and delete when that was confirmed."""
        project = find_project(options["slug"])
        counts = selectors.counts_at_stake(project)
        self.stdout.write(f"{project.name}: " + ", ".join(f"{count:,} {what}" for what, count in counts.items()))
        for release in selectors.releases_at_stake(project):
            self.stdout.write(f"release {release.number}, {release.name}: sha256 {release.sha256}")
        if not options["confirm"]:
            self.stdout.write(f"Nothing was deleted. Say --confirm {project.slug} to delete all of it.")
            return
        services.delete_project(project, confirmed=options["confirm"], with_releases=options["with_releases"])
        self.stdout.write("Deleted.")
