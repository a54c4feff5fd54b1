"""`manage.py pseudonymise_person USERNAME`."""

import argparse
from typing import Any

from annotator.platform.commands import DataCommand
from annotator.site.privacy.accounts import get_account
from annotator.site.privacy.pseudonyms import pseudonymise


class Command(DataCommand):
    help = (
        "Replace a person's name by a random one in account, annotation sets and reports, remove e-mail address, "
        "password, API tokens, preferences and sessions, and close the account. Annotations and their history are "
        "kept. It cannot be undone. Releases never change: those that hold the name are listed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("--confirm", metavar="USERNAME", default="", help="user name again, to confirm")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, even with --confirm")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_account(options["username"])
        if options["confirm"] != user.username or options["dry_run"]:
            line = f"Nothing was changed. To replace the name, add --confirm {user.username}"
            self.show(line, {"username": user.username, "changed": False})
            return
        done = pseudonymise(user)
        first = (
            f"“{options['username']}” is now “{done.name}”: {done.sets:,} annotation sets and {done.reports:,} reports "
            f"changed, {done.exports:,} exported files removed. The account is closed."
        )
        lines = [
            first,
            *(f"Still holds the name: release {row.number} of /projects/{row.project.slug}/" for row in done.releases),
            "Names that people wrote into notes, guidelines or texts are unchanged, as are older backups.",
        ]
        releases = [{"project": row.project.slug, "number": row.number} for row in done.releases]
        counts = {"annotation_sets": done.sets, "reports": done.reports, "exports": done.exports}
        self.show(lines, {"username": done.name, "changed": True, **counts, "releases_with_the_name": releases})
