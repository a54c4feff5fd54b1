"""Prepared queries use the indexes of SQLite that have a condition."""

from django.db import connection

from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.prepared import Parameter, PreparedQuery


def test_index_with_a_condition_is_used(db):
    query = PreparedQuery(
        lambda: AnnotationSet.objects.filter(kind="adjudicated", document__gt=Parameter("document")).values_list("pk")
    )
    query.first(document=1)
    assert query._compiled is not None

    plan = connection.connection.execute(f"EXPLAIN QUERY PLAN {query._compiled._driver_sql}", [1]).fetchall()

    assert "annotation_set_adjudicated" in str(plan)
