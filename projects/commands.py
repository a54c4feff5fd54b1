"""Base of commands about a project."""

import argparse

from django.core.management.base import CommandError

from annotator.platform.commands import DataCommand
from projects.models import Project


def find_project(slug: str) -> Project:
    """Return the project, without a permission check; raise `CommandError` with the existing slugs when unknown."""
    project = Project.objects.filter(slug=slug).order_by("id").first()
    if project is not None:
        return project
    slugs = ", ".join(Project.objects.order_by("slug", "id").values_list("slug", flat=True)[:20])
    raise CommandError(
        f"There is no project “{slug}”. " + (f"Projects: {slugs}." if slugs else "No projects exist yet.")
    )


class ProjectCommand(DataCommand):
    """A command whose first argument is the slug of a project."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the slug; subclasses add their own arguments."""
        parser.add_argument("slug", metavar="SLUG", help="slug of the project, as in its address")
