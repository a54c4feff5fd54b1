"""Queries of projects, limited to what a user may see."""

import hashlib
import json
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.models import Job
from annotator.platform.prepared import Parameter, PreparedQuery
from annotator.problems import NotFound
from projects.models import GuidelineVersion, Invitation, Membership, Project, SchemaMigration, SchemaVersion
from projects.roles import Capability, Role, roles_that_can
from projects.schema import Schema
from projects.schema_mapping import SchemaMapping, read_mapping
from projects.schema_reader import read_schema


class AnyMember(Parameter):
    """The user of a prepared query, whose key is given as `user` when the query is run.

    The key of the project that limits a user's API token is given as `project`, for users with such a token.
    """

    def __init__(self, *, has_limited_token: bool) -> None:
        super().__init__("user")
        self.limited_to_project = Parameter("project") if has_limited_token else None


# By digest of the definition rather than by id, because a row that was rolled back may share its id with another.
_schemas: dict[str, tuple[dict[str, Any], Schema]] = {}
MOST_CACHED_SCHEMAS = 200


def projects_for(user: User | AnyMember, *, capability: Capability = Capability.VIEW_PROJECT) -> QuerySet[Project]:
    """Return the projects in which a user has a capability."""
    return projects_of(user, limited_to=user.limited_to_project, capability=capability).order_by("name", "id")


def projects_of(
    member: User | Parameter, *, limited_to: int | Parameter | None, capability: Capability
) -> QuerySet[Project]:
    """Return the projects in which a member has a capability, in no order; prepared queries give parameters.

    `limited_to` is the project to which the API token of the request is limited, if it is.
    """
    roles = roles_that_can(capability)
    projects = Project.objects.filter(memberships__user=member, memberships__role__in=roles)
    return projects if limited_to is None else projects.filter(pk=limited_to)


@cache
def _project_with(capability: Capability, has_limited_token: bool) -> PreparedQuery[Project]:
    limited_to = Parameter("limited_to") if has_limited_token else None
    projects = partial(projects_of, Parameter("user"), limited_to=limited_to, capability=capability)
    return PreparedQuery(lambda: projects().filter(slug=Parameter("slug")).order_by("id")[:1])


def get_project(slug: str, *, user: User, capability: Capability = Capability.VIEW_PROJECT) -> Project:
    """Return a project; raise the same `NotFound` for non-members, unknown slugs and missing capabilities."""
    limited_to = user.limited_to_project
    query = _project_with(capability, limited_to is not None)
    project = query.first(user=user.pk, slug=slug, limited_to=limited_to)
    if project is None:
        raise NotFound(_("The project “%(slug)s” does not exist, or you do not have access.") % {"slug": slug})
    return project


def projects_with_role(user: User) -> QuerySet[Project]:
    """Return the projects of a user, each with `role` and the numbers of the current versions."""
    schema = SchemaVersion.objects.filter(project=OuterRef("pk")).order_by("-number", "-id").values("number")[:1]
    guideline = GuidelineVersion.objects.filter(project=OuterRef("pk")).order_by("-number", "-id").values("number")[:1]
    own = Membership.objects.filter(project=OuterRef("pk"), user=user).order_by("id").values("role")[:1]
    return projects_for(user).annotate(
        role=Subquery(own), schema_version=Subquery(schema), guideline_version=Subquery(guideline)
    )


_role = PreparedQuery(
    lambda: (
        Membership.objects.filter(project=Parameter("project"), user=Parameter("user"))
        .order_by("id")
        .values_list("role")[:1]
    )
)
_newest_schema = PreparedQuery(
    lambda: SchemaVersion.objects.filter(project=Parameter("project")).order_by("-number", "id")[:1]
)
_newest_guideline = PreparedQuery(
    lambda: GuidelineVersion.objects.filter(project=Parameter("project")).order_by("-number", "id")[:1]
)
_schema_head = PreparedQuery(
    lambda: (
        SchemaVersion.objects.filter(project=Parameter("project"))
        .only("project_id", "number")
        .order_by("-number", "id")[:1]
    )
)
_guideline_head = PreparedQuery(
    lambda: (
        GuidelineVersion.objects.filter(project=Parameter("project"))
        .only("project_id", "number")
        .order_by("-number", "id")[:1]
    )
)


def role_in(project: Project, user: User) -> Role | None:
    """Return the role of a user in a project; None for non-members, and for API tokens limited to another project."""
    if user.limited_to_project not in (None, project.pk):
        return None
    found = _role.first(project=project.pk, user=user.pk)
    return None if found is None else Role(found[0])


def members_of(project: Project) -> QuerySet[Membership]:
    """Return the members of a project by name."""
    return Membership.objects.filter(project=project).select_related("user").order_by("user__username", "id")


def get_member(project: Project, member_id: int) -> Membership:
    """Return a member of a project, or raise `NotFound`."""
    membership = members_of(project).filter(pk=member_id).first()
    if membership is None:
        raise NotFound(_("This project has no such member."))
    return membership


def get_member_by_name(project: Project, name: str) -> Membership:
    """Return a member of a project by user name, or raise `NotFound`."""
    membership = members_of(project).filter(user__username=name).first()
    if membership is None:
        raise NotFound(_("“%(name)s” is no member of this project.") % {"name": name})
    return membership


def invitations_to(project: Project) -> QuerySet[Invitation]:
    """Return all invitations to a project, newest first."""
    invitations = Invitation.objects.filter(project=project).select_related("created_by", "accepted_by")
    return invitations.order_by("-created_at", "-id")


def open_invitations_to(project: Project, *, now: datetime) -> QuerySet[Invitation]:
    """Return the invitations that can still be accepted, newest first."""
    return invitations_to(project).filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def used_invitations_to(project: Project) -> QuerySet[Invitation]:
    """Return the accepted invitations, newest first."""
    return invitations_to(project).filter(accepted_at__isnull=False)


def get_invitation(project: Project, invitation_id: int) -> Invitation:
    """Return an invitation to a project, or raise `NotFound`."""
    invitation = invitations_to(project).filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound(_("This project has no such invitation."))
    return invitation


def find_invitation(secret: str) -> Invitation:
    """Return the invitation of a link, in any state, or raise `NotFound`."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    invitation = Invitation.objects.select_related("project").filter(digest=digest).order_by("id").first()
    if invitation is None:
        raise NotFound(_("This invitation does not exist. Check that you copied the whole link, or ask for a new one."))
    return invitation


def leads_of(project: Project) -> QuerySet[Membership]:
    """Return the active leads of a project."""
    return members_of(project).filter(role=Role.LEAD, user__is_active=True)


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the memberships of a user, by project name."""
    memberships = Membership.objects.filter(user=user)
    if user.limited_to_project is not None:
        memberships = memberships.filter(project=user.limited_to_project)
    return memberships.select_related("project").order_by("project__name", "id")


def schema_versions_of(project: Project) -> QuerySet[SchemaVersion]:
    """Return the schema versions of a project, newest first."""
    return SchemaVersion.objects.filter(project=project).select_related("created_by").order_by("-number", "-id")


def get_schema_version(project: Project, number: int) -> SchemaVersion:
    """Return a schema version of a project, or raise `NotFound`."""
    version = schema_versions_of(project).filter(number=number).first()
    if version is None:
        raise NotFound(_("The schema has no version %(number)s.") % {"number": number})
    return version


def guideline_versions_of(project: Project) -> QuerySet[GuidelineVersion]:
    """Return the guideline versions of a project, newest first."""
    return GuidelineVersion.objects.filter(project=project).select_related("created_by").order_by("-number", "-id")


def get_guideline_version(project: Project, number: int) -> GuidelineVersion:
    """Return a guideline version of a project, or raise `NotFound`."""
    version = guideline_versions_of(project).filter(number=number).first()
    if version is None:
        raise NotFound(_("The guidelines have no version %(number)s.") % {"number": number})
    return version


def current_schema(project: Project) -> SchemaVersion:
    """Return the newest schema version; every project has one."""
    return _newest_schema.all(project=project.pk)[0]


def schema_of(version: SchemaVersion) -> Schema:
    """Return the schema of a version, cached because versions never change."""
    definition, schema = _schemas.get(version.sha256, (None, None))
    if schema is None or definition != version.definition:
        if len(_schemas) >= MOST_CACHED_SCHEMAS:
            _schemas.clear()
        schema = read_schema(version.definition)
        _schemas[version.sha256] = (version.definition, schema)
    return schema


@lru_cache(maxsize=MOST_CACHED_SCHEMAS)
def schema_of_text(definition: str) -> Schema:
    """Return the schema of a definition as the database stores it; to decode it takes longer than to save a span."""
    return read_schema(json.loads(definition))


def mapping_of(migration: SchemaMigration) -> SchemaMapping:
    """Return the mapping of a migration."""
    return read_mapping(migration.definition, schema_of(migration.source), schema_of(migration.target))


def mappings_into(version: SchemaVersion) -> list[SchemaMapping]:
    """Return the mappings in force that lead to a version, the newest first."""
    rows = SchemaMigration.objects.filter(target=version, state=SchemaMigration.State.ACTIVE)
    return [mapping_of(migration) for migration in rows.select_related("source", "target").order_by("-id")]


_migrations_in_force = PreparedQuery(
    lambda: (
        SchemaMigration.objects.filter(project=Parameter("project"), state=SchemaMigration.State.ACTIVE)
        .select_related("source", "target")
        .order_by("id")
    )
)


def migrations_in_force(project: Project) -> list[SchemaMigration]:
    """Return the migrations by whose mappings work of earlier versions is read."""
    return _migrations_in_force.all(project=project.pk)


def current_guideline(project: Project) -> GuidelineVersion:
    """Return the newest guideline version; every project has one."""
    return _newest_guideline.all(project=project.pk)[0]


def current_versions(project: Project) -> tuple[SchemaVersion, GuidelineVersion]:
    """Return the newest versions of schema and guidelines, without their texts: these are read when they are used."""
    return _schema_head.all(project=project.pk)[0], _guideline_head.all(project=project.pk)[0]


def mark_guidelines_seen(project: Project, user: User, number: int) -> None:
    """Remember which guideline version a member has seen last."""
    Membership.objects.filter(project=project, user=user).update(guidelines_seen=number)


def unseen_guidelines(project: Project, user: User) -> tuple[int, int] | None:
    """Return the guideline version that a member has seen last and the newest one, when it is newer.

    A member who has seen none has nothing to compare with: the newest one counts as seen from then on.
    """
    member = Membership.objects.filter(project=project, user=user).order_by("id").first()
    newest = guideline_versions_of(project).values_list("number", flat=True).first()
    if member is None or newest is None:
        return None
    if member.guidelines_seen is None:
        mark_guidelines_seen(project, user, newest)
        return None
    return (member.guidelines_seen, newest) if member.guidelines_seen < newest else None


def visible_jobs(user: User) -> QuerySet[Job]:
    """Return the jobs that a user may see, newest first: their own as a member, all with `SEE_ALL_WORK`."""
    all_work = Q(project__in=projects_for(user, capability=Capability.SEE_ALL_WORK).order_by())
    own = Q(started_by=user) & (Q(project__isnull=True) | Q(project__in=projects_for(user).order_by()))
    return Job.objects.filter(all_work | own).select_related("project", "started_by").order_by("-id")


def jobs_of(project: Project, *, user: User) -> QuerySet[Job]:
    """Return the jobs of a project that a user may see, newest first."""
    return visible_jobs(user).filter(project=project)


def get_job(job_id: int, *, user: User, project: Project | None = None) -> Job:
    """Return a job, of one project if given; raise `NotFound` when it does not exist or the user may not see it."""
    jobs = visible_jobs(user) if project is None else jobs_of(project, user=user)
    job = jobs.filter(pk=job_id).first()
    if job is None:
        raise NotFound(_("Job %(number)s does not exist, or you do not have access.") % {"number": job_id})
    return job


def may_cancel(job: Job, *, user: User) -> bool:
    """Return whether a user may cancel a job: their own jobs, and all jobs with `MANAGE`."""
    own = job.started_by_id == user.pk
    return own or projects_for(user, capability=Capability.MANAGE).filter(jobs=job).exists()


def get_cancellable_job(job_id: int, *, user: User) -> Job:
    """Return a job that a user may cancel, or raise `NotFound`."""
    job = get_job(job_id, user=user)
    if not may_cancel(job, user=user):
        raise NotFound(_("Job %(number)s does not exist, or you may not cancel it.") % {"number": job_id})
    return job


def project_of_job(context: JobContext) -> Project:
    """Return the project of a running job; raise `ValueError` for a job without a project."""
    if context.project_id is None:
        raise ValueError(f"Job {context.job_id} ({context.kind}) belongs to no project.")
    return Project.objects.get(pk=context.project_id)
