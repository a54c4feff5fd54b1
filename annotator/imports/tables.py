"""The tables that an import writes to, with all their columns but those that the database fills in."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Model

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, Change, Relation, Span

Row = tuple[Any, ...]


class Table(NamedTuple):
    """A table by its name, and columns in the order in which rows give their values."""

    name: str
    columns: Sequence[str]


def _table(model: type[Model], columns: str) -> Table:
    return Table(model._meta.db_table, tuple(columns.split()))  # noqa: SLF001 - public by documentation


DOCUMENTS = _table(Document, "id project_id external_id title text sha256 length meta position shuffle_key created_at")
SETS = _table(
    AnnotationSet,
    "id document_id kind annotator_id name revision state schema_version_id guideline_version_id created_at "
    "changed_at submitted_at",
)
SPANS = _table(Span, "id annotation_set_id uid label start end fragments attributes note origin")
RELATIONS = _table(Relation, "id annotation_set_id uid label source_id target_id")
CHANGES = _table(Change, "annotation_set_id revision change_id kind payload author_id created_at")
