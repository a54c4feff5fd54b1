"""Exclusions: work that a lead leaves out of reports, exports, releases, adjudication and slots, reversibly.

`lifecycle.included` is the rule by which everything reads sets; this module keeps the column that the rule reads in
agreement with the exclusions of a project. The records stay when they are lifted: they say who left out what, and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.authors import AUTHOR, AUTHOR_KIND, authors_of
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, Exclusion, SetKind
from annotator.corpus.spans.problems import AlreadyExcluded
from annotator.platform.accounts.models import User
from annotator.platform.prepared import Parameter, PreparedQuery
from annotator.problems import InvalidInput, NotFound
from annotator.text.json_objects import UNSTORABLE, UNSTORABLE_TEXT
from projects.models import Project
from projects.roles import Capability
from projects.selectors import projects_for

LONGEST_REASON = 500
READ_AT_ONCE = 5000
PERSON_KINDS = (SetKind.ANNOTATOR, SetKind.IMPORTED, SetKind.MODEL)


@dataclass(frozen=True, slots=True)
class Person:
    """The author of sets: a user of the site (`annotator`), or a name in imported files or of a model."""

    name: str
    kind: str


Target = AnnotationSet | Document | Person


@transaction.atomic
def exclude(project: Project, target: Target, *, reason: str, by: User | None, now: datetime) -> Exclusion:
    """Leave out a set, a document, or all sets of a person; later sets over the document or by the person as well.

    Raises `InvalidInput` without a reason, `NotFound` for a person without a set, `AlreadyExcluded`.
    """
    _check_reason(reason)
    columns: dict[str, object] = {}
    if isinstance(target, AnnotationSet):
        columns["annotation_set"] = target
    elif isinstance(target, Document):
        columns["document"] = target
    else:
        columns = {"person": target.name, "person_kind": target.kind}
        if not _sets_of_person(project, target).exists():
            raise NotFound(_("“%(name)s” has no annotation set in this project.") % {"name": target.name})
    try:
        with transaction.atomic():
            exclusion = Exclusion.objects.create(
                project=project, reason=reason.strip(), excluded_by=by, excluded_at=now, **columns
            )
    except IntegrityError as error:
        raise AlreadyExcluded(_("This is excluded already. Load the page again.")) from error
    _mark_document(exclusion, excluded=True)
    refresh(affected_sets(exclusion))
    return exclusion


@transaction.atomic
def lift(exclusion: Exclusion, *, by: User | None, now: datetime) -> Exclusion:
    """Lift an exclusion: its sets are used again, unless another exclusion covers them. Raises `AlreadyExcluded`."""
    if not Exclusion.objects.filter(pk=exclusion.pk, lifted_at=None).update(lifted_by=by, lifted_at=now):
        raise AlreadyExcluded(_("This exclusion was lifted already. Load the page again."))
    exclusion.refresh_from_db()
    _mark_document(exclusion, excluded=False)
    refresh(affected_sets(exclusion))
    return exclusion


def _mark_document(exclusion: Exclusion, *, excluded: bool) -> None:
    if exclusion.document_id is not None:
        Document.objects.filter(pk=exclusion.document_id).update(is_excluded=excluded)


def affected_sets(exclusion: Exclusion) -> QuerySet[AnnotationSet]:
    """Return the sets that an exclusion covers, whether it is lifted or not."""
    if exclusion.annotation_set_id is not None:
        sets = AnnotationSet.objects.filter(pk=exclusion.annotation_set_id)
    elif exclusion.document_id is not None:
        sets = AnnotationSet.objects.filter(document=exclusion.document_id)
    else:
        sets = _sets_of_person(exclusion.project, Person(exclusion.person, exclusion.person_kind))
    return sets.order_by("id")


def refresh(sets: QuerySet[AnnotationSet]) -> None:
    """Write into sets and their documents whether an exclusion covers them. The caller opens the transaction."""
    keys = list(sets.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), READ_AT_ONCE):
        rows = AnnotationSet.objects.filter(pk__in=keys[start : start + READ_AT_ONCE]).annotate(
            author=AUTHOR, author_kind=AUTHOR_KIND
        )
        covered = rows.annotate(covered=Exists(_in_force().filter(_covers()))).exclude(is_excluded=F("covered"))
        flags = list(covered.order_by("pk").values_list("pk", "covered"))
        for value in (True, False):
            changed = [key for key, flag in flags if bool(flag) is value]
            AnnotationSet.objects.filter(pk__in=changed).update(is_excluded=value, is_tallied=False)


def refresh_new(project_id: int, set_ids: Iterable[int]) -> None:
    """Mark new sets that an exclusion in force covers: of a person or a document."""
    if _any_in_force.first(project=project_id):
        refresh(AnnotationSet.objects.filter(pk__in=list(set_ids)))


def _in_force() -> QuerySet[Exclusion]:
    return Exclusion.objects.filter(lifted_at=None)


# Asked with every document that is assigned.
_any_in_force = PreparedQuery(
    lambda: _in_force().filter(project=Parameter("project")).order_by("id").values_list("pk")[:1]
)
_person_excluded = PreparedQuery(
    lambda: (
        _in_force()
        .filter(project=Parameter("project"), person=Parameter("person"), person_kind=SetKind.ANNOTATOR)
        .order_by("id")
        .values_list("pk")[:1]
    )
)


def _covers() -> Q:
    """Return the condition for exclusions that cover a set (the outer query, with its `author` and `author_kind`).

    A name in files that was excluded stays excluded when it is linked.
    """
    by_author = Q(person_kind=OuterRef("author_kind"), person=OuterRef("author"))
    by_name = Q(person_kind=SetKind.IMPORTED) & Q(person_kind=OuterRef("kind"), person=OuterRef("name"))
    person = Q(project=OuterRef("document__project")) & (by_author | by_name)
    return Q(annotation_set=OuterRef("pk")) | Q(document=OuterRef("document")) | person


def _sets_of_person(project: Project, person: Person) -> QuerySet[AnnotationSet]:
    sets = AnnotationSet.objects.filter(document__project=project)
    sets = sets.annotate(author=AUTHOR, author_kind=AUTHOR_KIND)
    by_author = Q(author=person.name, author_kind=person.kind)
    if person.kind != SetKind.IMPORTED:
        return sets.filter(by_author)
    return sets.filter(by_author | Q(name=person.name, kind=person.kind))


def is_person_excluded(project: Project, user: User) -> bool:
    """Return whether all work of a user is excluded, so that no document is assigned to them."""
    return bool(_person_excluded.first(project=project.pk, person=user.get_username()))


def exclusions_of(project: Project) -> QuerySet[Exclusion]:
    """Return the exclusions of a project: those in force first, then the newest first."""
    related = ("annotation_set__document", "document", "excluded_by", "lifted_by")
    rows = Exclusion.objects.filter(project=project).select_related(*related)
    rows = rows.defer("document__text", "annotation_set__document__text")
    return rows.order_by(F("lifted_at").desc(nulls_first=True), "-excluded_at", "-id")


def get_exclusion(exclusion_id: int, *, user: User) -> Exclusion:
    """Return an exclusion of a project that a user manages."""
    managed = projects_for(user, capability=Capability.MANAGE).order_by()
    exclusion = Exclusion.objects.filter(pk=exclusion_id, project__in=managed).select_related("project").first()
    if exclusion is None:
        raise NotFound(_("There is no exclusion %(number)s, or you may not change it.") % {"number": exclusion_id})
    return exclusion


def people(project: Project) -> list[Person]:
    """Return the authors of the sets of a project, by name."""
    authors = authors_of(project, Q(kind__in=PERSON_KINDS))
    return [Person(name, kind) for name, kind in sorted((name, kind) for kind, name in authors)]


@dataclass(frozen=True, slots=True)
class ExcludedCounts:
    """How many documents are excluded, and how many sets that would otherwise be measured or exported."""

    documents: int
    sets: int
    awaiting_review: int

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return bool(self.documents or self.sets or self.awaiting_review)


def excluded_counts(project: Project) -> ExcludedCounts:
    """Return how much of a project is left out now."""
    return ExcludedCounts(
        documents=Document.objects.filter(project=project, is_excluded=True).count(),
        sets=lifecycle.few_sets_of(project, lifecycle.excluded_sets()).count(),
        awaiting_review=lifecycle.few_sets_of(project, lifecycle.sets_to_review()).count(),
    )


def _check_reason(reason: str) -> None:
    detail = ""
    if not reason.strip():
        detail = _("Give a reason: everyone who sees the figures can read it.")
    elif len(reason) > LONGEST_REASON:
        detail = _("The reason must have at most %(limit)s characters.") % {"limit": LONGEST_REASON}
    elif UNSTORABLE.search(reason):
        detail = UNSTORABLE_TEXT
    if detail:
        raise InvalidInput(detail, errors=[{"pointer": "/reason", "detail": detail}])
