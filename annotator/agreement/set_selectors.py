"""Reading what can be compared: which sets count, of whom, over which documents."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from annotator.agreement.reading import SetHead
from annotator.agreement.scope import IMPORTED_ADDITION, Scope
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind
from projects.models import Project
from projects.schema import Schema
from projects.selectors import schema_of, schema_versions_of

EVERYTHING = Scope()


def in_scope(scope: Scope, *, annotators: Container[str], prefix: str = "") -> Q:
    """The sets that a report of this scope may count; `annotators` as in `heads_of`."""
    found = Q()
    if scope.annotators:
        found &= Q(*(_named(name, annotators, prefix) for name in scope.annotators), _connector=Q.OR)
    if scope.documents:
        found &= Q(**{f"{prefix}document__in": scope.documents})
    if scope.batch:
        found &= Q(**{f"{prefix}document__created_at": scope.batch})
    for name, moment in (("gte", _midnight(scope.since, 0)), ("lt", _midnight(scope.until, 1))):
        if moment:
            submitted = Q(**{f"{prefix}kind": SetKind.ANNOTATOR, f"{prefix}submitted_at__{name}": moment})
            found &= submitted | Q(**{f"{prefix}kind": SetKind.IMPORTED, f"{prefix}created_at__{name}": moment})
    return found


def _named(author: str, annotators: Container[str], prefix: str) -> Q:
    """The sets that count under a name."""
    name = author.removesuffix(IMPORTED_ADDITION)
    if name != author and name in annotators:
        return Q(**{f"{prefix}name": name, f"{prefix}kind": SetKind.IMPORTED})
    kinds = {f"{prefix}kind": SetKind.ANNOTATOR} if author in annotators else {}
    return Q(**{f"{prefix}name": author}, **kinds)


def _midnight(day: date | None, days_later: int) -> datetime | None:
    return datetime.combine(day + timedelta(days=days_later), time(), tzinfo=UTC) if day else None


def counted_sets(project: Project, scope: Scope = EVERYTHING) -> QuerySet[AnnotationSet]:
    """Return the sets of a project that count."""
    annotators = names_of_annotators(project) if scope.annotators else frozenset()
    sets = AnnotationSet.objects.filter(
        lifecycle.sets_for_agreement(), in_scope(scope, annotators=annotators), document__project=project
    )
    return sets.order_by("id")


def comparable_documents(project: Project, scope: Scope = EVERYTHING) -> QuerySet[Document]:
    """Return the documents that two or more people have finished."""
    finished = finished_by_two(counted_sets(project, scope))
    return Document.objects.filter(project=project, pk__in=finished).order_by("id")


def finished_by_two(sets: QuerySet[AnnotationSet]) -> QuerySet[AnnotationSet, Any]:
    """Return the ids of documents that occur twice or more in sets that count."""
    counts = sets.order_by().values("document").annotate(count=Count("id"))
    return counts.filter(count__gte=2).order_by().values("document")


@dataclass(frozen=True)
class LeftOut:
    """Documents that cannot be compared: one person has finished them, or nobody; and sets still being worked on.

    `compared` is how many can be.
    """

    compared: int
    one_set: int
    no_set: int
    open_sets: int


def left_out(project: Project, scope: Scope = EVERYTHING) -> LeftOut:
    """Count what a report leaves out, by the reason."""
    sets = counted_sets(project, scope).order_by().values("document").annotate(count=Count("id"))
    counts = Counter(sets.values_list("count", flat=True))
    documents = Document.objects.filter(project=project)
    unfinished = AnnotationSet.objects.filter(lifecycle.unfinished_sets(), document__project=project)
    if scope.documents:
        documents = documents.filter(pk__in=scope.documents)
        unfinished = unfinished.filter(document__in=scope.documents)
    if scope.batch:
        documents = documents.filter(created_at=scope.batch)
        unfinished = unfinished.filter(document__created_at=scope.batch)
    return LeftOut(
        compared=counts.total() - counts[1],
        one_set=counts[1],
        no_set=documents.count() - counts.total(),
        open_sets=unfinished.count(),
    )


def names_of_annotators(project: Project) -> frozenset[str]:
    """Return the names under which people of the site annotate in a project."""
    sets = AnnotationSet.objects.filter(document__project=project, kind=SetKind.ANNOTATOR).order_by()
    return frozenset(sets.values_list("name", flat=True).distinct())


def authors_in(project: Project, scope: Scope = EVERYTHING) -> list[str]:
    """Return the names under which sets of a project count, in order."""
    annotators = names_of_annotators(project)
    rows = counted_sets(project, scope).order_by().values_list("kind", "name").distinct()
    return sorted({_author(kind, name, annotators) for kind, name in rows})


def _author(kind: str, name: str, annotators: Container[str]) -> str:
    """A name from a file that is also the name of somebody here gets an addition, so that two people stay two."""
    return f"{name}{IMPORTED_ADDITION}" if kind == SetKind.IMPORTED and name in annotators else name


def heads_of(
    project: Project,
    document_ids: Sequence[int],
    *,
    annotators: Container[str],
    scope: Scope = EVERYTHING,
    aliases: Mapping[str, str] | None = None,
) -> list[SetHead]:
    """Return the sets that count over these documents, with the names under which they count.

    With `aliases` (a blind report) these names; who has none came in after the report was begun, and does not count.
    """
    sets = counted_sets(project, scope).filter(document__in=document_ids)
    columns = ("id", "document_id", "revision", "kind", "name", "schema_version_id")
    heads = []
    for set_id, document_id, revision, kind, name, version in sets.values_list(*columns):
        author = _author(kind, name, annotators)
        if aliases:
            if author not in aliases:
                continue
            author = aliases[author]
        heads.append(SetHead(set_id, document_id, revision, author, version))
    return heads


def schemas_of(project: Project) -> dict[int, Schema]:
    """Return all schema versions of a project by id."""
    return {version.pk: schema_of(version) for version in schema_versions_of(project)}


@dataclass(frozen=True)
class ImportBatch:
    """What one import brought: the moment at which it was started, and how many documents."""

    at: datetime
    documents: int


def import_batches(project: Project) -> list[ImportBatch]:
    """Return the imports of a project, newest first. All documents of an import have the moment of its start."""
    rows = Document.objects.filter(project=project).order_by().values("created_at").annotate(documents=Count("id"))
    return [ImportBatch(row["created_at"], row["documents"]) for row in rows.order_by("-created_at")]


def ids_of_documents(project: Project, external_ids: Sequence[str]) -> dict[str, int]:
    """Return the ids of documents by the ids they came in with."""
    rows = Document.objects.filter(project=project, external_id__in=external_ids).order_by("id")
    return dict(rows.values_list("external_id", "id"))
