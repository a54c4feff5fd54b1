"""Fixtures for tests of every route."""

from datetime import datetime

import pytest

from annotator.platform.accounts.models import User
from projects.models import Project
from tests.api.world import World, make_world
from tests.conftest import MakeDocument, MakeSet


@pytest.fixture
def world(
    project: Project,
    lead: User,
    ada: User,
    ben: User,
    stranger: User,
    make_document: MakeDocument,
    make_set: MakeSet,
    now: datetime,
) -> World:
    """A project with an object for every route."""
    people = {"lead": lead, "ada": ada, "ben": ben, "stranger": stranger}
    return make_world(project, people, make_document, make_set, now)
