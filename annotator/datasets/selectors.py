"""Reading exports."""

from django.db.models import QuerySet

from annotator.accounts.models import User
from annotator.datasets.models import Export
from annotator.problems import NotFound
from projects.models import Membership, Project
from projects.roles import Capability, roles_that_can


def exports_of(project: Project) -> QuerySet[Export]:
    """Return the exports of a project, newest first."""
    return Export.objects.filter(project=project).select_related("job", "created_by", "project").order_by("-id")


def get_export(export_id: int, *, user: User) -> Export:
    """Return an export of a project in which the person may export; else `NotFound`."""
    memberships = Membership.objects.filter(user=user, role__in=roles_that_can(Capability.EXPORT))
    found = Export.objects.filter(pk=export_id, project__in=memberships.values("project"))
    export = found.select_related("job", "created_by", "project").order_by("id").first()
    if export is None:
        raise NotFound("There is no such export, or you may not see it.")
    return export
