"""Base classes of management commands: problems as one line, and up-to-date tables."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.platform.installation import create_tables
from annotator.problems import InvalidInput, Problem


class ProblemCommand(BaseCommand):
    """A command that prints a `Problem` as one line on standard error and ends with exit code 1."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; a `Problem` becomes a `CommandError`."""
        try:
            return super().execute(*args, **options)
        except Problem as problem:
            raise CommandError(_message(problem)) from problem


def _message(problem: Problem) -> str:
    """Return the detail, and below it each error that the detail does not contain."""
    errors = problem.errors if isinstance(problem, InvalidInput) else []
    pairs = zip(errors, problem.messages(), strict=False)
    return "\n  ".join(
        [problem.detail, *(message for error, message in pairs if error["detail"] not in problem.detail)]
    )


class DataCommand(ProblemCommand):
    """A command that works with the database, and creates missing tables first."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Bring the tables up to date, then run the command."""
        try:
            create_tables(lambda message: self.stderr.write(message, style_func=str))
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        return super().execute(*args, **options)
