"""Accounts, tokens and a project on a site that is measured, under the site's own settings."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import django

from tests.bench.site import Site

PASSWORD = "a password only for measuring"
PROJECT = "bench"


@dataclass(frozen=True)
class Person:
    """An account: the name for the sign-in page and the token for the API."""

    name: str
    token: str


def set_up(site: Site) -> None:
    """Connect this process to the site's database; once per process, because Django keeps its settings."""
    os.environ.update(site.environment, DJANGO_SETTINGS_MODULE="annotator.settings")
    django.setup()


def add_annotators(count: int) -> Sequence[Person]:
    """Create annotators of the project, each with a token; every document may be assigned to all of them."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from annotator.platform.accounts.models import User
    from annotator.platform.accounts.services import create_token
    from projects.models import Membership, Project
    from projects.roles import Role

    now = timezone.now()
    Project.objects.filter(slug=PROJECT).update(annotators_per_document=count)
    project = Project.objects.get(slug=PROJECT)
    people = []
    password = make_password(PASSWORD)  # made to take long
    for number in range(count):
        user = User.objects.create(username=f"annotator-{number}", password=password)
        Membership.objects.create(project=project, user=user, role=Role.ANNOTATOR, joined_at=now)
        people.append(Person(user.username, create_token(user, name="bench", now=now)[1]))
    return people
