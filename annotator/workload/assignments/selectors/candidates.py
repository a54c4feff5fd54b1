"""Which documents can be assigned to an annotator, and in which order.

Rounds come first, by priority; then documents without a round. Within a round documents of higher priority come first,
then the order of the round: that of the import, or the annotator's own (`annotator.corpus.documents.ordering`).
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.ordering import PRIME, annotator_order
from annotator.corpus.spans import exclusions, lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.prepared import MOST_PREPARED, Parameter, PreparedQuery, numbered, parameters
from annotator.problems import NotFound
from annotator.workload.assignments.models import Assignment, DocumentPlan, Round, RoundMember, RoundOrder, Skip
from projects.models import GuidelineVersion, Membership, Project, SchemaVersion
from projects.roles import Capability, Role, roles_that_can
from projects.selectors import current_versions, projects_for, role_in

NOT_OFFERED_BY_DEFAULT = (Role.LEAD, Role.VIEWER)
NO_ONE: frozenset[int] = frozenset()
FIRST_WINDOW, LAST_WINDOW = 64, 16_384


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
    taken = Assignment.objects.filter(document=document, annotator__in=kept, slot__isnull=False)
    begun = taken.count() if kept else 0
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
    for current in [*_rounds.all(project=project.pk), None]:
        scope = (project.annotators_per_document, NO_ONE) if current is None else _scope(current, user)
        if scope is not None and scope[0] > 0:
            for window in _windows(project, current, user, limit=scope[0]):
                not_for = _not_for(user, window) | (_kept_for_others(user, window) if scope[1] else set())
                if chosen := [key for key in window if key not in not_for]:
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


def _windows(project: Project, current: Round | None, user: User, *, limit: int) -> Iterator[list[int]]:
    """Yield documents with a free slot in order, in growing pieces: mostly the first one suffices."""
    order = annotator_order(project.seed, user.get_username())
    values: dict[str, Any] = {"project": project.pk, "round": None if current is None else current.pk, "limit": limit}
    values |= {"multiplier": order.multiplier, "offset": order.offset}
    is_seeded = current is None or current.order == RoundOrder.SEEDED
    window = [key for (key,) in _first_window(current is not None, is_seeded).all(**values)]
    start, size = FIRST_WINDOW, FIRST_WINDOW * 8
    while window:
        yield window  # mostly all that is asked for
        keys = _ordered_plans(values, has_round=current is not None, is_seeded=is_seeded)
        window = [key for (key,) in keys[start : start + size]]
        start, size = start + size, min(size * 8, LAST_WINDOW)


def _ordered_plans(
    values: Mapping[str, Any], *, has_round: bool, is_seeded: bool
) -> QuerySet[DocumentPlan, tuple[int]]:
    """Return the keys of documents with a free slot, in order; the values may be parameters."""
    plans = DocumentPlan.objects.filter(
        project=values["project"],
        round=values["round"] if has_round else None,
        taken__lt=values["limit"],
        is_reserved=False,
    )
    if is_seeded:
        rank = (Cast(F("shuffle_key"), BigIntegerField()) * values["multiplier"] + values["offset"]) % PRIME
        plans = plans.alias(rank=rank).order_by("-priority", "rank", "position", "document")
    else:
        plans = plans.order_by("-priority", "position", "document")
    return plans.values_list("document")


@cache
def _first_window(has_round: bool, is_seeded: bool) -> PreparedQuery[tuple[int]]:
    names = ("project", "round", "limit")
    values = {name: Parameter(name) for name in names}
    values |= {name: Parameter(name, BigIntegerField()) for name in ("multiplier", "offset")}
    return PreparedQuery(lambda: _ordered_plans(values, has_round=has_round, is_seeded=is_seeded)[:FIRST_WINDOW])


def _not_for(user: User, document_ids: list[int]) -> set[int]:
    """Return those documents that a user has a set of or skipped, and that are adjudicated, excluded or archived."""
    rows = _left_out(len(document_ids)).all(user=user.pk, **numbered("document", document_ids))
    return {key for (key,) in rows}


@lru_cache(maxsize=MOST_PREPARED)
def _left_out(count: int) -> PreparedQuery[tuple[int]]:
    def build() -> QuerySet[Document, tuple[int]]:
        by_user = Q(annotator=Parameter("user")) | Q(member=Parameter("user"))
        own = AnnotationSet.objects.filter(by_user, document=OuterRef("pk"))
        skipped = Skip.objects.filter(document=OuterRef("pk"), annotator=Parameter("user"))
        closed = Q(is_excluded=True) | Q(is_archived=True) | Q(Exists(lifecycle.sets_that_end_assignment()))
        keys: list[Any] = parameters("document", count)
        documents = Document.objects.filter(closed | Q(Exists(own)) | Q(Exists(skipped)), pk__in=keys)
        return documents.order_by("id").values_list("pk")

    return PreparedQuery(build)


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
