"""The authors of a project's sets: the same, whether all sets are read or each user is looked up."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from annotator.corpus import authors
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.exclusions import Person, people
from annotator.corpus.spans.models import AnnotationSet, SetKind

pytestmark = [pytest.mark.django_db, pytest.mark.stores]


@pytest.fixture
def sets(create_set, make_document, make_user, make_project, ada, ben, now):
    """Sets of every kind of author: two of Ada, a linked name, a model, a deleted user, and one of another project."""
    first, second = make_document("Ada said it rained."), make_document("Ben denied it.")
    create_set(first, ada)
    lifecycle.submit(create_set(second, ada), now=now)
    create_set(first, ben, name="ben")
    create_set(first, name="outside")
    linked = create_set(first, name="saved")
    AnnotationSet.objects.filter(pk=linked.pk).update(member=ben)
    create_set(first, name="rules", kind=SetKind.MODEL)
    create_set(first, name="adjudicated", kind=SetKind.ADJUDICATED)
    gone = make_user("gone")
    lifecycle.submit(create_set(second, gone), now=now)
    gone.delete()
    create_set(make_document("Elsewhere.", project=make_project("other")), make_user("eve"))


@pytest.mark.parametrize("many", [1, 2_000])
def test_authors_are_the_same_in_small_and_large_projects(project, sets, many, monkeypatch):
    monkeypatch.setattr(authors, "MANY_DOCUMENTS", many)

    assert people(project) == [
        Person("ada", "annotator"), Person("ben", "annotator"), Person("gone", "annotator"),
        Person("outside", "imported"), Person("rules", "model"),
    ]  # fmt: skip
    assert authors.authors_of(project, lifecycle.sets_for_agreement()) == {
        ("annotator", "ada"), ("annotator", "ben"), ("annotator", "gone"), ("imported", "outside"),
    }  # fmt: skip
    assert authors.authors_of(project, Q(name="ada")) == {("annotator", "ada")}


def test_sets_of_users_are_not_all_read_in_a_large_project(project, sets, monkeypatch):
    monkeypatch.setattr(authors, "MANY_DOCUMENTS", 1)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        authors.authors_of(project)

    _size, users, others = (query["sql"] for query in queries)
    assert "EXISTS" in users
    assert '"annotator_id" IS NULL' in others
