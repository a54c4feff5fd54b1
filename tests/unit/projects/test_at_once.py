"""Concurrent changes of projects on a real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import MOST_TOKENS, create_token, create_user
from annotator.problems import Problem
from projects import selectors, services
from projects.models import Membership, Project
from projects.problems import QuotaExceeded
from projects.roles import Role
from tests.conftest import MakeUser
from tests.waiting import LONG

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]


def at_once(*actions: Callable[[], object]) -> list[str]:
    """Carry out actions in threads that start together; return the code of each problem, or "done"."""
    barrier = Barrier(len(actions))

    def carry_out(action: Callable[[], object]) -> str:
        try:
            barrier.wait(LONG)
            action()
        except Problem as problem:
            return problem.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(actions)) as pool:
        return sorted(pool.map(carry_out, actions))


def test_an_invitation_is_accepted_once(project: Project, make_user: MakeUser, now: datetime) -> None:
    _, secret = services.create_invitation(project, role=Role.ANNOTATOR, by=None, now=now)
    people = [make_user(f"guest-{number}") for number in range(4)]

    ended = at_once(*(lambda user=user: services.accept_invitation(secret, user=user, now=now) for user in people))

    assert ended == ["done", *["invitation_gone"] * 3]
    assert Membership.objects.filter(user__in=people).count() == 1


def test_an_invitation_creates_one_account(project: Project, now: datetime) -> None:
    _, secret = services.create_invitation(project, role=Role.ANNOTATOR, by=None, now=now)

    def join(name: str) -> Callable[[], object]:
        return lambda: services.accept_with_new_account(secret, username=name, password="a long way from home", now=now)

    assert at_once(join("guest-1"), join("guest-2")) == ["done", "invitation_gone"]
    assert User.objects.filter(username__startswith="guest").count() == 1


def test_a_user_name_is_unique_ignoring_case(now: datetime) -> None:
    actions = [
        lambda name=name: create_user(name, password="a long way from home", now=now) for name in ("Carol", "carol")
    ]

    assert at_once(*actions) == ["done", "invalid_input"]


def test_a_slug_is_unique(lead: User, ada: User, now: datetime) -> None:
    ended = at_once(
        *(lambda user=user: services.create_project("daily", created_by=user, now=now) for user in (lead, ada))
    )

    assert ended == ["done", "slug_taken"]


def test_one_of_two_leaving_leads_stays(project: Project, lead: User, ada: User) -> None:
    services.change_role(project.memberships.get(user=ada), role=Role.LEAD)
    memberships = [project.memberships.get(user=user) for user in (lead, ada)]

    ended = at_once(*(lambda own=own: services.remove_member(own) for own in memberships))

    assert ended == ["done", "last_lead"]
    assert selectors.leads_of(project).count() == 1


def test_concurrent_versions_get_different_numbers(project: Project, lead: User, now: datetime) -> None:
    def publish(text: str, based_on: int | None) -> Callable[[], object]:
        return lambda: services.publish_guideline(project, text, by=lead, now=now, based_on=based_on)

    assert at_once(publish("one", None), publish("two", None)) == ["done", "done"]
    assert at_once(publish("three", 3), publish("four", 3)) == ["done", "stale_version"]
    assert list(project.guideline_versions.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]


def test_tokens_created_at_once_stay_within_the_limit(ada: User, now: datetime) -> None:
    for number in range(MOST_TOKENS - 2):
        create_token(ada, name=f"token {number}", now=now)

    ended = at_once(*(lambda name=name: create_token(ada, name=name, now=now) for name in "abcdef"))

    assert ended == ["done", "done", *["too_many_tokens"] * 4]
    assert ada.api_tokens.count() == MOST_TOKENS


def test_projects_created_at_once_stay_within_the_limit(ada: User, now: datetime, settings: Any) -> None:
    settings.MOST_PROJECTS_PER_USER = 2

    def create(slug: str) -> Callable[[], object]:
        return lambda: services.create_project(slug, created_by=ada, now=now, within_limits=True)

    assert at_once(create("a-1"), create("a-2"), create("a-3")) == ["done", "done", QuotaExceeded.code]
    assert Project.objects.filter(created_by=ada).count() == 2
