"""Print what suggestions change, compared with blind sets."""

import argparse
import json
from typing import Any

from annotator.suggestions.blind.selectors import effect_of
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Prints the effect report."""

    help = (
        "Compare submitted annotation sets that were made with suggestions and blind ones: agreement, nearness to the "
        "suggestions, spans by label, boundary edits and minutes, each with its interval and the documents that a "
        "difference needs."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, then print."""
        figures = effect_of(find_project(options["slug"]))
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
            return
        sets = figures["sets"]
        self.stdout.write(f"{sets['with']} sets with suggestions, {sets['blind']} blind sets")
        self.stdout.write(
            f"{'figure':<28}{'with':>9}{'blind':>9}{'difference':>12}  {'95 % interval':<18}documents needed"
        )
        for name, row in {**figures["figures"], **figures["labels"]}.items():
            low_high = row["interval"]
            interval = f"{low_high[0]:.2f} to {low_high[1]:.2f}" if low_high else "–"
            values = f"{_text(row['with']):>9}{_text(row['blind']):>9}{_text(row['difference']):>12}"
            self.stdout.write(f"{name:<28}{values}  {interval:<18}{row['documents_needed'] or '–'}")


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
