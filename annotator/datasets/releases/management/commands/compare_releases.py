"""Say what differs between two releases."""

import argparse
from typing import Any

from annotator.datasets.releases.contents.comparison import compare
from annotator.datasets.releases.selectors import release_of
from projects.commands import ProjectCommand, find_project

HOW = ("added", "removed", "changed")


class Command(ProjectCommand):
    """Compares what two releases of a project have frozen."""

    help = "Say what was added, removed and changed from one release of a project to another."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("first", metavar="FIRST", type=int)
        parser.add_argument("second", metavar="SECOND", type=int)
        parser.add_argument("--examples", action="store_true", help="list spans that differ, with their text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, and print."""
        project = find_project(options["slug"])
        found = compare(release_of(project, options["first"]), release_of(project, options["second"]))
        write = self.stdout.write
        write("documents: " + ", ".join(f"{found.documents[how]} {how}" for how in ("both", "added", "removed")))
        write("sets: " + ", ".join(f"{found.sets[how]} {how}" for how in ("same", *HOW)))
        for what, counts in (("span", found.spans), ("relation", found.relations)):
            for label in sorted({label for _, label in counts}):
                write(f"{what} {label}: " + ", ".join(f"{counts[how, label]} {how}" for how in HOW))
        if found.options:
            write("options that differ: " + ", ".join(found.options))
        for one in found.examples if options["examples"] else ():
            write(f"{one.how} {one.label} in {one.document} by {one.set_name}: {' '.join(one.text.split())}")
