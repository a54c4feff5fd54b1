"""Eight browsers that save without a pause, through the whole site: not one error."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from annotator.corpus.spans import selectors
from annotator.corpus.spans.changes import wire
from projects.models import Membership
from projects.roles import Role
from tests.unit.corpus.spans.builders import add, new_id, span
from tests.waiting import LONG

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]

CLIENTS, SAVES = 8, 8


def test_eight_clients_save_without_an_error(page, make_user, make_document, make_set, project, now):
    document = make_document("Ada said that it rained.")
    users = [make_user(f"user-{number}") for number in range(CLIENTS)]
    for user in users:
        Membership.objects.create(project=project, user=user, role=Role.ANNOTATOR, joined_at=now)
    sets = [make_set(document, user) for user in users]
    clients = [page(user) for user in users]
    barrier = Barrier(CLIENTS)

    def work(number):
        try:
            barrier.wait(LONG)
            url = f"/api/v1/annotation-sets/{sets[number].pk}/changes/"
            answers = []
            for revision in range(SAVES):
                changes = [wire(add(span(new_id(), "Claim", (revision, revision + 4))))]
                body = {"base_revision": revision, "sha256": document.sha256, "changes": changes}
                answers.append(clients[number].post(url, body, content_type="application/json"))
            return [(answer.status_code, answer.json().get("revision")) for answer in answers]
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        outcomes = list(pool.map(work, range(CLIENTS)))

    assert outcomes == [[(200, revision) for revision in range(1, SAVES + 1)]] * CLIENTS
    for annotation_set in sets:
        assert len(selectors.state_of_rows(annotation_set).spans) == SAVES
        assert selectors.state_of_rows(annotation_set) == selectors.replay(annotation_set)
