"""Reading annotation sets: everything is limited to what a user may see.

Annotators see their own sets only. Members with the right to see all annotations see every set of a project. Former
members see nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db.models import Count, Max, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import changes as log
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.lifecycle import FINISHED_STATES
from annotator.corpus.spans.models import AnnotationSet, Change, Relation, SetKind, SetPurpose, Span
from annotator.corpus.spans.problems import SetNotFound
from annotator.corpus.spans.state import State, apply
from annotator.corpus.spans.values import ChangeError, RelationValue, SpanValue
from annotator.formats.records import DocumentValue, RelationRecord, SpanRecord
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import driver_rows
from annotator.platform.prepared import MOST_PREPARED, Parameter, PreparedQuery, numbered, parameters
from annotator.platform.snapshots import read_snapshot
from annotator.problems import InvalidInput
from projects.models import ROLE_CHOICES, Project
from projects.roles import Capability
from projects.schema import Schema
from projects.selectors import projects_for, projects_of, role_in, schema_of, schema_of_text

SPAN_COLUMNS = ("uid", "label", "start", "end", "fragments", "attributes", "note", "origin", "suggestion")
RELATION_COLUMNS = ("uid", "label", "source__uid", "target__uid")
# Suggested names come from the last sets only: searching all spans of a large project would be slow.
MOST_RECENT_SETS = 200
MOST_VALUES = 1000


def sets_of_document(document: Document, *, user: User) -> QuerySet[AnnotationSet]:
    """Return the sets over a document that a user may see, by name."""
    return _visible(user).filter(document=document).order_by("name", "id")


def get_set(set_id: int, *, user: User) -> AnnotationSet:
    """Return a set that a user may see, with its document (without text), project and versions."""
    annotation_set = _with_heads(_visible(user)).filter(pk=set_id).order_by("id").first()
    if annotation_set is None:
        raise SetNotFound(set_id, reason=_reason_for_annotator(set_id, user))
    return annotation_set


def get_editable_set(set_id: int, *, user: User) -> AnnotationSet:
    """Return a user's own set; whether it is open is checked when it is changed."""
    return _own_set(_editable_set, _editable_set_in_project, set_id, user=user)


def get_set_to_change(set_id: int, *, user: User) -> AnnotationSet:
    """Return a user's own set as `get_editable_set` does, with nothing but what saving changes needs."""
    return _own_set(_set_to_change, _set_to_change_in_project, set_id, user=user)


def _own_set(
    query: PreparedQuery[AnnotationSet], in_project: PreparedQuery[AnnotationSet], set_id: int, *, user: User
) -> AnnotationSet:
    if user.limited_to_project is None:
        annotation_set = query.first(set=set_id, user=user.pk)
    else:
        annotation_set = in_project.first(set=set_id, user=user.pk, project=user.limited_to_project)
    if annotation_set is None:
        raise SetNotFound(set_id, reason=_reason_for_annotator(set_id, user))
    return annotation_set


def schema_of_set(annotation_set: AnnotationSet) -> Schema:
    """Return the schema of a set; one that was read to be changed has the text of the definition."""
    text: str | None = getattr(annotation_set, "schema_text", None)
    return schema_of(annotation_set.schema_version) if text is None else schema_of_text(text)


def _reason_for_annotator(set_id: int, user: User) -> str:
    """Return why a set is refused to the annotator who made it; "" for other users, who learn nothing about it."""
    sets = AnnotationSet.objects.filter(kind=SetKind.ANNOTATOR, annotator=user, pk=set_id)
    own = sets.select_related("document__project").order_by("id").first()
    if own is None:
        return ""
    project = own.document.project
    role = role_in(project, user)
    if role is None:
        reason = _("You are no longer a member of the project “%(project)s”. Ask a lead to invite you again.")
    else:
        reason = _("Your role in the project “%(project)s” is now %(role)s, which cannot annotate. Ask a lead.")
    return reason % {"project": project.name, "role": dict(ROLE_CHOICES)[role] if role else ""}


def is_own(annotation_set: AnnotationSet, *, user: User) -> bool:
    """Return whether this is a user's own set, which they may change while it is open."""
    return _own(user).filter(pk=annotation_set.pk).exists()


def _own(user: User) -> QuerySet[AnnotationSet]:
    return _own_sets(user, limited_to=user.limited_to_project)


def _own_sets(member: User | Parameter, *, limited_to: int | Parameter | None) -> QuerySet[AnnotationSet]:
    projects = projects_of(member, limited_to=limited_to, capability=Capability.ANNOTATE)
    return AnnotationSet.objects.filter(kind=SetKind.ANNOTATOR, annotator=member, document__project__in=projects)


def _visible(user: User) -> QuerySet[AnnotationSet]:
    seen = projects_for(user, capability=Capability.SEE_ALL_WORK).order_by()
    return _own(user) | AnnotationSet.objects.filter(document__project__in=seen)


def _with_heads(sets: QuerySet[AnnotationSet]) -> QuerySet[AnnotationSet]:
    """Join what every answer needs; long texts are read only when used."""
    related = sets.select_related("document__project", "schema_version", "guideline_version")
    return related.defer("document__text", "document__meta", "guideline_version__text")


def _prepare_editable_set(limited_to: Parameter | None) -> PreparedQuery[AnnotationSet]:
    def build() -> QuerySet[AnnotationSet]:
        own = _own_sets(Parameter("user"), limited_to=limited_to)
        return _with_heads(own).filter(pk=Parameter("set")).order_by("id")

    return PreparedQuery(build)


_editable_set = _prepare_editable_set(None)
_editable_set_in_project = _prepare_editable_set(Parameter("project"))


def _prepare_set_to_change(limited_to: Parameter | None) -> PreparedQuery[AnnotationSet]:
    def build() -> QuerySet[AnnotationSet]:
        own = _own_sets(Parameter("user"), limited_to=limited_to).filter(pk=Parameter("set")).order_by("id")
        needed = own.select_related("document", "schema_version").only(
            "document__sha256", "document__length", "schema_version__number"
        )
        return needed.annotate(schema_text=Cast("schema_version__definition", TextField()))

    return PreparedQuery(build)


_set_to_change = _prepare_set_to_change(None)
_set_to_change_in_project = _prepare_set_to_change(Parameter("project"))


def spans_of(annotation_set: AnnotationSet) -> list[SpanRecord]:
    """Return the spans as on the wire, by position in the text, then by id."""
    rows = Span.objects.filter(annotation_set=annotation_set).order_by("start", "-end", "uid")
    return [value.wire() for value in _span_values(rows)]


def relations_of(annotation_set: AnnotationSet) -> list[RelationRecord]:
    """Return the relations as on the wire, by id."""
    rows = Relation.objects.filter(annotation_set=annotation_set).order_by("uid")
    return [
        {"id": uid, "label": label, "from": source, "to": target}
        for uid, label, source, target in rows.values_list(*RELATION_COLUMNS)
    ]


def document_attributes_of(annotation_set: AnnotationSet) -> dict[str, DocumentValue]:
    """Return the attributes of the document that a set has now."""
    stored: dict[str, DocumentValue] = AnnotationSet.objects.values_list("document_attributes", flat=True).get(
        pk=annotation_set.pk
    )
    return stored


def tested_counts(project: Project) -> dict[str, int]:
    """Return how many sets check or train their annotators, and of how many people; nothing without such sets."""
    tested = lifecycle.few_sets_of(project, ~Q(purpose=SetPurpose.DATA) & Q(state__in=FINISHED_STATES))
    counts = tested.aggregate(tested_sets=Count("id"), tested_people=Count("annotator", distinct=True))
    return counts if counts["tested_sets"] else {}


def span_value(row: tuple[Any, ...]) -> SpanValue:
    """Return a span from its row, given in `SPAN_COLUMNS`."""
    uid, label, start, end, fragments, attributes, note, origin, suggestion = row
    pieces = ((start, end),) if fragments is None else tuple((first, last) for first, last in fragments)
    return SpanValue(uid, label, pieces, attributes, note, origin, suggestion)


def _span_values(spans: QuerySet[Span]) -> Iterator[SpanValue]:
    """Yield spans of a query; JSON is read here, because Django reads each value by itself."""
    for uid, label, start, end, fragments, attributes, note, origin, suggestion in driver_rows(
        spans.values_list(*SPAN_COLUMNS)
    ):
        pieces = ((start, end),) if fragments is None else tuple(map(tuple, orjson.loads(fragments)))
        given = None if suggestion is None else orjson.loads(suggestion)
        yield SpanValue(uid, label, pieces, orjson.loads(attributes), note, origin, given)


def state_of_rows(annotation_set: AnnotationSet) -> State:
    """Return the content of a set from its rows."""
    spans = Span.objects.filter(annotation_set=annotation_set).order_by("id")
    relations = Relation.objects.filter(annotation_set=annotation_set).order_by("id").values_list(*RELATION_COLUMNS)
    values = document_attributes_of(annotation_set)
    return State.of(_span_values(spans), (RelationValue(*row) for row in relations), values)


def replay(annotation_set: AnnotationSet, *, revision: int | None = None) -> State:
    """Return the content of a set from its log at a revision; without one, the current content.

    Raises `ChangeError` when an entry does not fit what came before it: the log is damaged then.
    """
    entries = Change.objects.filter(annotation_set=annotation_set).order_by("revision")
    if revision is not None:
        entries = entries.filter(revision__lte=revision)
    state = State()
    for change_id, kind, stored in entries.values_list("change_id", "kind", "payload").iterator(chunk_size=2000):
        apply(state, log.read_stored(change_id, kind, stored), None)
    return state


def state_at(annotation_set: AnnotationSet, revision: int) -> State:
    """Return the content of a set at an earlier revision; raises `InvalidInput` for a revision it has not had.

    It is replayed from the start, or undone from the rows, whichever is shorter: the newest revisions, which are
    requested most, cost the least.
    """
    if not 0 <= revision <= annotation_set.revision:
        raise InvalidInput(
            f"The annotation set has revisions 0 to {annotation_set.revision}; there is no revision {revision}."
        )
    if revision <= 2 * (annotation_set.revision - revision):  # going back costs about twice as much a step
        return replay(annotation_set, revision=revision)
    with read_snapshot():
        head = AnnotationSet.objects.values_list("revision", flat=True).get(pk=annotation_set.pk)
        state = state_of_rows(annotation_set)
        later = entries_between(annotation_set, revision, head)
    for entry in reversed(later):
        undo(state, entry.change)
    return state


def undo(state: State, change: log.Change) -> None:
    """Revert a change of a state."""
    if isinstance(change, log.Load):  # always the first of a log
        state.clear()
    else:
        apply(state, log.invert(change, change_id=change.id), None)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A change, the revision after it, its author (“” for deleted users) and time."""

    revision: int
    change: log.Change
    by: str
    at: datetime


def entries_between(annotation_set: AnnotationSet, after: int, until: int) -> Sequence[LogEntry]:
    """Return the entries of the log after a revision, up to another one, in order."""
    rows = Change.objects.filter(annotation_set=annotation_set, revision__gt=after, revision__lte=until)
    columns = ("revision", "change_id", "kind", "payload", "author__username", "created_at")
    return [
        LogEntry(revision, log.read_stored(change_id, kind, stored), by or "", at)
        for revision, change_id, kind, stored, by, at in rows.order_by("revision").values_list(*columns)
    ]


def changes_since(annotation_set: AnnotationSet, revision: int) -> list[dict[str, Any]]:
    """Return the changes after a revision, in order, with author and time."""
    entries = Change.objects.filter(annotation_set=annotation_set, revision__gt=revision).order_by("revision")
    columns = ("revision", "change_id", "kind", "payload", "author__username", "created_at")
    return [
        {"id": change_id, "kind": kind, **stored, "revision": number, "by": author, "at": at}
        for number, change_id, kind, stored, author, at in entries.values_list(*columns)
    ]


def restore_prefix(revision: int) -> str:
    """Return how the ids of changes begin that restore an earlier revision, based on this one."""
    return f"restore-{revision}-"


def restored_changes(annotation_set: AnnotationSet) -> list[dict[str, Any]]:
    """Return the last changes of a set when they restored an earlier revision, as on the wire; else none."""
    last = annotation_set.changes.order_by("revision").last()
    found = re.match(r"restore-([0-9]+)-", last.change_id) if last else None
    return changes_since(annotation_set, int(found[1])) if found else []


def revisions_of_changes(annotation_set: AnnotationSet, change_ids: Iterable[str]) -> dict[str, int]:
    """Return the revisions of those changes that are in the log already, by id."""
    ids = list(change_ids)
    if not ids:
        return {}
    return dict(_revisions_of(len(ids)).all(set=annotation_set.pk, **numbered("id", ids)))


@lru_cache(maxsize=MOST_PREPARED)
def _revisions_of(count: int) -> PreparedQuery[tuple[str, int]]:
    def build() -> QuerySet[Change, tuple[str, int]]:
        known = Change.objects.filter(annotation_set=Parameter("set"), change_id__in=parameters("id", count))
        return known.order_by("revision").values_list("change_id", "revision")

    return PreparedQuery(build)


_span_counts = PreparedQuery(
    lambda: (
        Span.objects.filter(annotation_set=Parameter("set"))
        .order_by()
        .values("annotation_set")
        .annotate(spans=Count("id"))
        .values_list("spans")
    )
)


def count_spans(annotation_set: AnnotationSet) -> int:
    """Return the number of spans in a set."""
    found = _span_counts.first(set=annotation_set.pk)
    return found[0] if found else 0


def own_values(project: Project, user: User, *, attribute: str, labels: Iterable[str]) -> set[str]:
    """Return the values of an attribute in the sets of a project that a user changed last."""
    own = _own(user).filter(document__project=project).order_by("-changed_at", "-id")
    recent = list(own.values_list("pk", flat=True)[:MOST_RECENT_SETS])
    spans = Span.objects.filter(annotation_set_id__in=recent, label__in=list(labels))
    values = spans.annotate(value=KeyTextTransform(attribute, "attributes")).filter(value__isnull=False)
    return set(values.order_by("value").values_list("value", flat=True).distinct()[:MOST_VALUES])


@dataclass(frozen=True, slots=True)
class Damage:
    """Damage of a set in words; `repairable` when its log is intact, so that the rows can be rewritten."""

    detail: str
    repairable: bool


def find_damage(annotation_set: AnnotationSet) -> Damage | None:
    """Compare log, revision and rows of a set at one moment; return None when they match."""
    with read_snapshot():
        annotation_set.refresh_from_db(fields=["revision"])
        log = Change.objects.filter(annotation_set=annotation_set)
        totals = log.aggregate(entries=Count("id"), last=Max("revision"))
        entries, last = totals["entries"], totals["last"] or 0
        if last != entries:
            return Damage(f"the log has {entries} entries and ends at revision {last}", repairable=False)
        try:
            replayed = replay(annotation_set)
        except ChangeError as error:
            return Damage(f"the log cannot be replayed: {error}", repairable=False)
        rows = state_of_rows(annotation_set)
    if rows.spans != replayed.spans:
        return Damage(_difference("span", rows.spans, replayed.spans), repairable=True)
    if rows.relations != replayed.relations:
        return Damage(_difference("relation", rows.relations, replayed.relations), repairable=True)
    if rows.document_attributes != replayed.document_attributes:
        return Damage("the attributes of the document are not as in the log", repairable=True)
    if annotation_set.revision != entries:
        return Damage(f"it is at revision {annotation_set.revision}, its log at {entries}", repairable=True)
    return None


def _difference(what: str, rows: Mapping[str, object], log: Mapping[str, object]) -> str:
    missing, extra = sorted(log.keys() - rows.keys()), sorted(rows.keys() - log.keys())
    other = sorted(key for key in log.keys() & rows.keys() if log[key] != rows[key])
    parts = [("without a row", missing), ("not in the log", extra), ("not as in the log", other)]
    return "; ".join(f"{len(keys)} {what}s {words} (such as {keys[0]})" for words, keys in parts if keys)
