"""Services of projects, versions and members."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput, NotFound
from projects import selectors, services
from projects.models import GuidelineVersion, Invitation, Membership, Project, SchemaVersion
from projects.problems import AlreadyMember, InvitationGone, LastLead, SlugTaken, StaleVersion
from projects.roles import Role
from tests.conftest import SCHEMA, MakeUser

pytestmark = pytest.mark.django_db


def test_a_new_project_has_a_lead_a_seed_and_first_versions(lead: User, now: datetime) -> None:
    project = services.create_project("daily", created_by=lead, now=now)

    assert (project.name, len(project.seed)) == ("daily", 32)
    assert selectors.role_in(project, lead) is Role.LEAD
    assert selectors.current_schema(project).number == selectors.current_guideline(project).number == 1
    assert selectors.current_guideline(project).text.startswith("# Annotator guidelines")
    assert "Claim" in selectors.schema_of(selectors.current_schema(project)).labels


def test_a_project_may_have_a_custom_schema(lead: User, now: datetime) -> None:
    project = services.create_project(
        "daily", created_by=lead, now=now, schema={"labels": [{"id": "Person"}]}, guidelines="# Mine\r\n"
    )

    assert list(selectors.schema_of(selectors.current_schema(project)).labels) == ["Person"]
    assert selectors.current_guideline(project).text == "# Mine\n"


@pytest.mark.parametrize(
    "slug", ["", "Daily", "two words", "-a", "a-", "a--b", "ä", "new", "x" * 61, "a/b", "../etc", "a\n"]
)
def test_an_invalid_slug_is_refused(slug: str, lead: User, now: datetime) -> None:
    with pytest.raises(InvalidInput) as caught:
        services.create_project(slug, created_by=lead, now=now)

    assert caught.value.errors[0]["pointer"] == "/slug"
    assert not Project.objects.exists()


def test_a_slug_is_unique(project: Project, lead: User, now: datetime) -> None:
    with pytest.raises(SlugTaken, match="news"):
        services.create_project("news", created_by=lead, now=now)


@pytest.mark.parametrize("wrong", [{"schema": {"labels": []}}, {"template": "none"}, {"annotators_per_document": 0}])
def test_an_invalid_project_is_not_created(wrong: dict[str, object], lead: User, now: datetime) -> None:
    with pytest.raises(InvalidInput):
        services.create_project("daily", created_by=lead, now=now, **wrong)  # type: ignore[arg-type]

    assert not Project.objects.exists()
    assert not Membership.objects.exists()


def test_settings_are_validated(project: Project) -> None:
    services.update_settings(project, annotators_per_document=3, snap_to_tokens=False)
    for wrong in ({"annotators_per_document": 0}, {"annotators_per_document": 51}, {"name": " "}, {"slug": "other"}):
        with pytest.raises(InvalidInput):
            services.update_settings(project, **wrong)

    project.refresh_from_db()
    assert (project.annotators_per_document, project.snap_to_tokens, project.slug) == (3, False, "news")


def test_publishing_keeps_earlier_versions(project: Project, lead: User, now: datetime) -> None:
    first = selectors.current_schema(project)
    second = services.publish_schema(project, {"labels": [{"id": "A"}]}, by=lead, now=now)

    assert (second.number, second.created_by) == (2, lead)
    assert selectors.get_schema_version(project, 1).definition == first.definition


def test_unchanged_content_creates_no_version(project: Project, lead: User, now: datetime) -> None:
    versions = [services.publish_schema(project, SCHEMA, by=lead, now=now) for _ in range(2)]
    texts = [services.publish_guideline(project, text, by=lead, now=now) for text in ("a\nb", "a\r\nb", "a\rb")]

    assert versions[0].pk == versions[1].pk
    assert {text.pk for text in texts} == {texts[0].pk}


def test_a_stale_version_is_refused(project: Project, lead: User, now: datetime) -> None:
    services.publish_guideline(project, "lena's", by=lead, now=now, based_on=1)
    with pytest.raises(StaleVersion, match="lena has published version 2"):
        services.publish_guideline(project, "mine", by=lead, now=now, based_on=1)

    assert selectors.current_guideline(project).text == "lena's"


@pytest.mark.parametrize("text", ["\0", "\ud800", "x" * 200_001])
def test_invalid_guidelines_are_refused(text: str, project: Project, lead: User, now: datetime) -> None:
    with pytest.raises(InvalidInput) as caught:
        services.publish_guideline(project, text, by=lead, now=now)

    assert caught.value.errors[0]["pointer"] == "/text"


@pytest.mark.parametrize("model", [SchemaVersion, GuidelineVersion])
def test_version_numbers_are_unique(model: type[SchemaVersion], project: Project, now: datetime) -> None:
    version = model.objects.get(project=project)
    version.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save(force_insert=True)


def test_an_invitation_adds_one_member(project: Project, make_user: MakeUser, now: datetime) -> None:
    invitation, secret = services.create_invitation(project, role=Role.ADJUDICATOR, by=None, now=now)
    carol = make_user("carol")

    assert services.accept_invitation(secret, user=carol, now=now).role == Role.ADJUDICATOR
    with pytest.raises(InvitationGone, match="already been used"):
        services.accept_invitation(secret, user=make_user("dave"), now=now)
    invitation.refresh_from_db()
    assert invitation.accepted_by == carol
    assert secret not in invitation.digest


def test_an_invited_person_creates_an_account(project: Project, now: datetime) -> None:
    _, secret = services.create_invitation(project, role=Role.ANNOTATOR, by=None, now=now)

    membership = services.accept_with_new_account(secret, username="carol", password="a long way from home", now=now)

    assert membership.user.check_password("a long way from home")
    assert selectors.role_in(project, membership.user) is Role.ANNOTATOR


@pytest.mark.parametrize(
    ("username", "password"), [("ada", "a long way from home"), ("ADA", "a long way from home"), ("carol", "short")]
)
def test_an_invalid_account_does_not_use_the_invitation(
    username: str, password: str, project: Project, now: datetime
) -> None:
    _, secret = services.create_invitation(project, role=Role.ANNOTATOR, by=None, now=now)
    people = User.objects.count()
    with pytest.raises(InvalidInput):
        services.accept_with_new_account(secret, username=username, password=password, now=now)

    assert User.objects.count() == people
    services.accept_with_new_account(secret, username="carol", password="a long way from home", now=now)


def test_a_member_does_not_use_an_invitation(project: Project, ada: User, make_user: MakeUser, now: datetime) -> None:
    _, secret = services.create_invitation(project, role=Role.LEAD, by=None, now=now)
    with pytest.raises(AlreadyMember):
        services.accept_invitation(secret, user=ada, now=now)

    assert selectors.role_in(project, ada) is Role.ANNOTATOR
    services.accept_invitation(secret, user=make_user("carol"), now=now)


def test_an_invitation_expires_and_can_be_revoked(project: Project, make_user: MakeUser, now: datetime) -> None:
    carol = make_user("carol")
    _, old = services.create_invitation(project, role=Role.VIEWER, by=None, now=now)
    withdrawn, secret = services.create_invitation(project, role=Role.VIEWER, by=None, now=now)
    services.revoke_invitation(withdrawn, now=now)

    with pytest.raises(InvitationGone, match="expired"):
        services.accept_invitation(old, user=carol, now=now + timedelta(days=14))
    with pytest.raises(InvitationGone, match="revoked"):
        services.accept_invitation(secret, user=carol, now=now)
    with pytest.raises(InvitationGone):
        services.revoke_invitation(withdrawn, now=now)
    with pytest.raises(NotFound):
        services.accept_invitation("wrong", user=carol, now=now)
    assert list(selectors.open_invitations_to(project, now=now + timedelta(days=14))) == []
    services.accept_invitation(old, user=carol, now=now + timedelta(days=13, hours=23))


def test_the_last_lead_cannot_be_removed(project: Project, lead: User, ada: User) -> None:
    own = project.memberships.get(user=lead)
    for leave in (lambda: services.remove_member(own), lambda: services.change_role(own, role=Role.VIEWER)):
        with pytest.raises(LastLead, match="only lead"):
            leave()

    services.change_role(project.memberships.get(user=ada), role=Role.LEAD)
    services.remove_member(own)
    assert selectors.role_in(project, lead) is None


def test_a_lead_with_a_closed_account_does_not_count(project: Project, lead: User, ada: User) -> None:
    services.change_role(project.memberships.get(user=ada), role=Role.LEAD)
    User.objects.filter(pk=ada.pk).update(is_active=False)

    with pytest.raises(LastLead):
        services.remove_member(project.memberships.get(user=lead))
    services.remove_member(project.memberships.get(user=ada))


def test_a_removed_member_is_not_found(project: Project, ada: User) -> None:
    membership = project.memberships.get(user=ada)
    services.remove_member(project.memberships.get(user=ada))

    with pytest.raises(NotFound):
        services.change_role(membership, role=Role.VIEWER)


def test_the_parsed_schema_follows_its_definition(project: Project) -> None:
    version = selectors.current_schema(project)
    first = selectors.schema_of(version)
    version.definition = {"labels": [{"id": "Other"}]}

    assert selectors.schema_of(selectors.current_schema(project)) is first
    assert list(selectors.schema_of(version).labels) == ["Other"]
    assert Invitation.objects.count() == 0
