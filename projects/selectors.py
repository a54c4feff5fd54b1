"""Reading projects: everything is limited to what a person may see."""

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from annotator.platform.accounts.models import User
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.models import Job
from annotator.problems import NotFound
from projects.models import GuidelineVersion, Invitation, Membership, Project, SchemaVersion
from projects.roles import Capability, Role, roles_that_can
from projects.schema import Schema
from projects.schema_reader import read_schema

# By the digest of the definition, not by id: a row that was never committed must not stand for another.
_schemas: dict[str, tuple[dict[str, Any], Schema]] = {}
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


def projects_with_standing(user: User) -> QuerySet[Project]:
    """Return a person's projects, each with `role`, and the numbers of the current versions."""
    schema = SchemaVersion.objects.filter(project=OuterRef("pk")).order_by("-number", "-id").values("number")[:1]
    guideline = GuidelineVersion.objects.filter(project=OuterRef("pk")).order_by("-number", "-id").values("number")[:1]
    own = Membership.objects.filter(project=OuterRef("pk"), user=user).order_by("id").values("role")[:1]
    return projects_for(user).annotate(
        role=Subquery(own), schema_version=Subquery(schema), guideline_version=Subquery(guideline)
    )


def role_in(project: Project, user: User) -> Role | None:
    """Return the role of a person in a project; None for a stranger."""
    role = Membership.objects.filter(project=project, user=user).values_list("role", flat=True).order_by("id").first()
    return None if role is None else Role(role)


def members_of(project: Project) -> QuerySet[Membership]:
    """Return the people of a project by name."""
    return Membership.objects.filter(project=project).select_related("user").order_by("user__username", "id")


def get_member(project: Project, member_id: int) -> Membership:
    """Return somebody's membership of a project."""
    membership = members_of(project).filter(pk=member_id).first()
    if membership is None:
        raise NotFound("There is no such member of this project.")
    return membership


def invitations_to(project: Project) -> QuerySet[Invitation]:
    """Return all invitations to a project, newest first."""
    invitations = Invitation.objects.filter(project=project).select_related("created_by", "accepted_by")
    return invitations.order_by("-created_at", "-id")


def open_invitations_to(project: Project, *, now: datetime) -> QuerySet[Invitation]:
    """Return the invitations that can still be accepted, newest first."""
    return invitations_to(project).filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def used_invitations_to(project: Project) -> QuerySet[Invitation]:
    """Return the invitations that somebody accepted, newest first."""
    return invitations_to(project).filter(accepted_at__isnull=False)


def get_invitation(project: Project, invitation_id: int) -> Invitation:
    """Return an invitation to a project."""
    invitation = invitations_to(project).filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound("There is no such invitation to this project.")
    return invitation


def find_invitation(secret: str) -> Invitation:
    """Return the invitation that a link carries, in whatever state, or raise `NotFound`."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    invitation = Invitation.objects.select_related("project").filter(digest=digest).order_by("id").first()
    if invitation is None:
        raise NotFound("There is no such invitation. Check that the whole link was copied, or ask for a new one.")
    return invitation


def leads_of(project: Project) -> QuerySet[Membership]:
    """Return the active people who lead a project."""
    return members_of(project).filter(role=Role.LEAD, user__is_active=True)


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the projects of a person with the role in each, by name."""
    return Membership.objects.filter(user=user).select_related("project").order_by("project__name", "id")


def schema_versions_of(project: Project) -> QuerySet[SchemaVersion]:
    """Return the schema versions of a project, newest first."""
    return SchemaVersion.objects.filter(project=project).select_related("created_by").order_by("-number", "-id")


def get_schema_version(project: Project, number: int) -> SchemaVersion:
    """Return one schema version of a project."""
    version = schema_versions_of(project).filter(number=number).first()
    if version is None:
        raise NotFound(f"The schema has no version {number}.")
    return version


def guideline_versions_of(project: Project) -> QuerySet[GuidelineVersion]:
    """Return the guideline versions of a project, newest first."""
    return GuidelineVersion.objects.filter(project=project).select_related("created_by").order_by("-number", "-id")


def get_guideline_version(project: Project, number: int) -> GuidelineVersion:
    """Return one guideline version of a project."""
    version = guideline_versions_of(project).filter(number=number).first()
    if version is None:
        raise NotFound(f"The guidelines have no version {number}.")
    return version


def current_schema(project: Project) -> SchemaVersion:
    """Return the newest schema version; every project has one."""
    return SchemaVersion.objects.filter(project=project).order_by("-number", "id")[0]


def schema_of(version: SchemaVersion) -> Schema:
    """Return what a schema version says, read once and kept: versions never change."""
    definition, schema = _schemas.get(version.sha256, (None, None))
    if schema is None or definition != version.definition:
        if len(_schemas) >= MOST_SCHEMAS_KEPT:
            _schemas.clear()
        schema = read_schema(version.definition)
        _schemas[version.sha256] = (version.definition, schema)
    return schema


def current_guideline(project: Project) -> GuidelineVersion:
    """Return the newest guideline version; every project has one."""
    return GuidelineVersion.objects.filter(project=project).order_by("-number", "id")[0]


def visible_jobs(user: User) -> QuerySet[Job]:
    """Return the jobs that a person may see, newest first: own ones while a member, and all with the right."""
    all_work = Q(project__in=projects_for(user, capability=Capability.SEE_ALL_WORK).order_by())
    own = Q(started_by=user) & (Q(project__isnull=True) | Q(project__in=projects_for(user).order_by()))
    return Job.objects.filter(all_work | own).select_related("project", "started_by").order_by("-id")


def jobs_of(project: Project, *, user: User) -> QuerySet[Job]:
    """Return the jobs of a project that a person may see, newest first."""
    return visible_jobs(user).filter(project=project)


def get_job(job_id: int, *, user: User, project: Project | None = None) -> Job:
    """Return a job, of one project if given; `NotFound` alike when there is none and when it may not be seen."""
    jobs = visible_jobs(user) if project is None else jobs_of(project, user=user)
    job = jobs.filter(pk=job_id).first()
    if job is None:
        raise NotFound(f"There is no job {job_id}, or you may not see it.")
    return job


def may_cancel(job: Job, *, user: User) -> bool:
    """Return whether a person who sees a job may end it: an own one, or any with `manage`."""
    own = job.started_by_id == user.pk
    return own or projects_for(user, capability=Capability.MANAGE).filter(jobs=job).exists()


def get_cancellable_job(job_id: int, *, user: User) -> Job:
    """Return a job that a person may end, or raise `NotFound`."""
    job = get_job(job_id, user=user)
    if not may_cancel(job, user=user):
        raise NotFound(f"There is no job {job_id} that you may cancel.")
    return job


def project_of_job(context: JobContext) -> Project:
    """Return the project that a running job belongs to; a job without a project raises `ValueError`."""
    if context.project_id is None:
        raise ValueError(f"Job {context.job_id} ({context.kind}) belongs to no project.")
    return Project.objects.get(pk=context.project_id)
