"""Walks every route of the site as nobody, as a stranger, as an annotator and as the lead.

Routes are found by introspection, so that a new one cannot be forgotten. What is not named in a table here is closed:
to nobody without a sign-in, to annotators, to strangers.
"""

import re

import pytest

from annotator.platform.accounts.models import User
from projects.models import Membership
from tests.api.asking import ask, client_of, is_closed, walk
from tests.api.routes import every_route
from tests.api.world import World

pytestmark = pytest.mark.django_db(transaction=True)

ROUTES = every_route()
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
# Open to everybody: signing in, the secret link of an invitation, health, the description of the API.
PUBLIC = {"accounts:sign-in", "projects:invitation", "live", "ready", "schema", "api-page"}
# What an annotator may open in a project, beside documents and sets that were given to them.
FOR_ANNOTATORS = {
    "dashboard:project",
    "projects:schema",
    "projects:schema-version",
    "projects:schema-file",
    "projects:guidelines",
    "projects:guideline-version",
    "assignments:work",
    "assignments:next",
    "jobs:jobs",
    "projects-api:project",
    "projects-api:schema-versions",
    "projects-api:schema-version",
    "projects-api:guideline-versions",
    "projects-api:guideline-version",
    "documents-api:documents",
    "assignments-api:assignments",
    "assignments-api:next-document",
    "api-jobs",
}


def test_the_walk_finds_pages_and_api() -> None:
    names = {route.name for route in ROUTES}

    assert len(ROUTES) > 80
    assert names >= PUBLIC | FOR_ANNOTATORS, "a table names a route that does not exist"


def test_every_route_requires_a_sign_in(world: World) -> None:
    closed = [route for route in ROUTES if route.name not in PUBLIC]
    wrong = []
    for route, method, answer in walk(client_of(None), world, closed):
        to_sign_in = answer.status == 302 and answer.headers["Location"].startswith("/sign-in/")
        refused = answer.is_problem(401) if route.is_api else to_sign_in
        if not refused or answer.leaks():
            wrong.append((method, route.pattern, answer.status, answer.leaks()))

    assert wrong == []


def test_non_members_find_nothing(world: World) -> None:
    bound = [route for route in ROUTES if route.parameters and route.name not in PUBLIC]
    wrong = [
        (method, route.pattern, answer.status, answer.leaks())
        for route, method, answer in walk(client_of(world.stranger), world, bound)
        if not is_closed(route, answer) or answer.leaks()
    ]

    assert wrong == []


def test_responses_do_not_reveal_projects(world: World) -> None:
    client = client_of(world.stranger)
    wrong = []
    for route in ROUTES:
        if "slug" in route.parameters:
            seen = {
                FORM_TOKEN.sub("", ask(client, "get", route.path(world.parameters | {"slug": slug})).text).replace(
                    slug, ""
                )
                for slug in ("confidential-slug", "invented-slug")
            }
            if len(seen) != 1:
                wrong.append(route.pattern)

    assert wrong == []


def test_general_pages_show_own_data_only(world: World) -> None:
    general = [route for route in ROUTES if not route.parameters]
    wrong = [
        (route.pattern, answer.leaks())
        for route in general
        if (answer := ask(client_of(world.stranger), "get", route.path({}))).leaks()
    ]

    assert wrong == []


def test_annotators_find_no_lead_pages(world: World) -> None:
    closed = [route for route in ROUTES if route.parameters and route.name not in PUBLIC | FOR_ANNOTATORS]
    wrong = [
        (method, route.pattern, answer.status)
        for route, method, answer in walk(client_of(world.ben), world, closed)
        if not is_closed(route, answer)
    ]

    assert wrong == []


def test_pages_of_annotators_name_no_other_annotator(world: World) -> None:
    User.objects.filter(pk=world.ada.pk).update(username="bela-the-annotator")
    client = client_of(world.ben)
    open_routes = [route for route in ROUTES if route.name in FOR_ANNOTATORS]
    wrong = []
    for route in open_routes:
        answer = ask(client, "get", route.path(world.parameters))
        if answer.status not in (200, 405) or "bela-the-annotator" in answer.text:
            wrong.append((route.pattern, answer.status))

    assert wrong == []


def test_former_members_find_nothing(world: World) -> None:
    Membership.objects.filter(user=world.ada).delete()
    bound = [route for route in ROUTES if route.parameters and route.name not in PUBLIC]
    wrong = [
        (method, route.pattern, answer.status)
        for route, method, answer in walk(client_of(world.ada), world, bound)
        if not is_closed(route, answer)
    ]

    assert wrong == []


def test_impossible_numbers_are_not_found(world: World) -> None:
    huge = {name: 10**30 if isinstance(value, int) else value for name, value in world.parameters.items()}
    wrong = []
    for route in ROUTES:
        if any(isinstance(world.parameters.get(name), int) for name in route.parameters):
            answer = ask(client_of(world.lead), "get", route.path(huge))
            if not is_closed(route, answer):
                wrong.append((route.pattern, answer.status))

    assert wrong == []
