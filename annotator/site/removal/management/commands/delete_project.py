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
        parser.add_argument("--with-releases", action="store_true", help="delete its releases as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """List the content; delete it when confirmed."""
        project = find_project(options["slug"])
        counts = selectors.counts_to_delete(project)
        self.stdout.write(f"{project.name}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
        for release in selectors.releases_to_delete(project):
            self.stdout.write(f"release {release.number}, {release.name}: sha256 {release.sha256}")
        if not options["confirm"]:
            self.stdout.write(f"Nothing was deleted. To delete the project, add --confirm {project.slug}")
            return
        services.delete_project(project, confirmed=options["confirm"], with_releases=options["with_releases"])
        self.stdout.write(f"Deleted project “{project.name}”.")
