"""Whatever others do in a project, an annotator sees the same as before: on every page, at every address of the API."""

import re

import pytest

from annotator.corpus.spans import lifecycle, services
from annotator.workload.assignments import services as assignments
from tests.api.routes import every_route
from tests.unit.corpus.spans.builders import add, new_id, span

pytestmark = pytest.mark.django_db

CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"')


def everything_seen(client, values):
    """The answer to GET at every address, by address."""
    client.raise_request_exception = False
    paths = [route.path(dict.fromkeys(route.parameters, 1) | values) for route in every_route()]
    return {path: read(client.get(path)) for path in paths}


def read(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, CHANGING.sub("", content.decode(errors="replace"))


@pytest.fixture
def shared(project, make_document, ada, now):
    """Ada's set over a document that Ben will be given too, and another document for either."""
    project.annotators_per_document = 3
    project.save()
    make_document("Ada said it rained.")
    mine = assignments.next_document(project, user=ada, now=now).assignment.annotation_set
    lifecycle.submit(mine, now=now)
    return mine


def test_annotations_of_others_change_no_answer(project, shared, make_set, page, ada, ben, now):
    values = {"slug": project.slug, "set_id": shared.pk, "document_id": shared.document_id}
    before = everything_seen(page(ada), values)

    theirs = assignments.next_document(project, user=ben, now=now).assignment.annotation_set
    change = add(span(new_id(), "Speaker", (0, 3), note="Ben's note", canonical="Ben's speaker"))
    services.apply_changes(theirs, [change], base_revision=0, sha256=theirs.document.sha256, author=ben, now=now)
    lifecycle.submit(theirs, now=now)
    make_set(shared.document, "imported by somebody")

    assert theirs.document == shared.document
    after = everything_seen(page(ada), values)
    assert {path: answer for path, answer in after.items() if answer != before[path]} == {}
    assert sum(status == 200 for status, _ in before.values()) > 20
