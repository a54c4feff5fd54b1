"""Finding documents and their passages, limited to what the user may see."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any, cast

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from annotator.agreement.models import DocumentAgreement
from annotator.agreement.selectors.reports import latest_report
from annotator.corpus.documents.models import Document, DocumentTag
from annotator.corpus.documents.search import Term, documents_in_order_with, documents_matching
from annotator.corpus.documents.selectors import visible_documents
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.platform.accounts.models import User
from annotator.platform.snapshots import read_snapshot
from annotator.problems import InvalidInput
from annotator.site.search.query import STATES, Filter, Query, Words
from annotator.text import folding
from annotator.workload.assignments.models import DocumentPlan, Skip
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import current_schema, role_in, schema_of

MOST_HITS = 10_000
FEW_SPANS = 20_000
CONTEXT = 60
READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage: what stands before it, the passage itself, what stands after it, and its location in code points."""

    document: Document
    left: str
    text: str
    right: str
    start: int
    end: int


def find_documents(project: Project, query: Query, *, user: User, reads_all: bool = False) -> QuerySet[Document]:
    """Return the documents that a search finds, in the order of the import.

    Annotators search the documents assigned to them and their own annotations only. `reads_all` says that many of the
    documents will be read, not only a page. Raises `InvalidInput` for a filter that there is not.
    """
    role = role_in(project, user)
    sees_all = role is not None and can(role, Capability.SEE_ALL_WORK)
    documents = visible_documents(user, project)
    if sees_all:
        documents = Document.objects.filter(project=project).defer("text").order_by("position", "id")
    terms = [Term(term.words, term.is_prefix, term.is_negated) for term in query.words]
    documents = documents_matching(documents, terms, reads_all=reads_all)
    for condition in query.filters:
        found = _condition(condition, project, None if sees_all else user)
        documents = documents.exclude(found) if condition.is_negated else documents.filter(found)
    return documents


def _condition(condition: Filter, project: Project, only: User | None) -> Q:
    """Return a filter as a condition for documents; `only` limits it to the annotations of a user."""
    value, sees_all = condition.value, only is None
    sets = AnnotationSet.objects.filter(_limits(only), document=OuterRef("pk"))
    spans = Span.objects.filter(_limits(only, "annotation_set__"), annotation_set__document=OuterRef("pk"))
    if condition.key == "state":
        return _state(value, project, only)
    if condition.key == "label":
        return _labelled(value, only) if sees_all else Q(Exists(spans.filter(label=value)))
    if condition.key == "note":
        # Few spans have a note: the database begins with these, by their index.
        noted = Span.objects.filter(_limits(only, "annotation_set__"), note__icontains=value).exclude(note="")
        return Q(pk__in=noted.order_by().values("annotation_set__document"))
    if condition.key == "person" and sees_all:
        by_member = Q(annotator__username=value) | Q(member__username=value)
        return Q(Exists(sets.filter(by_member | Q(annotator=None, member=None, name=value))))
    if condition.key == "round" and sees_all:
        return Q(Exists(DocumentPlan.objects.filter(document=OuterRef("pk"), round__name=value)))
    if condition.key == "tag" and sees_all:
        return Q(Exists(DocumentTag.objects.filter(document=OuterRef("pk"), tag__name=value)))
    if condition.key.startswith("meta."):
        return Q(**{f"meta__{condition.key.removeprefix('meta.')}": value})
    if condition.key.startswith("document."):
        answers = sets.annotate(answer=KeyTextTransform(condition.key.removeprefix("document."), "document_attributes"))
        return Q(Exists(answers.filter(answer__icontains=value)))
    if labels := [label for label in _labels(project) if label.casefold() == condition.key.casefold()]:
        labelled = Span.objects.filter(annotation_set__document=OuterRef("pk"), label__in=labels)
        return _covering(labelled, _limits(only, "annotation_set__"), value)
    texts = spans.annotate(searched=KeyTextTransform(condition.key, "attributes"))
    return Q(Exists(texts.filter(searched__icontains=value)))


def _labels(project: Project) -> list[str]:
    return list(schema_of(current_schema(project)).labels)


def _labelled(label: str, only: User | None) -> Q:
    """Return the condition for documents with a span of a label.

    Where few spans have it, the database begins with these; else a page is full after a few documents.
    """
    spans = Span.objects.filter(label=label)
    if spans.order_by()[: FEW_SPANS + 1].count() <= FEW_SPANS:
        documents = spans.filter(_limits(only, "annotation_set__")).order_by().values("annotation_set__document")
        return Q(pk__in=documents)
    return Q(Exists(spans.filter(_limits(only, "annotation_set__"), annotation_set__document=OuterRef("pk"))))


def _covering(spans: QuerySet[Span], limits: Q, value: str) -> Q:
    """Return the condition for documents with one of these spans, within limits, whose text contains a value.

    The index limits documents to those that have the words, also in their titles. On SQLite the cheaper questions come
    first: whether the text has the value, and whether any span covers it, which an index of the spans answers.
    """
    covered = Substr(OuterRef("text"), F("start") + 1, F("end") - F("start"))
    covering = spans.annotate(covered=covered).filter(_contains("covered", value))
    words = folding.words(value)
    condition = documents_in_order_with(Term(words, is_prefix=True)) if words else Q()
    if connection.vendor == "sqlite":
        condition &= _contains("text", value) & Q(Exists(covering))
    return condition & Q(Exists(covering.filter(limits)))


def _contains(name: str, value: str) -> Q:
    """Return the condition that a column contains a value in any case.

    SQLite compares letters beyond ASCII exactly, so that the usual capitals of these are tried as well.
    """
    same = Q(**{f"{name}__icontains": value})
    for variant in set() if value.isascii() else {value.lower(), value.upper(), value.title()}:
        same |= Q(**{f"{name}__contains": variant})
    return same


def _limits(only: User | None, prefix: str = "") -> Q:
    return lifecycle.included(prefix) if only is None else Q(**{f"{prefix}annotator": only})


def _state(state: str, project: Project, only: User | None) -> Q:
    report = latest_report(project) if only is None else None
    sets = AnnotationSet.objects.filter(_limits(only))
    own = sets.filter(document=OuterRef("pk"))
    measured = DocumentAgreement.objects.filter(report=report, document=OuterRef("pk"))
    disputed = measured.filter(measurement__disagreements__isnull=False)
    conditions = {
        "unassigned": ~Q(Exists(own.filter(lifecycle.annotator_sets()))),
        # Indexes have the sets that are not submitted, and the adjudicated ones: the database begins with these.
        "begun": _documents_of(sets.filter(lifecycle.unfinished_sets(), submitted_at=None)),
        "submitted": Q(Exists(own.filter(lifecycle.submitted_sets()))),
        "adjudicated": _documents_of(sets.filter(lifecycle.gold_sets())),
        "disputed": Q(Exists(disputed)),
        "excluded": Q(is_excluded=True),
        "skipped": Q(Exists(Skip.objects.filter(document=OuterRef("pk"), decision=""))),
    }
    if state not in conditions:
        detail = _("There is no state “%(state)s”. The states are: %(states)s.")
        raise InvalidInput(detail % {"state": state, "states": ", ".join(STATES)})
    return conditions[state]


def _documents_of(sets: QuerySet[AnnotationSet]) -> Q:
    return Q(pk__in=sets.order_by().values("document"))


def hits_in(document: Document, phrases: Sequence[Words]) -> Iterator[Hit]:
    """Yield the passages of a document that contain one of the phrases, in the order of the text."""
    for start, end in folding.find_phrases(document.text, _folded(phrases)):
        yield _hit(document, start, end)


def _folded(phrases: Sequence[Words]) -> list[folding.Phrase]:
    return [(tuple(phrase.words), phrase.is_prefix) for phrase in phrases]


def _hit(document: Document, start: int, end: int) -> Hit:
    text = document.text
    return Hit(document, _words_before(text, start), text[start:end], _words_after(text, end), start, end)


def _words_before(text: str, at: int) -> str:
    """Return at most CONTEXT characters before a position; a word that this cuts is left out."""
    begin = max(at - CONTEXT, 0)
    before = text[begin:at]
    if begin and _is_inside_word(text, begin) and len(parts := before.split(maxsplit=1)) > 1:
        return before[len(parts[0]) :]
    return before


def _words_after(text: str, at: int) -> str:
    """Return at most CONTEXT characters after a position; a word that this cuts is left out."""
    end = at + CONTEXT
    after = text[at:end]
    if end < len(text) and _is_inside_word(text, end) and len(parts := after.rsplit(maxsplit=1)) > 1:
        return after[: -len(parts[1])]
    return after


def _is_inside_word(text: str, at: int) -> bool:
    """Return whether the characters on both sides of a position belong to one word."""
    return not (text[at - 1].isspace() or text[at].isspace())


SORTS: dict[str, Callable[[str, int, int], Any] | None] = {
    "text": None,
    "left": lambda text, start, _end: _words_before(text, start).split()[::-1],
    "right": lambda text, _start, end: _words_after(text, end).split(),
    "hit": lambda text, start, end: text[start:end].casefold(),
}
"""What passages are sorted by, from the text and the location of each."""


def concordance(documents: QuerySet[Document], query: Query, *, most: int, sort: str = "text") -> list[Hit]:
    """Return the first passages of documents: in the order of the texts, or sorted within the first `MOST_HITS`."""
    if key := SORTS.get(sort):
        return _sorted_hits(documents, _folded(query.phrases), key, most=most)
    hits: list[Hit] = []
    with _keys_in_order(documents) as keys:
        while len(hits) < most and (some := list(islice(keys, READ_AT_ONCE))):
            for document in Document.objects.filter(pk__in=some).defer("meta").order_by("position", "id"):
                hits += hits_in(document, query.phrases)
                if len(hits) >= most:
                    break
    return hits[:most]


@contextmanager
def _keys_in_order(documents: QuerySet[Document]) -> Iterator[Iterator[int]]:
    """Let the keys of documents be read as far as they are needed.

    Keys only: where the database has to sort, it sorts no texts. Outside a transaction, PostgreSQL would find all of
    them before it returns the first.
    """
    keys = documents.values_list("pk", flat=True).iterator(chunk_size=READ_AT_ONCE)
    with read_snapshot(), closing(cast(Generator[int, None, None], keys)):
        yield keys


def _sorted_hits(
    documents: QuerySet[Document], phrases: Sequence[folding.Phrase], key: Callable[[str, int, int], Any], *, most: int
) -> list[Hit]:
    """Return the first passages by a key, of the first `MOST_HITS` ones; documents are read for these only."""
    found: list[tuple[Any, int, int, int]] = []
    with _keys_in_order(documents) as keys:
        while len(found) < MOST_HITS and (some := list(islice(keys, READ_AT_ONCE))):
            texts = Document.objects.filter(pk__in=some).order_by("position", "id").values_list("pk", "text")
            for pk, text in texts:
                places = folding.find_phrases(text, phrases)
                found += [(key(text, start, end), pk, start, end) for start, end in places]
                if len(found) >= MOST_HITS:
                    break
    first = sorted(found[:MOST_HITS], key=itemgetter(0))[:most]
    shown = Document.objects.defer("meta").in_bulk({pk for _key, pk, _start, _end in first})
    return [_hit(shown[pk], start, end) for _key, pk, start, end in first]
