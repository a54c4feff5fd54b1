"""What management commands share: problems in one line, and tables that are up to date."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.platform.installation import make_tables
from annotator.problems import FieldError, Problem


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
