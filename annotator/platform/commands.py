"""Base classes of management commands: problems as one line, and up-to-date tables."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotator.platform.installation import create_tables
from annotator.problems import InvalidInput, Problem


class ProblemCommand(BaseCommand):
    """A command that prints a `Problem` as one line on standard error and ends with exit code 1.

    Every command has `--json`: standard output is one JSON object then, and nothing else.
    """

    prints_json = False
    # Django's checks find mistakes of developers and load every page of the site, which takes longer than most commands
    # do. `manage.py check` and the tests run them.
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser of the command, with `--json`, and with `--skip-checks`, which scripts may still say."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        if "--json" not in parser._option_string_actions:  # noqa: SLF001 - argparse has no other way to ask
            parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
        if not self.requires_system_checks:  # otherwise Django adds it
            parser.add_argument("--skip-checks", action="store_true", help="no effect: no checks are made")
        return parser

    def say(self, line: str) -> None:
        """Print a line for people; nothing with `--json`."""
        if not self.prints_json:
            self.stdout.write(line)

    def show(self, lines: str | Iterable[str], result: Mapping[str, Any]) -> None:
        """Print what the command did, as lines for people or as JSON for programs."""
        if self.prints_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1, default=str))
            return
        for line in [lines] if isinstance(lines, str) else lines:
            self.stdout.write(line)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; a `Problem` becomes a `CommandError`."""
        self.prints_json = bool(options.get("json"))
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
