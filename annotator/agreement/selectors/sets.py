"""Reading what can be compared: which sets count, of which annotators, over which documents, with which content."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Concat

from annotator.agreement.counting.shared_schema import unshared
from annotator.agreement.models import AgreementReport, ReportedSet
from annotator.agreement.scope import IMPORTED_ADDITION, Scope
from annotator.agreement.selectors.mappings import ReportMappings
from annotator.agreement.selectors.spans import OWN_ORIGINS, SetHead, SpanFilter, mapped_relation
from annotator.corpus.authors import AUTHOR, AUTHOR_KIND, authors_of
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind
from annotator.corpus.spans.selectors import state_at, state_of_rows
from annotator.corpus.spans.values import SpanValue
from annotator.measures.alignment import RelationContent, SetContent, SpanContent
from annotator.platform.prepared import in_list
from annotator.workload.assignments.selectors.tallies import count_comparable
from projects.models import Project
from projects.schema import Schema
from projects.schema_mapping import SchemaMapping, Unmapped
from projects.selectors import schema_of, schema_versions_of

EVERYTHING = Scope()


def scope_condition(scope: Scope, *, annotators: Container[str], prefix: str = "") -> Q:
    """Return the condition for sets that a report of this scope may count; `annotators` as in `set_heads`."""
    condition = Q()
    if scope.annotators:
        condition &= Q(*(_named(name, annotators, prefix) for name in scope.annotators), _connector=Q.OR)
    if scope.documents:
        condition &= Q(**{f"{prefix}document__in": scope.documents})
    if scope.batch:
        condition &= Q(**{f"{prefix}document__created_at": scope.batch})
    for name, moment in (("gte", _midnight(scope.since, 0)), ("lt", _midnight(scope.until, 1))):
        if moment:
            submitted = Q(**{f"{prefix}kind": SetKind.ANNOTATOR, f"{prefix}submitted_at__{name}": moment})
            condition &= submitted | Q(**{f"{prefix}kind": SetKind.IMPORTED, f"{prefix}created_at__{name}": moment})
    return condition


def _named(author: str, annotators: Container[str], prefix: str) -> Q:
    """Return the condition for sets that count under a name."""
    name = author.removesuffix(IMPORTED_ADDITION)
    if name != author and name in annotators:
        return Q(**{f"{prefix}name": name, f"{prefix}kind": SetKind.IMPORTED, f"{prefix}member": None})
    kinds = {f"{prefix}kind": SetKind.ANNOTATOR} if author in annotators else {}
    unlinked = Q(**{f"{prefix}name": author, f"{prefix}annotator": None, f"{prefix}member": None}, **kinds)
    return Q(**{f"{prefix}annotator__username": author}) | Q(**{f"{prefix}member__username": author}) | unlinked


def _midnight(day: date | None, days_later: int) -> datetime | None:
    return datetime.combine(day + timedelta(days=days_later), time(), tzinfo=UTC) if day else None


def sets_in_scope(project: Project, scope: Scope = EVERYTHING) -> QuerySet[AnnotationSet]:
    """Return the sets of a project that count in a report of this scope."""
    return AnnotationSet.objects.filter(_in_scope(project, scope), document__project=project).order_by("id")


def _in_scope(project: Project, scope: Scope) -> Q:
    annotators = names_of_annotators(project) if scope.annotators else frozenset()
    return lifecycle.sets_for_agreement() & scope_condition(scope, annotators=annotators)


def comparable_documents(project: Project, scope: Scope = EVERYTHING) -> QuerySet[Document]:
    """Return the documents that two or more annotators have finished."""
    finished = documents_finished_by_two(sets_in_scope(project, scope))
    return Document.objects.filter(project=project, pk__in=finished).order_by("id")


def documents_finished_by_two(sets: QuerySet[AnnotationSet]) -> QuerySet[AnnotationSet, Any]:
    """Return the ids of documents that occur twice or more in sets that count."""
    counts = sets.order_by().values("document").annotate(count=Count("id"))
    return counts.filter(count__gte=2).order_by().values("document")


@dataclass(frozen=True)
class DocumentCounts:
    """How many documents can be compared, have only one finished set, or none; and how many sets are unfinished."""

    compared: int
    one_set: int
    no_set: int
    open_sets: int


def count_documents(project: Project, scope: Scope = EVERYTHING) -> DocumentCounts:
    """Return how many documents a report of this scope compares and leaves out."""
    if scope.limits_nothing:
        counts = count_comparable(project)
    else:
        sets = sets_in_scope(project, scope).order_by().values("document").annotate(count=Count("id"))
        counts = Counter(sets.values_list("count", flat=True))
    documents = Document.objects.filter(project=project)
    # An index has the sets that are not submitted.
    unfinished = AnnotationSet.objects.filter(lifecycle.unfinished_sets(), submitted_at=None, document__project=project)
    if scope.documents:
        documents = documents.filter(pk__in=scope.documents)
        unfinished = unfinished.filter(document__in=scope.documents)
    if scope.batch:
        documents = documents.filter(created_at=scope.batch)
        unfinished = unfinished.filter(document__created_at=scope.batch)
    finished = counts.total()
    # Excluded documents are few, and an index has them.
    included = documents.count() - documents.filter(is_excluded=True).count()
    return DocumentCounts(
        compared=finished - counts[1],
        one_set=counts[1],
        no_set=included - finished,
        open_sets=unfinished.count(),
    )


def names_of_annotators(project: Project) -> frozenset[str]:
    """Return the names under which users of the site annotate in a project, or have sets of outside names."""
    by_users = Q(kind=SetKind.ANNOTATOR) | Q(member__isnull=False)
    return frozenset(name for _kind, name in authors_of(project, by_users))


def authors_in(project: Project, scope: Scope = EVERYTHING, *, of_documents: Sequence[int] | None = None) -> list[str]:
    """Return the names under which sets of a project count, or those over some documents (their keys), in order."""
    if of_documents is not None:
        rows = sets_in_scope(project, scope).order_by().annotate(author=AUTHOR, author_kind=AUTHOR_KIND)
        rows = rows.filter(document__in=in_list(of_documents))
        pairs = set(rows.values_list("author_kind", "author").distinct())
    else:
        pairs = authors_of(project, _in_scope(project, scope))
    has_imported = any(kind == SetKind.IMPORTED for kind, _name in pairs)
    annotators = names_of_annotators(project) if has_imported else frozenset()
    return sorted({_author(kind, name, annotators) for kind, name in pairs})


def _author(kind: str, name: str, annotators: Container[str]) -> str:
    """Return the name under which a set of an author counts: an imported name that a user has too gets an addition."""
    return f"{name}{IMPORTED_ADDITION}" if kind == SetKind.IMPORTED and name in annotators else name


def has_other_author() -> Q:
    """Return the condition for reported sets whose outside name was linked, or whose link was ended, since."""
    linked = Q(annotation_set__member__isnull=False) & ~Q(author=F("annotation_set__member__username"))
    unlinked = Q(annotation_set__kind=SetKind.IMPORTED, annotation_set__member=None)
    own_names = Q(author=F("annotation_set__name")) | Q(author=Concat("annotation_set__name", Value(IMPORTED_ADDITION)))
    return linked | (unlinked & ~own_names)


def set_heads(
    project: Project,
    document_ids: Sequence[int],
    *,
    annotators: Container[str],
    scope: Scope = EVERYTHING,
    aliases: Mapping[str, str] | None = None,
    mappings: ReportMappings | None = None,
) -> list[SetHead]:
    """Return the sets that count over these documents, with the names under which they count.

    With `aliases` (a blind report) these are the names; an annotator without one joined after the report was started
    and does not count.
    """
    sets = sets_in_scope(project, scope).filter(document__in=document_ids)
    sets = sets.annotate(author=AUTHOR, author_kind=AUTHOR_KIND)
    columns = ("id", "document_id", "revision", "author_kind", "author", "schema_version_id")
    heads = []
    for set_id, document_id, revision, kind, name, version in sets.values_list(*columns):
        author = _author(kind, name, annotators)
        if aliases:
            if author not in aliases:
                continue
            author = aliases[author]
        steps = mappings.path(version) if mappings else []
        read_as = steps[-1].target_id if steps else version
        keys = tuple(step.pk for step in steps)
        heads.append(SetHead(set_id, document_id, revision, author, read_as, keys))
    return heads


def schemas_of(project: Project) -> dict[int, Schema]:
    """Return all schema versions of a project by id."""
    return {version.pk: schema_of(version) for version in schema_versions_of(project)}


@dataclass(frozen=True)
class ImportBatch:
    """An import: when it was started, and how many documents it added."""

    at: datetime
    documents: int


def import_batches(project: Project) -> list[ImportBatch]:
    """Return the imports of a project, newest first; all documents of an import have the time of its start."""
    rows = Document.objects.filter(project=project).order_by().values("created_at").annotate(documents=Count("id"))
    return [ImportBatch(row["created_at"], row["documents"]) for row in rows.order_by("-created_at")]


def ids_of_documents(project: Project, external_ids: Sequence[str]) -> dict[str, int]:
    """Return the ids of documents by their external ids."""
    rows = Document.objects.filter(project=project, external_id__in=external_ids).order_by("id")
    return dict(rows.values_list("external_id", "id"))


def span_filter_of(report: AgreementReport, sets: Sequence[ReportedSet]) -> SpanFilter:
    """Return which spans of a document a report measured; `sets` are all of its sets over the document."""
    scope = Scope.of_record(report.scope)
    mappings = ReportMappings.of(report)
    steps = {row.annotation_set_id: mappings.mappings_at(row.annotation_set, row.revision) for row in sets}
    versions = {row.annotation_set.schema_version.sha256: schema_of(row.annotation_set.schema_version) for row in sets}
    schemas = [
        own[-1].target if (own := steps[row.annotation_set_id]) else versions[row.annotation_set.schema_version.sha256]
        for row in sets
    ]
    between = unshared(list({id(schema): schema for schema in schemas}.values()))
    documents = {row.annotation_set.document_id for row in sets}
    return SpanFilter(frozenset(scope.labels), scope.suggestions, dict.fromkeys(documents, between), steps)


def content_at(annotation_set: AnnotationSet, revision: int, spans: SpanFilter) -> SetContent:
    """Return the spans and relations of a set at a revision, in order of the text, as far as they count.

    Only a set that has changed since is rebuilt from its change log.
    """
    has_changed = annotation_set.revision != revision
    state = state_at(annotation_set, revision) if has_changed else state_of_rows(annotation_set)
    between = spans.unshared[annotation_set.document_id]
    mappings = spans.mappings.get(annotation_set.pk, ())
    counting = [
        span
        for span in (_mapped_span(span, mappings) for span in state.spans.values())
        if (not spans.labels or span.label in spans.labels)
        and (spans.suggestions or span.origin in OWN_ORIGINS)
        and span.label not in between.labels
    ]
    counting.sort(key=lambda span: (span.fragments, span.label, span.id))
    rows = {span.id: row for row, span in enumerate(counting)}
    return SetContent(
        [SpanContent(s.label, s.fragments, between.shared_attributes(s.label, s.attributes)) for s in counting],
        [
            RelationContent(label, rows[relation.source], rows[relation.target])
            for relation in sorted(state.relations.values(), key=lambda relation: relation.id)
            if relation.source in rows
            and relation.target in rows
            and (label := mapped_relation(relation.label, mappings)) not in between.relations
        ],
    )


def _mapped_span(span: SpanValue, mappings: Iterable[SchemaMapping]) -> SpanValue:
    """Return a span read through mappings; as it is when it has no place there."""
    for mapping in mappings:
        try:
            mapped = mapping.map_span(span.label, span.attributes, "", len(span.fragments))
        except Unmapped:
            break
        span = replace(span, label=mapped.label, attributes=mapped.attributes)
    return span
