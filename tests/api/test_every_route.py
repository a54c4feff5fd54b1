"""Every route of the site, requested by an anonymous visitor, a stranger, an annotator and the lead.

Routes are found by introspection, so that no new one is forgotten. Routes outside of the tables here are closed to
anonymous visitors, annotators and strangers.
"""

import re

import pytest

from annotator.platform.accounts.models import User
from projects.models import Membership
from tests.api.asking import accepted_methods, ask, client_of, is_closed, leads_up, walk
from tests.api.routes import every_route
from tests.api.world import World

pytestmark = pytest.mark.django_db(transaction=True)

ROUTES = every_route()
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
# Open to everyone: sign-in, the secret link of an invitation, health, the API
# description, the catalogue of strings.
PUBLIC = {
    "accounts:sign-in",
    "projects:invitation",
    "accounts:reset-password",
    "accounts:new-password",
    # Confirms an address in the account of the person who opens it.
    "accounts:verify-email",
    # Answers only to the token of the settings.
    "metrics",
    "live",
    "ready",
    "ready-part",
    "schema",
    "api-page",
    "javascript-catalogue",
}
# Routes of a project that an annotator may open, beside the documents and sets assigned to them.
FOR_ANNOTATORS = {
    "dashboard:project",
    "projects:schema",
    "projects:schema-version",
    "projects:schema-file",
    "projects:guidelines",
    "projects:guideline-version",
    "projects:compare-guidelines",
    "projects:picture",
    "assignments:work",
    "assignments:next",
    "assignments:annotates",
    "questions:questions",
    "questions-api:questions",
    "questions-api:answers",
    "search:search",
    "search-api:search",
    "jobs:jobs",
    "projects-api:project",
    "projects-api:schema-versions",
    "projects-api:schema-version",
    "projects-api:guideline-versions",
    "projects-api:guideline-version",
    "projects-api:guideline-pictures",
    "documents-api:documents",
    "assignments-api:assignments",
    "assignments-api:next-document",
    "quality:mine",
    "quality:practice",
    "api-jobs",
}


def test_routes_include_pages_and_api() -> None:
    names = {route.name for route in ROUTES}

    assert len(ROUTES) > 80
    assert names >= PUBLIC | FOR_ANNOTATORS, "a table names a route that does not exist"


def test_anonymous_visitor_gets_no_data(world: World) -> None:
    closed = [route for route in ROUTES if route.name not in PUBLIC]
    wrong = []
    for route, method, answer in walk(client_of(None), world, closed):
        to_sign_in = answer.status == 302 and answer.headers["Location"].startswith("/sign-in/")
        refused = answer.is_problem(401) if route.is_api else to_sign_in
        if not refused or answer.leaks():
            wrong.append((method, route.pattern, answer.status, answer.leaks()))

    assert wrong == []


def test_stranger_gets_nothing_of_another_project(world: World) -> None:
    bound = [route for route in ROUTES if route.parameters and route.name not in PUBLIC]
    wrong = [
        (method, route.pattern, answer.status, answer.leaks())
        for route, method, answer in walk(client_of(world.stranger), world, bound, accepted_methods(world))
        if not is_closed(route, answer) or answer.leaks()
    ]

    assert wrong == []


def test_stranger_cannot_see_whether_a_project_exists(world: World) -> None:
    client = client_of(world.stranger)
    wrong = []
    for route in ROUTES:
        if "slug" in route.parameters:
            pages = {
                FORM_TOKEN.sub("", ask(client, "get", route.path(world.parameters | {"slug": slug})).text).replace(
                    slug, ""
                )
                for slug in ("confidential-slug", "invented-slug")
            }
            if len(pages) != 1:
                wrong.append(route.pattern)

    assert wrong == []


def test_general_pages_show_only_own_projects(world: World) -> None:
    client = client_of(world.stranger)
    general = [route for route in ROUTES if not route.parameters]
    wrong = [
        (route.pattern, answer.leaks()) for route in general if (answer := ask(client, "get", route.path({}))).leaks()
    ]

    assert wrong == []


def test_annotator_opens_no_pages_of_leads_or_colleagues(world: World) -> None:
    closed = [route for route in ROUTES if route.parameters and route.name not in PUBLIC | FOR_ANNOTATORS]
    wrong = [
        (method, route.pattern, answer.status)
        for route, method, answer in walk(client_of(world.ben), world, closed, accepted_methods(world))
        if not is_closed(route, answer)
    ]

    assert wrong == []


def test_pages_for_annotators_name_no_other_annotator(world: World) -> None:
    User.objects.filter(pk=world.ada.pk).update(username="bela-the-annotator")
    client = client_of(world.ben)
    open_routes = [route for route in ROUTES if route.name in FOR_ANNOTATORS]
    wrong = []
    for route in open_routes:
        answer = ask(client, "get", route.path(world.parameters))
        if not (answer.status in (200, 405) or leads_up(answer)) or "bela-the-annotator" in answer.text:
            wrong.append((route.pattern, answer.status))

    assert wrong == []


def test_former_member_is_a_stranger(world: World) -> None:
    Membership.objects.filter(user=world.ada).delete()
    bound = [route for route in ROUTES if route.parameters and route.name not in PUBLIC]
    wrong = [
        (method, route.pattern, answer.status)
        for route, method, answer in walk(client_of(world.ada), world, bound, accepted_methods(world))
        if not is_closed(route, answer)
    ]

    assert wrong == []


def test_impossible_numbers_in_urls_are_not_found(world: World) -> None:
    client = client_of(world.lead)
    huge = {name: 10**30 if isinstance(value, int) else value for name, value in world.parameters.items()}
    wrong = []
    for route in ROUTES:
        if any(isinstance(world.parameters.get(name), int) for name in route.parameters):
            answer = ask(client, "get", route.path(huge))
            if not is_closed(route, answer):
                wrong.append((route.pattern, answer.status))

    assert wrong == []
