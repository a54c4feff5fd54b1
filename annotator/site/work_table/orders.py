"""Orders of the table that no index gives: by a metadata field, and by the spans of a label.

Numbers are sorted by value, other values by their code points, alike on both databases. Documents without a value come
last in either direction.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, FloatField, IntegerField, OuterRef, QuerySet, Subquery, TextField
from django.db.models.expressions import Expression, RawSQL
from django.db.models.functions import Coalesce

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import SetKind, Span
from annotator.site.work_table.choice import LABEL, META


@dataclass(frozen=True, slots=True)
class SortKey:
    """A value that documents are sorted by, and its direction."""

    name: str
    value: Expression
    is_descending: bool


def sort_keys(sort_key: str, *, descending: bool) -> list[SortKey]:
    """Return the values of an order, the most important one first; of an order that an index gives, none."""
    if sort_key.startswith(META):
        return _meta_keys(sort_key.removeprefix(META), descending=descending)
    if sort_key.startswith(LABEL):
        return [SortKey("sorted_spans", _spans_with(sort_key.removeprefix(LABEL)), descending)]
    return []


def _spans_with(label: str) -> Expression:
    """Return the number of spans with a label, as the column shows it."""
    spans = Span.objects.filter(lifecycle.included("annotation_set__"), annotation_set__document=OuterRef("pk"))
    spans = spans.filter(label=label).exclude(annotation_set__kind=SetKind.MODEL).order_by()
    counts = spans.values("annotation_set__document").annotate(count=Count("id")).values("count")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _meta_keys(name: str, *, descending: bool) -> list[SortKey]:
    kind, kinds = ("json_type(meta, %s)", "'integer', 'real'")
    value, number, parameter = "json_extract(meta, %s)", "CAST(json_extract(meta, %s) AS REAL)", _path(name)
    collation = ""
    if connection.vendor == "postgresql":
        kind, kinds = "jsonb_typeof(meta -> %s)", "'number'"
        value, number, parameter = "(meta ->> %s)", "(meta ->> %s)::double precision", name
        collation = ' COLLATE "C"'
    is_number, is_missing = f"{kind} IN ({kinds})", f"COALESCE({kind}, 'null') = 'null'"
    numbers, others = (1, 0) if descending else (0, 1)
    rank = f"CASE WHEN {is_number} THEN {numbers} WHEN {is_missing} THEN 2 ELSE {others} END"
    text = (
        f"(CASE WHEN {is_number} OR {is_missing} THEN '' WHEN {kind} IN ('true', 'false') THEN {kind} "
        f"ELSE {value} END){collation}"
    )
    return [
        SortKey("sorted_rank", _sql(rank, parameter, IntegerField()), is_descending=False),
        SortKey(
            "sorted_number",
            _sql(f"CASE WHEN {is_number} THEN {number} ELSE 0.0 END", parameter, FloatField()),
            descending,
        ),
        SortKey("sorted_text", _sql(text, parameter, TextField()), descending),
    ]


def _path(name: str) -> str:
    """Return the path of a field in the language of SQLite."""
    return f"$.{json.dumps(name, ensure_ascii=False)}"


def _sql(statement: str, parameter: str, field: Any) -> Expression:
    """Return an expression of our own words; the name of the field is a parameter at each place."""
    return RawSQL(statement, [parameter] * statement.count("%s"), output_field=field)  # noqa: S611 - words of our own


def keys_by_values(
    documents: QuerySet[Document], keys: Sequence[SortKey], *, after: int | None, most: int, descending: bool
) -> list[int]:
    """Return the keys of documents behind `after` in an order of values, at most so many.

    To compare values again for the documents behind a page takes longer than to read all keys.
    """
    rows = documents.order_by().annotate(**{key.name: key.value for key in keys})
    order = [("-" if key.is_descending else "") + key.name for key in keys]
    ordered = rows.order_by(*order, "-id" if descending else "id").values_list("pk", flat=True)
    if after is None:
        return list(ordered[:most])
    every = list(ordered)
    begin = every.index(after) + 1 if after in every else 0
    return every[begin : begin + most]
