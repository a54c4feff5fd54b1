"""Print the differences between two releases."""

import argparse
from dataclasses import asdict
from typing import Any

from annotator.datasets.releases.contents.comparison import Comparison, compare
from annotator.datasets.releases.selectors import release_of
from projects.commands import ProjectCommand, find_project

HOW = ("added", "removed", "changed")


class Command(ProjectCommand):
    """Compares two releases of a project."""

    help = "Print what was added, removed and changed from one release of a project to another."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("first", metavar="FIRST", type=int)
        parser.add_argument("second", metavar="SECOND", type=int)
        parser.add_argument("--examples", action="store_true", help="list examples of spans that differ")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the differences."""
        project = find_project(options["slug"])
        comparison = compare(release_of(project, options["first"]), release_of(project, options["second"]))
        if self.prints_json:
            self.show([], _record(comparison))
            return
        write = self.stdout.write
        write("documents: " + ", ".join(f"{comparison.documents[how]} {how}" for how in ("both", "added", "removed")))
        write("sets: " + ", ".join(f"{comparison.sets[how]} {how}" for how in ("same", *HOW)))
        for what, counts in (("span", comparison.spans), ("relation", comparison.relations)):
            for label in sorted({label for _, label in counts}):
                write(f"{what} {label}: " + ", ".join(f"{counts[how, label]} {how}" for how in HOW))
        if comparison.options:
            write("options that differ: " + ", ".join(comparison.options))
        for example in comparison.examples if options["examples"] else ():
            text = " ".join(example.text.split())
            write(f"{example.how} {example.label} in {example.document} by {example.set_name}: {text}")


def _record(comparison: Comparison) -> dict[str, Any]:
    """Return the differences as JSON: counts by label as {label: {"added": …}}, and the examples."""
    counts: dict[str, dict[str, dict[str, int]]] = {"spans": {}, "relations": {}}
    for what, found in (("spans", comparison.spans), ("relations", comparison.relations)):
        for (how, label), count in sorted(found.items()):
            counts[what].setdefault(label, {})[how] = count
    return {
        "documents": dict(comparison.documents),
        "sets": dict(comparison.sets),
        **counts,
        "options": list(comparison.options),
        "examples": [asdict(example) for example in comparison.examples],
    }
