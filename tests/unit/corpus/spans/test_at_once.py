"""Many people and tabs at the same instant, on a database in a file or on a server."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from annotator.corpus.spans import lifecycle, selectors, services
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.problems import AlreadyAdjudicated, SetClosed, StaleRevision
from tests.unit.corpus.spans.builders import add, new_id, span
from tests.waiting import LONG

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]

CLIENTS, ROUNDS = 8, 10


def at_once(work, arguments):
    """Call `work` with each argument in a thread of its own, all released together."""
    arguments = list(arguments)
    barrier = Barrier(len(arguments))

    def begin(argument):
        try:
            barrier.wait(LONG)
            return work(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(begin, arguments))


def test_eight_users_save_at_once(document, create_set, make_user, now):
    users = [make_user(f"user-{number}") for number in range(CLIENTS)]
    sets = [create_set(document, user) for user in users]

    def work(annotation_set):
        for number in range(ROUNDS):
            services.apply_changes(
                annotation_set,
                [add(span(new_id(), "Claim", (number, number + 1)))],
                base_revision=number,
                sha256=document.sha256,
                author=annotation_set.annotator,
                now=now,
            )

    at_once(work, sets)

    for annotation_set in sets:
        annotation_set.refresh_from_db()
        assert annotation_set.revision == annotation_set.spans.count() == ROUNDS
        assert selectors.state_of_rows(annotation_set) == selectors.replay(annotation_set)


def test_eight_tabs_of_one_user_lose_nothing(annotation_set, save, document, ada, now):
    def work(tab):
        generator, base = random.Random(tab), 0
        for number in range(ROUNDS):
            change = add(span(f"{tab}-{number}", "Claim", (generator.randrange(20), 25)))
            while True:
                try:
                    base = services.apply_changes(
                        annotation_set, [change], base_revision=base, sha256=document.sha256, author=ada, now=now
                    ).revision
                    break
                except StaleRevision as stale:
                    base = stale.extra["revision"]

    at_once(work, range(CLIENTS))

    annotation_set.refresh_from_db()
    assert annotation_set.revision == CLIENTS * ROUNDS
    assert {f"{tab}-{number}" for tab in range(CLIENTS) for number in range(ROUNDS)} == set(
        annotation_set.spans.values_list("uid", flat=True)
    )
    assert selectors.state_of_rows(annotation_set) == selectors.replay(annotation_set)


def test_change_sent_twice_at_once_is_saved_once(annotation_set, document, ada, now):
    change = add(span("c", "Claim", (0, 3)))

    answers = at_once(
        lambda _: services.apply_changes(
            AnnotationSet.objects.get(pk=annotation_set.pk),
            [change],
            base_revision=0,
            sha256=document.sha256,
            author=ada,
            now=now,
        ),
        range(CLIENTS),
    )

    assert sorted(len(answer.applied) for answer in answers) == [0] * (CLIENTS - 1) + [1]
    assert {answer.revision for answer in answers} == {1}
    assert annotation_set.changes.count() == 1


def test_nothing_is_saved_after_submission(annotation_set, document, ada, now):
    def work(number):
        mine = AnnotationSet.objects.get(pk=annotation_set.pk)
        if number == 0:
            lifecycle.submit(mine, now=now)
            return "submitted"
        try:
            services.apply_changes(
                mine,
                [add(span(new_id(), "Claim", (0, 3)))],
                base_revision=0,
                sha256=document.sha256,
                author=ada,
                now=now,
            )
        except (SetClosed, StaleRevision) as refused:
            return refused.code
        return "saved"

    outcomes = at_once(work, range(4))

    annotation_set.refresh_from_db()
    assert annotation_set.state == "submitted"
    assert annotation_set.revision == annotation_set.spans.count() == outcomes.count("saved") <= 1


def test_document_is_adopted_once_by_concurrent_requests(annotation_set, document, lead, now):
    lifecycle.submit(annotation_set, now=now)

    def work(_number):
        try:
            services.adopt_as_adjudicated(AnnotationSet.objects.get(pk=annotation_set.pk), by=lead, now=now)
        except AlreadyAdjudicated:
            return "already"
        return "settled"

    assert sorted(at_once(work, range(4))) == ["already"] * 3 + ["settled"]
    assert AnnotationSet.objects.filter(document=document, kind="adjudicated").count() == 1
