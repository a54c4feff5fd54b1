"""Search in the texts of documents: the same folded words, and the same hits, on SQLite and on PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.lookups import In

from annotator.corpus.documents.models import Document, SearchText
from annotator.text import folding
from projects.models import Project

READ_AT_ONCE = 500
FREQUENT = 5_000
"""Words that so many documents of the site have are frequent."""
LONGEST_LEXICON = 700_000  # PostgreSQL indexes at most 1 MB of different words.


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side; the last one may be the beginning of a word."""

    words: Sequence[str]
    is_prefix: bool = False
    is_negated: bool = False


def documents_matching(
    documents: QuerySet[Document], terms: Iterable[Term], *, reads_all: bool = False
) -> QuerySet[Document]:
    """Limit documents to those whose text, title, id or metadata contain all terms, and none of the negated ones.

    `reads_all` says that many of them will be read, not only a page.
    """
    for term in terms:
        condition = None if term.is_negated else _in_order(term, reads_all=reads_all)
        if not reads_all:
            condition = condition or _without_reading_all(term)
        condition = condition or documents_with([term])
        documents = documents.exclude(condition) if term.is_negated else documents.filter(condition)
    return documents


def documents_with(terms: Iterable[Term]) -> Q:
    """Return the condition for documents that contain all terms, negated or not, which the index finds first."""
    condition = Q()
    for term in terms:
        if len(term.words) == 1:
            condition &= Q(pk__in=_indexed(term))
        else:
            hits = SearchText.objects.filter(_side_by_side(term), document__in=_indexed(term)).order_by()
            condition &= Q(pk__in=hits.values("document"))
    return condition


def documents_in_order_with(term: Term) -> Q:
    """Return the condition for documents that contain a term; where many do, they are still read in their order.

    A page of them is full early then, when what else is asked of them costs more.
    """
    return _in_order(term, reads_all=True) or documents_with([term])


def _without_reading_all(term: Term) -> Q | None:
    """Return the condition of a negated term by which PostgreSQL asks the index for each document in its turn.

    Nearly all documents are without a rare word: a page is full before the index has said which ones have it.
    """
    if connection.vendor != "postgresql" or not term.is_negated:
        return None
    asked: Func = Func(
        F("pk"),
        Value(_tsquery(term)),
        template="EXISTS(SELECT 1 FROM documents_searchtext WHERE document_id = %(expressions)s::tsquery)",
        arg_joiner=" AND array_to_tsvector(string_to_array(lexicon, ' ')) @@ ",
        output_field=BooleanField(),
    )
    return Q(asked) if len(term.words) == 1 else Q(asked) & _side_by_side(term, "search_text__")


def _side_by_side(term: Term, prefix: str = "") -> Q:
    """Return the condition that the words of a term stand side by side."""
    phrase = " ".join(term.words) + ("" if term.is_prefix else " ")
    return Q(**{f"{prefix}words__contains": f" {phrase}"}) | Q(**{f"{prefix}details__contains": f" {phrase}"})


def _in_order(term: Term, *, reads_all: bool) -> Q | None:
    """Return the condition by which SQLite looks at each document in its turn; None for rarer words.

    Of words that many documents have, a page is full after a few; to find them all takes much longer. Beginnings of
    words are looked for in the folded text: the index would join all their words again for each document. For many
    documents the index is asked once, and the documents are still read in their order. PostgreSQL chooses by its own
    statistics.
    """
    if connection.vendor == "postgresql":
        return None
    with connection.cursor() as cursor:
        some = "SELECT 1 FROM documents_searchindex WHERE documents_searchindex MATCH %s LIMIT %s"
        cursor.execute(f"SELECT count(*) FROM ({some})", [_match(term), FREQUENT])  # noqa: S608 - a constant
        if cursor.fetchone()[0] < FREQUENT:
            return None
    if reads_all:
        # The sum keeps SQLite from beginning with the index, so that it need not sort all that this finds.
        found = Q(In(F("pk") + 0, _indexed(term)))
        return found if len(term.words) == 1 else found & _side_by_side(term, "search_text__")
    if term.is_prefix:
        return _side_by_side(term, "search_text__")
    asked: Func = Func(
        F("pk"),
        Value(_match(term)),
        template="EXISTS(SELECT 1 FROM documents_searchindex WHERE rowid = %(expressions)s)",
        arg_joiner=" AND documents_searchindex MATCH ",
        output_field=BooleanField(),
    )
    return Q(asked) if len(term.words) == 1 else Q(asked) & _side_by_side(term, "search_text__")


def title_contains(documents: QuerySet[Document], part: str) -> QuerySet[Document]:
    """Limit documents to those whose title, id or metadata contain a part of a word, or words side by side."""
    words = folding.words(part)
    if not words:
        return documents.none() if part.strip() else documents
    return documents.filter(search_text__details__contains=" ".join(words))


def _indexed(term: Term) -> RawSQL:
    """Return the documents that the index finds: with all words of a term, in any order."""
    if connection.vendor == "postgresql":
        sql = (
            "SELECT document_id FROM documents_searchtext "
            "WHERE array_to_tsvector(string_to_array(lexicon, ' ')) @@ %s::tsquery"
        )
        return RawSQL(sql, [_tsquery(term)])  # noqa: S611 - words are letters and digits
    sql = "SELECT rowid FROM documents_searchindex WHERE documents_searchindex MATCH %s"
    return RawSQL(sql, [_match(term)])  # noqa: S611 - words are letters and digits


def _tsquery(term: Term) -> str:
    """Return a term in the language of PostgreSQL's text search."""
    last = len(term.words) - 1
    words = [f"'{word}'" + (":*" if term.is_prefix and at == last else "") for at, word in enumerate(term.words)]
    return " & ".join(words)


def _match(term: Term) -> str:
    """Return a term in the language of FTS5."""
    last = len(term.words) - 1
    words = [f'"{word}"' + ("*" if term.is_prefix and at == last else "") for at, word in enumerate(term.words)]
    return " AND ".join(words)


def count_not_indexed(project: Project) -> int:
    """Return how many documents of a project are not in the index yet."""
    return _not_indexed(project).count()


def index_documents(project: Project, *, most: int) -> int:
    """Index up to `most` documents that were imported since the last call, in the order of the import."""
    documents = _not_indexed(project).order_by("position", "id")[:most]
    texts = [_search_text(project, document) for document in documents]
    with transaction.atomic():
        SearchText.objects.bulk_create(texts, ignore_conflicts=True, batch_size=READ_AT_ONCE)
    return len(texts)


def index_again(document: Document) -> None:
    """Index a document that has changed, if it was indexed before; the caller opens the transaction."""
    if SearchText.objects.filter(document=document).delete()[0]:
        SearchText.objects.bulk_create([_search_text(document.project, document)])


def _not_indexed(project: Project) -> QuerySet[Document]:
    """Return documents behind the last one in the index: imports add at the end."""
    last = SearchText.objects.filter(project=project).order_by("-position").values_list("position", flat=True).first()
    documents = Document.objects.filter(project=project)
    return documents if last is None else documents.filter(position__gt=last)


def _search_text(project: Project, document: Document) -> SearchText:
    details = folding.words(" ".join([document.title, document.external_id, *_strings(document.meta)]))
    words = folding.words(document.text)
    lexicon = " ".join(sorted({*details, *words}))
    return SearchText(
        document=document,
        project=project,
        position=document.position,
        details=f" {' '.join(details)} ",
        words=f" {' '.join(words)} ",
        lexicon=_shortened(lexicon),
    )


def _shortened(lexicon: str) -> str:
    """Return a lexicon that the index takes: words at the end of a very large one are not found."""
    data = lexicon.encode()
    return lexicon if len(data) <= LONGEST_LEXICON else data[:LONGEST_LEXICON].decode(errors="ignore").rsplit(" ", 1)[0]


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for member in value.values() for text in _strings(member)]
    if isinstance(value, list):
        return [text for member in value for text in _strings(member)]
    return [] if value is None or isinstance(value, bool) else [str(value)]
