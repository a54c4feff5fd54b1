"""API of members and invitations."""

from collections.abc import Callable

from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from annotator.platform.accounts.models import User
from projects import selectors
from projects.models import Invitation, Project
from projects.roles import Role

Api = Callable[[User | None], APIClient]
MEMBERS = "/api/v1/projects/news/members/"
INVITATIONS = "/api/v1/projects/news/invitations/"


def member(project: Project, user: User) -> str:
    return f"{MEMBERS}{project.memberships.get(user=user).pk}/"


def test_leads_see_the_members(api: Api, project: Project, lead: User) -> None:
    results = api(lead).get(MEMBERS).json()["results"]

    assert {each["username"]: each["role"] for each in results} == {
        "lena": "lead",
        "ada": "annotator",
        "ben": "annotator",
        "vera": "viewer",
    }


def test_roles_are_changed_and_members_removed(api: Api, project: Project, lead: User, ada: User) -> None:
    changed = api(lead).patch(member(project, ada), {"role": "adjudicator"})
    removed = api(lead).delete(member(project, ada))

    assert (changed.json()["role"], removed.status_code) == ("adjudicator", 204)
    assert selectors.role_in(project, ada) is None


def test_the_last_lead_cannot_be_removed(api: Api, project: Project, lead: User) -> None:
    answers = [api(lead).delete(member(project, lead)), api(lead).patch(member(project, lead), {"role": "viewer"})]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "last_lead")] * 2


def test_an_unknown_role_is_refused(api: Api, project: Project, lead: User, ada: User) -> None:
    answer = api(lead).patch(member(project, ada), {"role": "owner"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/role")


def test_a_link_is_shown_once_and_can_be_used(api: Api, project: Project, lead: User, stranger: User) -> None:
    made = api(lead).post(INVITATIONS, {"role": "viewer", "note": "for Sam"})
    (listed,) = api(lead).get(INVITATIONS).json()["results"]
    client = Client()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    client.post(made.json()["link"].removeprefix("http://testserver"))

    assert (made.status_code, listed["note"], "link" in listed) == (201, "for Sam", False)
    assert selectors.role_in(project, stranger) is Role.VIEWER


def test_the_link_uses_the_public_address(api: Api, project: Project, lead: User, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://annotate.example.org"

    link = api(lead).post(INVITATIONS, {}).json()["link"]
    assert link.startswith("https://annotate.example.org/invitations/")


def test_a_revoked_invitation_cannot_be_revoked_again(api: Api, project: Project, lead: User) -> None:
    made = api(lead).post(INVITATIONS, {}).json()
    answers = [api(lead).delete(f"{INVITATIONS}{made['id']}/") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 410]
    assert Invitation.objects.get().revoked_at is not None
