"""Queries of the overview pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from annotator.agreement.models import AgreementReport
from annotator.agreement.reports.sentences import FigureText, figure_text
from annotator.agreement.selectors.reports import figures_of, latest_report, report_summaries
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import Job
from annotator.problems import NotFound
from annotator.site.dashboard.charts import Interval, interval, trend
from annotator.site.dashboard.progress import PersonWork
from annotator.workload.assignments.selectors import is_offered
from annotator.workload.assignments.selectors.tallies import (
    PersonWeek,
    RoundProgress,
    round_progress,
)
from annotator.workload.timing.selectors import Pace
from projects.models import Membership, Project
from projects.roles import Capability, Role, can, roles_that_can


@dataclass(frozen=True)
class SetCounts:
    """The numbers of open and finished annotation sets of an annotator."""

    open: int
    finished: int


@dataclass(frozen=True)
class ProjectCard:
    """A project in the list of the user's projects."""

    project: Project
    role: Role
    documents: int
    own: SetCounts
    is_offered: bool

    @property
    def annotates(self) -> bool:
        """Whether the user has or is offered documents to annotate in the project."""
        return can(self.role, Capability.ANNOTATE) and (self.has_next or self.own.finished > 0)

    @property
    def has_next(self) -> bool:
        """Whether a document is open, or documents are offered."""
        return self.is_offered or self.own.open > 0


@dataclass(frozen=True)
class Progress:
    """The progress of a project in documents."""

    documents: int
    begun: int
    finished: int
    adjudicated: int
    imported: int

    @property
    def unassigned(self) -> int:
        """Documents that are not assigned to any annotator."""
        return self.documents - self.begun


@dataclass(frozen=True)
class AnnotatorProgress:
    """A member who annotates, or a former one with submitted sets: open sets, the last change, and their work."""

    username: str
    role: str
    open: int
    last_change: datetime | None
    work: PersonWork | None = None

    @property
    def finished(self) -> int:
        """The number of submitted sets."""
        return self.work.sets if self.work else 0


@dataclass(frozen=True)
class LabelRow:
    """The agreement on a label: its figure as text, as positions of a chart, and its trend over reports."""

    label: str
    spans: int
    figure: FigureText
    interval: Interval | None
    trend: str


def project_cards(user: User) -> list[ProjectCard]:
    """Return the projects of a user by name, with the counts of their annotation sets."""
    memberships = Membership.objects.filter(user=user).select_related("project").order_by("project__name", "id")
    projects = [membership.project_id for membership in memberships]
    documents = _count_by_project(Document.objects.filter(project_id__in=projects), "project_id")
    own = AnnotationSet.objects.filter(annotator=user, document__project_id__in=projects)
    opened = _count_by_project(own.filter(lifecycle.unsubmitted_sets()), "document__project_id")
    finished = _count_by_project(own.filter(lifecycle.finished_sets()), "document__project_id")
    return [
        ProjectCard(
            project=membership.project,
            role=Role(membership.role),
            documents=documents.get(membership.project_id, 0),
            own=SetCounts(open=opened.get(membership.project_id, 0), finished=finished.get(membership.project_id, 0)),
            is_offered=is_offered(Role(membership.role), membership.annotates),
        )
        for membership in memberships
    ]


def _count_by_project(rows: QuerySet[Document] | QuerySet[AnnotationSet], field: str) -> dict[int, int]:
    return dict(rows.order_by(field).values_list(field).annotate(count=Count("id")))


def own_set_counts(project: Project, user: User) -> SetCounts:
    """Count the annotation sets of a user in a project."""
    own = AnnotationSet.objects.filter(annotator=user, document__project=project)
    return SetCounts(
        open=own.filter(lifecycle.unsubmitted_sets()).count(), finished=own.filter(lifecycle.finished_sets()).count()
    )


def progress_of(project: Project, rounds: Sequence[RoundProgress] | None = None) -> Progress:
    """Count the documents of a project by progress, from its tallies."""
    rows = [row.stages for row in (round_progress(project) if rounds is None else rounds)]
    documents, unassigned = sum(row.documents for row in rows), sum(row.unassigned for row in rows)
    adjudicated = sum(row.adjudicated for row in rows)
    return Progress(
        documents=documents,
        begun=documents - unassigned,
        finished=sum(row.submitted for row in rows) + adjudicated,
        adjudicated=adjudicated,
        imported=sum(row.imported for row in rows),
    )


def annotator_progress(project: Project, work: Sequence[PersonWork] = ()) -> list[AnnotatorProgress]:
    """Return the members who may annotate and everyone who submitted sets, by name, with their work."""
    here = AnnotationSet.objects.filter(lifecycle.unsubmitted_sets(), document__project=project, submitted_at=None)
    opened = {
        name: (count, last)
        for name, count, last in here.order_by()
        .values_list("annotator__username")
        .annotate(count=Count("id"), last=Max("changed_at"))
    }
    members = Membership.objects.filter(project=project, role__in=roles_that_can(Capability.ANNOTATE))
    roles = dict(members.order_by("user__username", "id").values_list("user__username", "role"))
    by_name = {person.name: person for person in work}
    rows = []
    for name in sorted({*roles, *by_name}):
        count, last = opened.get(name, (0, None))
        person = by_name.get(name)
        moments = [moment for moment in (last, person.last_at if person else None) if moment is not None]
        rows.append(AnnotatorProgress(name, roles.get(name, ""), count, max(moments, default=None), person))
    return rows


def team_pace(work: Sequence[PersonWeek]) -> Pace:
    """Return the active time of all submitted sets, and the median minutes per 1,000 words."""
    paces = np.array([pace for row in work for pace in row.paces])
    rate = round(float(np.median(paces)), 1) if len(paces) else None
    return Pace(sum(row.seconds for row in work), len(paces), rate)


def label_rows(report: AgreementReport) -> list[LabelRow]:
    """Return the agreement on each label in a report, with its trend over the last comparable reports."""
    earlier = [{row.label: row.overlap_f1 for row in one.labels} for one in report_summaries(report)]
    rows = []
    for row in figures_of(report).labels:
        figure = row.overlap_f1
        past = [one[row.label].value if one.get(row.label) else None for one in earlier]
        ends = interval(figure.value, figure.low, figure.high)
        rows.append(LabelRow(row.label, row.spans, figure_text(figure), ends, trend(past)))
    return rows


def get_document(document_id: int, *, user: User) -> Document:
    """Return a document of a project in which the user may see all annotations, or raise `NotFound`."""
    roles = roles_that_can(Capability.SEE_ALL_WORK)
    memberships = Membership.objects.filter(user=user, role__in=roles).values("project")
    document = (
        Document.objects.filter(pk=document_id, project__in=memberships)
        .select_related("project")
        .order_by("id")
        .first()
    )
    if document is None:
        raise NotFound(_("This document does not exist, or you do not have access."))
    return document


def sets_of(document: Document) -> QuerySet[AnnotationSet]:
    """Return the annotation sets of a document by name, with their number of spans."""
    return (
        AnnotationSet.objects.filter(document=document)
        .select_related("schema_version", "guideline_version", "active_time")
        .defer("active_time__periods")
        .annotate(span_count=Count("spans"))
        .order_by("name", "id")
    )


def newest_jobs(project: Project, *, count: int) -> QuerySet[Job]:
    """Return the jobs that were started most recently."""
    return Job.objects.filter(project=project).order_by("-id")[:count]


def newest_report(project: Project) -> AgreementReport | None:
    """Return the official agreement report: the newest finished one that covers everything."""
    return latest_report(project)
