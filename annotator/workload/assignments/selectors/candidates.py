"""Which documents can be assigned to an annotator, and in which order.

Rounds come first, by priority; then documents without a round. Within a round documents of higher priority come first,
then the order of the round: that of the import, or the annotator's own (`annotator.corpus.documents.ordering`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.ordering import annotator_order
from annotator.corpus.spans import exclusions, lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.prepared import Parameter, PreparedQuery, among, many
from annotator.problems import NotFound
from annotator.workload.assignments.models import Assignment, Round, RoundMember, RoundOrder, Skip
from annotator.workload.assignments.plan_table import NO_ROUND, Scope, first_documents
from annotator.workload.assignments.selectors.plan_copies import (
    PlanCopy,
    forget_left_out,
    guard,
    left_out_documents,
    note_left_out,
    note_plans,
    plan_copy,
)
from projects.models import GuidelineVersion, Membership, Project, SchemaVersion
from projects.roles import Capability, Role, roles_that_can
from projects.selectors import current_versions, projects_for, role_in

NOT_OFFERED_BY_DEFAULT = (Role.LEAD, Role.VIEWER)
NO_ONE: frozenset[int] = frozenset()
FIRST_WINDOW, LAST_WINDOW = 8, 8_192


def may_annotate(project: Project, user: User) -> bool:
    """Return whether a lead can assign documents to a user."""
    roles = roles_that_can(Capability.ANNOTATE)
    return user.is_active and Membership.objects.filter(project=project, user=user, role__in=roles).exists()


def is_offered_documents(project: Project, user: User) -> bool:
    """Return whether pages offer documents to a member: to leads only when they choose to annotate."""
    return is_offered(role_in(project, user), choice_to_annotate(project, user))


def is_offered(role: Role | None, choice: bool | None) -> bool:
    """Return whether documents are offered to a member with this role who made this choice, None for no choice."""
    return role not in NOT_OFFERED_BY_DEFAULT if choice is None else choice


def annotating_names(project: Project) -> list[str]:
    """Return the names of the people to whom documents can be assigned."""
    roles = roles_that_can(Capability.ANNOTATE)
    members = Membership.objects.filter(project=project, role__in=roles, user__is_active=True)
    return list(members.order_by("user__username", "id").values_list("user__username", flat=True))


def choice_to_annotate(project: Project, user: User) -> bool | None:
    """Return whether a member has chosen to annotate, or not to; None when their role decides."""
    choice = _choices.first(project=project.pk, user=user.pk)
    return None if choice is None else choice[0]


def _build_round_of() -> QuerySet[Round]:
    rounds = Round.objects.filter(plans__document=Parameter("document")).select_related("schema_version")
    return rounds.defer("schema_version__definition").order_by("id")[:1]


_round_of = PreparedQuery(_build_round_of)
_rounds = PreparedQuery(
    lambda: Round.objects.filter(project=Parameter("project"), is_open=True).order_by("-priority", "id")
)
_members = PreparedQuery(lambda: RoundMember.objects.filter(round=Parameter("round")).order_by("id"))
_skip = PreparedQuery(
    lambda: (
        Skip.objects.filter(document=Parameter("document"), annotator=Parameter("user"))
        .order_by("id")
        .values_list("pk")
    )
)
_choices = PreparedQuery(
    lambda: (
        Membership.objects.filter(project=Parameter("project"), user=Parameter("user"))
        .order_by("id")
        .values_list("annotates")
    )
)


def round_of(document: Document) -> Round | None:
    """Return the round of a document."""
    return _round_of.first(document=document.pk)


def limit_of(document: Document) -> int:
    """Return how many annotators a document can have at most."""
    of_round = round_of(document)
    return document.project.annotators_per_document if of_round is None else of_round.annotators_per_document


def limit_for(document: Document, user: User) -> int:
    """Return how many slots of a document may be taken when this user asks for one; 0 when it is not for them.

    Slots of people who annotate all documents of the round are kept for them.
    """
    if _skip.first(document=document.pk, user=user.pk):
        return 0
    current = round_of(document)
    if current is None:
        return document.project.annotators_per_document
    scope = _scope(current, user)
    if scope is None:
        return 0
    _limit, kept = scope
    if not kept:
        return current.annotators_per_document
    begun = Assignment.objects.filter(document=document, annotator__in=kept, slot__isnull=False).count()
    return current.annotators_per_document - (len(kept) - begun)


def versions_for(document: Document) -> tuple[SchemaVersion, GuidelineVersion]:
    """Return the versions of schema and guidelines of a new set, without their texts: a round may fix the schema's."""
    schema_version, guideline_version = current_versions(document.project)
    current = round_of(document)
    fixed = None if current is None else current.schema_version
    return fixed or schema_version, guideline_version


def upcoming_document(annotation_set: AnnotationSet, user: User) -> Document | None:
    """Return the document that would be assigned to a user after a set; None while the user has another open one."""
    project = annotation_set.document.project
    others = Assignment.objects.filter(lifecycle.open_sets("annotation_set__"), annotator=user)
    others = others.filter(document__project=project).exclude(annotation_set=annotation_set)
    if others.exists() or choice_to_annotate(project, user) is False:
        return None
    documents = candidates(project, user)
    return Document.objects.select_related("project").get(pk=documents[0]) if documents else None


def candidates(project: Project, user: User) -> list[int]:
    """Return the first documents that can be assigned to a user, in the order in which they are assigned."""
    if exclusions.is_person_excluded(project, user):
        return []
    copy = plan_copy(project)
    chosen = _first_candidates(project, user, copy)
    if not chosen and forget_left_out(copy, user.pk):
        chosen = _first_candidates(project, user, copy)  # some documents may be for the user again
    return chosen


def _first_candidates(project: Project, user: User, copy: PlanCopy) -> list[int]:
    for current in [*_rounds.all(project=project.pk), None]:
        scope = (project.annotators_per_document, NO_ONE) if current is None else _scope(current, user)
        if scope is not None and scope[0] > 0:
            search = _Search(project, current, user, copy, limit=scope[0], is_kept_for_others=bool(scope[1]))
            if chosen := search.run():
                return chosen
    return []


def _scope(current: Round, user: User) -> tuple[int, frozenset[int]] | None:
    """Return how many slots a round has for a user, and for whom some are kept; None when it is not for the user."""
    members = _members.all(round=current.pk)
    own = next((member for member in members if member.user_id == user.pk), None)
    if not current.is_open or (members and own is None):
        return None
    if own is not None and own.quota is not None:
        begun = Assignment.objects.filter(document__plan__round=current, annotator=user, freed_at=None).count()
        if begun >= own.quota:
            return None
    kept = frozenset(member.user_id for member in members if member.annotates_all and member is not own)
    if own is not None and own.annotates_all:
        return current.annotators_per_document, NO_ONE
    if len(kept) >= current.annotators_per_document:
        return None
    return current.annotators_per_document, kept


class _Search:
    """A search for the first documents of a round, or without one, that can be assigned to a user.

    The first free documents come from the copy of the plans. Looking at them in the database shows which of them are
    not free any more, or not for this user.
    """

    def __init__(
        self,
        project: Project,
        current: Round | None,
        user: User,
        copy: PlanCopy,
        *,
        limit: int,
        is_kept_for_others: bool,
    ) -> None:
        self._user, self._is_kept_for_others = user, is_kept_for_others
        self._scope = Scope(NO_ROUND if current is None else current.pk, limit)
        is_seeded = current is None or current.order == RoundOrder.SEEDED
        self._order = annotator_order(project.seed, user.get_username()) if is_seeded else None
        self._copy = copy

    def run(self) -> list[int]:
        """Return documents that can be assigned, in order: those among the first that were looked at."""
        plans, passed_over = self._copy.plans_for(self._scope), left_out_documents(self._copy, self._user.pk)
        start, size, left_out = 0, FIRST_WINDOW, []
        while True:
            first = first_documents(plans, self._scope, self._order, start + size + len(passed_over))
            window = first[~np.isin(first, passed_over)][start : start + size].tolist()
            free = self._free(window)
            chosen = [key for key in window if free.get(key)]
            if chosen and self._is_kept_for_others:
                kept = _kept_for_others(self._user, chosen)
                chosen = [key for key in chosen if key not in kept]
            left_out += [key for key in window if free.get(key) is False]
            if chosen or not window:
                if start:
                    note_left_out(self._copy, self._user.pk, left_out)
                return chosen
            start, size = start + size, min(size * 8, LAST_WINDOW)

    def _free(self, window: list[int]) -> dict[int, bool]:
        """Return which documents are free, and whether they are for the user; store what has changed in the copy."""
        with guard:
            rows = _present.all(user=self._user.pk, documents=many(window)) if window else []
            taken = [plan for *plan, _is_left_out in rows if not self._is_free(plan)]
            note_plans(self._copy, taken, deleted=list(set(window).difference(row[0] for row in rows)))
        return {plan[0]: not is_left_out for *plan, is_left_out in rows if self._is_free(plan)}

    def _is_free(self, plan: Sequence[Any]) -> bool:
        _document, of_round, _key, _position, _priority, taken, is_reserved = plan
        return of_round == self._scope.round and taken < self._scope.limit and not is_reserved


def _build_present() -> QuerySet[Document, tuple[Any, ...]]:
    by_user = Q(annotator=Parameter("user")) | Q(member=Parameter("user"))
    own = AnnotationSet.objects.filter(by_user, document=OuterRef("pk"))
    skipped = Skip.objects.filter(document=OuterRef("pk"), annotator=Parameter("user"))
    closed = Q(is_excluded=True) | Q(is_archived=True) | Q(Exists(lifecycle.sets_that_end_assignment()))
    is_left_out = ExpressionWrapper(closed | Q(Exists(own)) | Q(Exists(skipped)), BooleanField())
    plan = [f"plan__{name}" for name in ("shuffle_key", "position", "priority", "taken", "is_reserved")]
    documents = Document.objects.filter(plan__isnull=False, pk__in=among("documents", "bigint")).order_by("id")
    return documents.values_list("pk", Coalesce("plan__round", NO_ROUND), *plan, is_left_out)


_present = PreparedQuery(_build_present)


def _kept_for_others(user: User, document_ids: list[int]) -> set[int]:
    """Return those documents whose free slots are all kept for people who annotate everything in their round."""
    kept = RoundMember.objects.filter(annotates_all=True, round__plans__document=OuterRef("pk")).exclude(user=user)
    own = RoundMember.objects.filter(annotates_all=True, user=user, round__plans__document=OuterRef("pk"))
    documents = Document.objects.filter(Exists(kept), ~Exists(own), pk__in=document_ids).select_related("project")
    return {
        document.pk
        for document in documents.defer("text", "meta").order_by("id")
        if Assignment.objects.filter(document=document, slot__isnull=False).count() >= limit_for(document, user)
    }


def rounds_with_counts(project: Project) -> QuerySet[Round]:
    """Return the rounds of a project with their number of documents, in the order in which they are assigned."""
    rounds = Round.objects.filter(project=project).select_related("schema_version").prefetch_related("members__user")
    return rounds.annotate(documents=Count("plans")).order_by("-priority", "id")


def get_round(round_id: int, *, user: User) -> Round:
    """Return a round of a project that a user manages."""
    managed = projects_for(user, capability=Capability.MANAGE).order_by()
    rows = Round.objects.filter(pk=round_id, project__in=managed).select_related("project", "schema_version")
    found = rows.order_by("id").first()
    if found is None:
        raise NotFound(_("There is no round %(number)s, or you may not change it.") % {"number": round_id})
    return found
