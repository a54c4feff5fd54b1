"""Free the slots of people who left, and expired ones."""

import argparse
from typing import Any

from django.utils import timezone

from annotator.platform.accounts.models import User
from annotator.workload.assignments import selectors, services
from projects.commands import ProjectCommand, find_project
from projects.selectors import get_member_by_name


class Command(ProjectCommand):
    """Frees slots and says whose; without a person those that are no longer used."""

    help = (
        "Free the slots of people who may no longer annotate, and of sets without a change for the time that the "
        "project sets. Begun sets are kept as unfinished and never count. The site does the same when a document is "
        "requested. With --person all open slots of one member are freed, with --dry-run they are only listed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--person", metavar="NAME", help="free all open slots of this member")
        parser.add_argument("--reason", default="", help="with --person: shown to the annotator and to leads")
        parser.add_argument("--dry-run", action="store_true", help="list the slots, free none")

    def handle(self, *args: Any, **options: Any) -> None:
        """Free the slots."""
        project, now = find_project(options["slug"]), timezone.now()
        if options["person"]:
            user: User = get_member_by_name(project, options["person"]).user
            slots = [
                selectors.SlotToFree(row, options["reason"]) for row in selectors.open_assignments_of(project, user)
            ]
        else:
            slots = selectors.slots_to_free(project, now=now)
        freed = []
        for slot in slots:
            name, document = slot.assignment.annotator.get_username(), slot.assignment.document
            self.say(f"{name}: {document.external_id} ({slot.reason or 'freed by command'})")
            freed.append({"person": name, "document": document.external_id, "reason": slot.reason})
            if not options["dry_run"]:
                services.free_slot(slot.assignment, reason=slot.reason or "Freed by command", now=now)
        number = "1 slot" if len(slots) == 1 else f"{len(slots)} slots"
        line = f"{number} {'would be freed' if options['dry_run'] else 'freed'}."
        self.show(line, {"slots": freed, "dry_run": options["dry_run"]})
