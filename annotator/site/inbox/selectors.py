"""What waits for a person in all of their projects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.prepared import PreparedQuery, number_of_rows
from annotator.quality import selectors as quality
from annotator.site.inbox.models import InboxState
from annotator.workload.assignments.models import ReturnedSet, Skip, SkipReason
from annotator.workload.assignments.selectors import count_stuck_slots
from annotator.workload.questions import selectors as questions
from annotator.workload.questions.models import Question
from projects.models import GuidelineVersion, Membership, Project
from projects.roles import Capability, roles_that_can
from projects.selectors import AnyMember, projects_for

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits in a project for its leads."""

    project: Project
    skips: int
    reviews: int
    stuck: int
    alerts: int = 0

    @property
    def total(self) -> int:
        """The number of all of it."""
        return self.skips + self.reviews + self.stuck + self.alerts


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for a person: at most `MOST_SHOWN` of each kind."""

    unread: Sequence[Question]
    unanswered: Sequence[Question]
    returned: Sequence[AnnotationSet]
    guidelines: Sequence[GuidelineVersion]
    projects: Sequence[Waiting]

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not any((self.unread, self.unanswered, self.returned, self.guidelines, self.projects))

    def lines(self) -> list[str]:
        """Return what waits in words, one line for each kind; for messages."""
        counts = (
            (_("Questions with new comments"), len(self.unread)),
            (_("Questions that wait for a lead"), len(self.unanswered)),
            (_("Returned documents"), len(self.returned)),
            (_("New guidelines"), len(self.guidelines)),
            (_("Skipped documents"), sum(row.skips for row in self.projects)),
            (_("Submitted sets to review"), sum(row.reviews for row in self.projects)),
            (_("Stuck slots"), sum(row.stuck for row in self.projects)),
            (_("People whose gold checks failed"), sum(row.alerts for row in self.projects)),
        )
        return [f"{name}: {count:,}" for name, count in counts if count]


def inbox_of(user: User, *, now: datetime) -> Inbox:
    """Return what waits for a user."""
    waiting = [_waiting(project, now) for project in projects_for(user, capability=Capability.MANAGE)]
    return Inbox(
        unread=list(questions.unread_of(user)[:MOST_SHOWN]),
        unanswered=list(questions.unanswered(user)[:MOST_SHOWN]),
        returned=list(_returned(user)[:MOST_SHOWN]),
        guidelines=list(_new_guidelines(user)[:MOST_SHOWN]),
        projects=[row for row in waiting if row.total],
    )


def inbox_count(user: User, *, now: datetime) -> int:
    """Return how many things wait for a user, for the navigation of every page."""
    queries = _counting(user.limited_to_project is not None)
    who = {"user": user.pk, "project": user.limited_to_project}
    count = sum(queries.of_member.all(**who)[0])
    if managed := queries.managed.all(**who):
        count += sum(queries.of_lead.all(**who)[0])
        count += sum(count_stuck_slots(project, now=now) for project in managed)
    return count


class _Counting(NamedTuple):
    """The prepared queries of `inbox_count`: what waits for a member, the projects of a lead, what waits for leads."""

    of_member: PreparedQuery[tuple[int, ...]]
    managed: PreparedQuery[Project]
    of_lead: PreparedQuery[tuple[int, ...]]


@cache
def _counting(has_limited_token: bool) -> _Counting:
    user = AnyMember(has_limited_token=has_limited_token)
    managed = projects_for(user, capability=Capability.MANAGE).order_by()
    reviews = AnnotationSet.objects.filter(lifecycle.sets_to_review(), document__project__review_required=True)
    return _Counting(
        of_member=PreparedQuery(
            lambda: _counts(user, questions.unread_of(user), _returned(user), _new_guidelines(user))
        ),
        managed=PreparedQuery(lambda: managed.order_by("id")),
        of_lead=PreparedQuery(
            lambda: _counts(
                user,
                questions.unanswered(user),
                _skips().filter(document__project__in=managed),
                reviews.filter(document__project__in=managed),
                quality.alerts().filter(project__in=managed),
            )
        ),
    )


def _counts(user: AnyMember, *rows: QuerySet[Any]) -> QuerySet[User, tuple[int, ...]]:
    """Return one row: how many rows each of the querysets has."""
    numbers = [Subquery(each.order_by().values_list(number_of_rows())) for each in rows]
    return User.objects.filter(pk=user).order_by("pk").values_list(*numbers)


def _waiting(project: Project, now: datetime) -> Waiting:
    reviews = lifecycle.few_sets_of(project, lifecycle.sets_to_review())
    return Waiting(
        project=project,
        skips=_skips().filter(document__project=project).count(),
        reviews=reviews.count(),
        stuck=count_stuck_slots(project, now=now),
        alerts=quality.count_alerts([project.pk]),
    )


def _skips() -> QuerySet[Skip]:
    return Skip.objects.filter(decision="").exclude(reason=SkipReason.WITHDRAWN)


def _returned(user: User | AnyMember) -> QuerySet[AnnotationSet]:
    """Return the open sets that were returned to a user, the last returned first."""
    notes = ReturnedSet.objects.filter(annotation_set=OuterRef("pk"))
    projects = projects_for(user, capability=Capability.ANNOTATE).order_by()
    sets = AnnotationSet.objects.filter(
        lifecycle.open_sets(), Exists(notes), annotator=user, document__project__in=projects
    )
    return (
        sets.select_related("document__project")
        .defer("document__text", "document__meta")
        .order_by("-changed_at", "-id")
    )


def _new_guidelines(user: User | AnyMember) -> QuerySet[GuidelineVersion]:
    """Return the newest guidelines of each project of a user, where others published them since they last looked."""
    roles = roles_that_can(Capability.ANNOTATE)
    own = Membership.objects.filter(user=user, role__in=roles, project=OuterRef("project"))
    newer = GuidelineVersion.objects.filter(project=OuterRef("project"), number__gt=OuterRef("number"))
    seen = InboxState.objects.filter(user=user, guidelines_seen_at__gte=OuterRef("created_at"))
    versions = GuidelineVersion.objects.filter(
        Exists(own.filter(joined_at__lt=OuterRef("created_at"))), ~Exists(newer), ~Exists(seen), number__gt=1
    )
    by_others = versions.filter(Q(created_by=None) | ~Q(created_by=user))
    return by_others.select_related("project").order_by("-created_at", "id")


def state_of(user: User) -> InboxState:
    """Return the state of a user's inbox, also before it is stored."""
    return InboxState.objects.filter(user=user).order_by("user").first() or InboxState(user=user)


def people_for_digest() -> Sequence[User]:
    """Return the active users with a confirmed address who have not turned digests off, by name."""
    unwanted = InboxState.objects.filter(user=OuterRef("pk"), wants_digest=False)
    users = User.objects.filter(~Exists(unwanted), is_active=True, memberships__isnull=False).exclude(email="")
    return list(users.distinct().order_by("username", "id"))
