"""Link names in files to members of a project."""

import argparse
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.corpus import identities
from annotator.platform.accounts.models import User
from projects.commands import ProjectCommand, find_project
from projects.models import Project


class Command(ProjectCommand):
    """Links names, ends links, and lists the names with the members who they are."""

    help = (
        "List the names of annotation sets that no account of this site made: from imported files, work saved as a "
        "file, and projects moved from another site. --link tells which member a name is: its sets count under the "
        "member's user name, and never beside a set that the member has submitted over the same document."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--link", metavar="NAME=MEMBER", action="append", default=[], help="may be repeated")
        parser.add_argument("--other", metavar="NAME", action="append", default=[], help="NAME is none of the members")
        parser.add_argument("--unlink", metavar="NAME", action="append", default=[], help="end the link of NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        """Change the links, then list all names."""
        project, now = find_project(options["slug"]), timezone.now()
        links = {row.name: row for row in identities.links_in_force(project)}
        for name in options["unlink"]:
            if name not in links:
                raise CommandError(f"“{name}” is not linked. Linked names: {', '.join(sorted(links)) or 'none'}.")
            identities.unlink(links[name], by=None, now=now)
        for pair in options["link"]:
            name, separator, member = pair.rpartition("=")
            user = User.objects.filter(username=member).order_by("id").first()
            if not separator or user is None:
                raise CommandError(f"--link {pair}: give NAME=MEMBER with the user name of a member.")
            identities.link(project, name, member=user, by=None, now=now)
        for name in options["other"]:
            identities.link(project, name, member=None, by=None, now=now)
        self._show(project)

    def _show(self, project: Project) -> None:
        names, lines = identities.outside_names(project), []
        rows = [
            {"name": row.name, "annotation_sets": row.sets, "superseded": row.superseded,
             "member": row.member or None, "other_person": row.is_other, "suggestion": row.suggestion}
            for row in names
        ]  # fmt: skip
        for row in names:
            suggestion = f"not linked; perhaps {row.suggestion}" if row.suggestion else "not linked"
            person = row.member or ("another person" if row.is_other else suggestion)
            instead = f", {row.superseded:,} of them superseded by the member's own" if row.superseded else ""
            sets = "1 annotation set" if row.sets == 1 else f"{row.sets:,} annotation sets"
            lines.append(f"{row.name}: {person} ({sets}{instead})")
        self.show(lines or "All annotation sets were made by accounts of this site.", {"names": rows})
