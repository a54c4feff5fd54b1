"""What commands over a project share."""

import argparse

from django.core.management.base import CommandError

from annotator.platform.commands import DataCommand
from projects.models import Project


def find_project(slug: str) -> Project:
    """Return the project, for whoever runs commands and so may do everything; else say which there are."""
    project = Project.objects.filter(slug=slug).order_by("id").first()
    if project is not None:
        return project
    slugs = ", ".join(Project.objects.order_by("slug", "id").values_list("slug", flat=True)[:20])
    raise CommandError(f"There is no project “{slug}”. " + (f"There are: {slugs}." if slugs else "There is none yet."))


class ProjectCommand(DataCommand):
    """A command whose first argument is the slug of a project."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the slug; subclasses add theirs after it."""
        parser.add_argument("slug", metavar="SLUG", help="the project, as in its address")
