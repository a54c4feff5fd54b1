"""`manage.py create_project SLUG`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from annotator.platform.accounts.models import User
from annotator.platform.accounts.selectors import find_user
from projects import services
from projects.builtin import templates
from projects.commands import ProjectCommand
from projects.files import read_definition, read_guidelines
from projects.roles import Role
from projects.services.projects import DEFAULT_TEMPLATE


class Command(ProjectCommand):
    help = (
        "Create a project. Without --lead, an invitation link for the first lead is printed. The schema comes from a "
        'template or a file (minimum: {"labels": [{"id": "Person"}]}).'
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        super().add_arguments(parser)
        names = ", ".join(templates())
        schema = parser.add_mutually_exclusive_group()
        schema.add_argument(
            "--template", metavar="ID", help=f"built-in template: {names} (default: {DEFAULT_TEMPLATE})"
        )
        schema.add_argument(
            "--schema", metavar="FILE", type=Path, help="schema file, also of Label Studio, brat, doccano or Prodigy"
        )
        parser.add_argument(
            "--guidelines", "--guideline", metavar="FILE", type=Path, help="guidelines in Markdown, UTF-8"
        )
        parser.add_argument("--name", default="", help="name of the project (default: the slug)")
        parser.add_argument("--description", default="", help="description on the overview page")
        parser.add_argument(
            "--lead", metavar="USERNAME", help="lead of the project (default: the user of the printed link)"
        )
        parser.add_argument(
            "--annotators", metavar="N", type=int, default=2, help="annotators per document (default: 2)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        lead = _lead(options["lead"])
        project = services.create_project(
            options["slug"],
            created_by=lead,
            now=timezone.now(),
            name=options["name"],
            description=options["description"],
            template=options["template"] or "",
            schema=_from_file(options["schema"], read_definition),
            guidelines=_from_file(options["guidelines"], read_guidelines),
            annotators_per_document=options["annotators"],
        )
        lines = [f"Created project “{project.name}” at /projects/{project.slug}/"]
        result: dict[str, Any] = {"slug": project.slug, "name": project.name, "invitation": None}
        if lead is None:
            _, secret = services.create_invitation(project, role=Role.LEAD, by=None, now=timezone.now())
            origin = settings.PUBLIC_URL or f"http://localhost:{settings.PORT}"
            result["invitation"] = f"{origin}{reverse('projects:invitation', args=[secret])}"
            lines += ["Invitation link for its lead (valid once, for 14 days):", f"  {result['invitation']}"]
        self.show(lines, result)


def _lead(username: str | None) -> User | None:
    user = find_user(username) if username else None
    if username and user is None:
        raise CommandError(f"There is no user “{username}”. Create the account first: manage.py create_user {username}")
    return user


def _from_file(path: Path | None, read: Callable[[BinaryIO], object]) -> Any:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return read(file)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
