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

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_account(options["username"])
        if options["confirm"] != user.username:
            self.stdout.write(f"Nothing was changed. To replace the name, add --confirm {user.username}")
            return
        done = pseudonymise(user)
        self.stdout.write(
            f"“{options['username']}” is now “{done.name}”: {done.sets:,} annotation sets and {done.reports:,} reports "
            f"changed, {done.exports:,} exported files removed. The account is closed."
        )
        for release in done.releases:
            self.stdout.write(f"Still holds the name: release {release.number} of /projects/{release.project.slug}/")
        self.stdout.write(
            "Names that people wrote into notes, guidelines or texts are unchanged, as are older backups."
        )
