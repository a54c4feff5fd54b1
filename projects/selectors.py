"""Reading projects: everything is limited to what a person may see."""

from django.db.models import QuerySet

from annotator.accounts.models import User
from annotator.problems import NotFound
from projects.models import GuidelineVersion, Membership, Project, SchemaVersion
from projects.roles import Capability, Role, roles_that_can
from projects.schema import Schema
from projects.schema_reading import read_schema

# By the digest of the definition, so that a row that was never committed cannot stand for another.
_schemas: dict[str, Schema] = {}
MOST_SCHEMAS_KEPT = 200


def projects_for(user: User, *, capability: Capability = Capability.VIEW_PROJECT) -> QuerySet[Project]:
    """Return the projects in which a person has a capability."""
    roles = roles_that_can(capability)
    return Project.objects.filter(memberships__user=user, memberships__role__in=roles).order_by("name", "id")


def get_project(slug: str, *, user: User, capability: Capability = Capability.VIEW_PROJECT) -> Project:
    """Return a project, or raise `NotFound` alike for a stranger, an unknown name and a missing capability."""
    project = projects_for(user, capability=capability).filter(slug=slug).first()
    if project is None:
        raise NotFound(f"There is no project “{slug}”, or you may not do this in it.")
    return project


def role_in(project: Project, user: User) -> Role | None:
    """Return the role of a person in a project; None for a stranger."""
    role = Membership.objects.filter(project=project, user=user).values_list("role", flat=True).order_by("id").first()
    return None if role is None else Role(role)


def members_of(project: Project) -> QuerySet[Membership]:
    """Return the people of a project by name."""
    return Membership.objects.filter(project=project).select_related("user").order_by("user__username", "id")


def current_schema(project: Project) -> SchemaVersion:
    """Return the newest schema version; every project has one."""
    return SchemaVersion.objects.filter(project=project).order_by("-number", "id")[0]


def schema_of(version: SchemaVersion) -> Schema:
    """Return what a schema version says, read once and kept: versions never change."""
    schema = _schemas.get(version.sha256)
    if schema is None:
        if len(_schemas) >= MOST_SCHEMAS_KEPT:
            _schemas.clear()
        schema = _schemas[version.sha256] = read_schema(version.definition)
    return schema


def current_guideline(project: Project) -> GuidelineVersion:
    """Return the newest guideline version; every project has one."""
    return GuidelineVersion.objects.filter(project=project).order_by("-number", "id")[0]
