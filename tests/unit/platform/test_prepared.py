"""Prepared queries return what Django's own queries return, run after run."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext

from annotator.corpus.documents.models import Document, Tag
from annotator.platform.prepared import (
    Parameter,
    PreparedQuery,
    PreparedUpdate,
    insert_object,
    numbered,
    parameters,
)

pytestmark = [pytest.mark.django_db, pytest.mark.stores]


def test_objects_come_with_their_related_objects_and_nothing_more(make_document):
    documents = [make_document("One."), make_document("Two, née Zwei 😀.")]
    query = PreparedQuery(
        lambda: (
            Document.objects.filter(pk=Parameter("document")).select_related("project").only("text", "project__name")
        )
    )
    query.first(document=documents[1].pk)

    for document in documents:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = query.first(document=document.pk)
            assert found is not None
            assert (found.text, found.project.name) == (document.text, document.project.name)
        assert len(queries) == 1
        assert (found.meta, found.sha256) == (document.meta, document.sha256)  # read when they are used


def test_annotations_are_attributes_of_the_objects(make_document):
    document = make_document("Two, née Zwei 😀.")
    query = PreparedQuery(
        lambda: Document.objects.filter(pk=Parameter("document")).only("sha256").annotate(size=Length("text"))
    )

    for _ in range(2):
        found = query.first(document=document.pk)
        assert (found.size, found.sha256) == (len(document.text), document.sha256)


def test_tuples_are_converted_and_lists_have_a_query_for_each_length(make_document, now):
    documents = [make_document(text) for text in ("One.", "Two.", "Three.")]
    columns = ("id", "meta", "created_at", "project__slug")

    def prepare(count):
        created = {"created_at__lte": Parameter("now", DateTimeField())}
        found = Document.objects.filter(pk__in=parameters("key", count), **created).order_by("-id")
        return PreparedQuery(lambda: found.values_list(*columns))

    for count in (1, 2, 3):
        keys = [document.pk for document in documents[:count]]
        expected = list(Document.objects.filter(pk__in=keys).order_by("-id").values_list(*columns))
        assert prepare(count).all(**numbered("key", keys), now=now) == expected
        assert len(expected) == count


def test_a_row_that_does_not_exist_is_none(make_document):
    document = make_document("One.")
    query = PreparedQuery(lambda: Document.objects.filter(pk=Parameter("document")))
    assert query.first(document=document.pk + 1) is None
    assert query.first(document=10**30) is None


def test_an_update_changes_the_rows_it_names_and_counts_them(make_document, now):
    document, other = make_document("One."), make_document("Two.")
    update = PreparedUpdate(
        lambda: Document.objects.filter(pk=Parameter("document")),
        title=Parameter("title"),
        created_at=Parameter("now", DateTimeField()),
    )
    later = now.replace(year=2030)
    assert update.run(document=document.pk, title="100 % new", now=later) == 1
    assert update.run(document=0, title="nowhere", now=later) == 0

    document.refresh_from_db()
    assert (document.title, document.created_at) == ("100 % new", later)
    assert Document.objects.get(pk=other.pk).title == other.title


def test_inserted_object_equals_the_one_that_is_read(project, make_document):
    document = make_document("One.")
    meta = {"day": 3, "a": ["é"]}
    copy = Document(
        project=project, external_id="copy", title="é", text="Text.", sha256="0" * 64, length=5, position=9,
        meta=meta, shuffle_key=4, created_at=document.created_at,
    )  # fmt: skip

    new = insert_object(copy)

    assert new is copy
    stored = Document.objects.get(pk=new.pk)
    names = [field.attname for field in Document._meta.concrete_fields]
    assert [getattr(stored, name) for name in names] == [getattr(new, name) for name in names]
    new.title = "other"
    new.save()  # as an object that is stored already
    assert Document.objects.filter(title="other").count() == 1


def test_second_object_with_a_unique_value_is_refused(project):
    insert_object(Tag(project=project, name="hard"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_object(Tag(project=project, name="hard"))


def test_values_that_are_always_the_same_are_part_of_the_statement(make_document):
    names = ["it's 100 %", "it''s", "a?b %s %%", "back\\slash", "x\0y", ""]
    documents = {
        name: make_document(f"Text {number}.", title=name) for number, name in enumerate(names) if "\0" not in name
    }

    for name in names:
        query = PreparedQuery(
            lambda name=name: Document.objects.filter(title=name, pk__gt=Parameter("least"), length__lt=10**9).order_by(
                "id"
            )
        )
        expected = [documents[name]] if name in documents else []
        if connection.vendor == "sqlite" or expected:  # PostgreSQL takes no NUL
            assert query.all(least=0) == expected
