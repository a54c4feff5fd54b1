"""The planner that the queue asks for gold documents; it loads numpy only for projects that check their annotators."""

from datetime import datetime

from annotator.platform.accounts.models import User
from annotator.platform.prepared import Parameter, PreparedQuery
from annotator.quality.models import QualityPlan
from annotator.workload.assignments.services import PlannedDocument
from projects.models import Project

_plan = PreparedQuery(
    lambda: QualityPlan.objects.filter(project=Parameter("project")).select_related("project").order_by("id")[:1]
)


def plan_next(project: Project, user: User, now: datetime) -> PlannedDocument | None:
    """Return the gold document that a person gets next, None for the usual queue; raises `QueuePaused`."""
    plan = _plan.first(project=project.pk)
    if plan is None:
        return None
    from annotator.quality.services import plan_under

    return plan_under(plan, user, now=now)
