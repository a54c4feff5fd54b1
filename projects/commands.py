"""What commands over a project share."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.installation import make_tables
from annotator.problems import FieldError, Problem
from projects.models import Project


def find_project(slug: str) -> Project:
    """Return the project, for whoever runs commands and so may do everything; else say which there are."""
    project = Project.objects.filter(slug=slug).order_by("id").first()
    if project is not None:
        return project
    slugs = ", ".join(Project.objects.order_by("slug", "id").values_list("slug", flat=True)[:20])
    raise CommandError(f"There is no project “{slug}”. " + (f"There are: {slugs}." if slugs else "There is none yet."))


class ProblemCommand(BaseCommand):
    """A command that says an anticipated failure in one line on standard error and ends with exit code 1."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; a `Problem` becomes its words."""
        try:
            return super().execute(*args, **options)
        except Problem as problem:
            raise CommandError(_words(problem)) from problem


def _words(problem: Problem) -> str:
    """Return the detail, and below it each error that the detail does not tell already."""
    errors: list[FieldError] = getattr(problem, "errors", [])
    untold = [error for error in errors if error["detail"] not in problem.detail]
    return "\n  ".join([problem.detail, *(f"{error['pointer']}: {error['detail']}" for error in untold)])


class DataCommand(ProblemCommand):
    """A command that works on the data, also when no server has ever run here: it makes the tables it needs."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Bring the tables up to date, then run the command."""
        try:
            make_tables(lambda words: self.stderr.write(words, style_func=str))
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        return super().execute(*args, **options)


class ProjectCommand(DataCommand):
    """A command whose first argument is the slug of a project."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the slug; subclasses add theirs after it."""
        parser.add_argument("slug", metavar="SLUG", help="the project, as in its address")
