"""Finding documents and their passages, limited to what the user may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from annotator.agreement.models import DocumentAgreement
from annotator.agreement.selectors.reports import latest_report
from annotator.corpus.documents.models import Document, DocumentTag
from annotator.corpus.documents.search import Term, documents_matching, documents_with
from annotator.corpus.documents.selectors import visible_documents
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.platform.accounts.models import User
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


def find_documents(project: Project, query: Query, *, user: User) -> QuerySet[Document]:
    """Return the documents that a search finds, in the order of the import.

    Annotators search the documents assigned to them and their own annotations only. Raises `InvalidInput` for a filter
    that there is not.
    """
    role = role_in(project, user)
    sees_all = role is not None and can(role, Capability.SEE_ALL_WORK)
    documents = visible_documents(user, project)
    if sees_all:
        documents = Document.objects.filter(project=project).defer("text").order_by("position", "id")
    terms = [Term(term.words, term.is_prefix, term.is_negated) for term in query.words]
    documents = documents_matching(documents, terms)
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
        return _covering(spans.filter(label__in=labels), value)
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


def _covering(spans: QuerySet[Span], value: str) -> Q:
    """Return the condition for documents with one of these spans whose text contains a value.

    The index limits documents to those whose text has the words; SQLite compares letters beyond ASCII exactly, so that
    the usual capitals of these are tried as well.
    """
    covered = Substr(OuterRef("text"), F("start") + 1, F("end") - F("start"))
    texts = spans.annotate(covered=covered)
    same = Q(covered__icontains=value)
    for variant in set() if value.isascii() else {value.lower(), value.upper(), value.title()}:
        same |= Q(covered__contains=variant)
    words = folding.words(value)
    matching = documents_with([Term(words, is_prefix=True)] if words else [])
    return matching & Q(Exists(texts.filter(same)))


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
    text = document.text
    for start, end in folding.find_phrases(text, [(tuple(phrase.words), phrase.is_prefix) for phrase in phrases]):
        yield Hit(document, _words_before(text, start), text[start:end], _words_after(text, end), start, end)


def _words_before(text: str, at: int) -> str:
    """Return at most CONTEXT characters before a position; a word that this cuts is left out."""
    begin = max(at - CONTEXT, 0)
    before = text[begin:at]
    is_cut = begin > 0 and _is_inside_word(text, begin) and len(before.split()) > 1
    return before[len(before.split(maxsplit=1)[0]) :] if is_cut else before


def _words_after(text: str, at: int) -> str:
    """Return at most CONTEXT characters after a position; a word that this cuts is left out."""
    end = at + CONTEXT
    after = text[at:end]
    is_cut = end < len(text) and _is_inside_word(text, end) and len(after.split()) > 1
    return after[: -len(after.rsplit(maxsplit=1)[-1])] if is_cut else after


def _is_inside_word(text: str, at: int) -> bool:
    """Return whether the characters on both sides of a position belong to one word."""
    return not (text[at - 1].isspace() or text[at].isspace())


SORTS = {
    "text": None,
    "left": lambda hit: hit.left.split()[::-1],
    "right": lambda hit: hit.right.split(),
    "hit": lambda hit: hit.text.casefold(),
}


def concordance(documents: QuerySet[Document], query: Query, *, most: int, sort: str = "text") -> list[Hit]:
    """Return the first passages of documents: in the order of the texts, or sorted within the first `MOST_HITS`."""
    key = SORTS.get(sort)
    wanted = most if key is None else MOST_HITS
    hits: list[Hit] = []
    # Keys first: where the database has to sort, it sorts no texts.
    keys = documents.values_list("pk", flat=True).iterator(chunk_size=READ_AT_ONCE)
    while len(hits) < wanted and (some := list(islice(keys, READ_AT_ONCE))):
        for document in Document.objects.filter(pk__in=some).defer("meta").order_by("position", "id"):
            hits += hits_in(document, query.phrases)
            if len(hits) >= wanted:
                break
    hits = hits[:wanted]
    return hits[:most] if key is None else sorted(hits, key=key)[:most]
