"""What is refused before anything reads it."""

import json

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from annotator.platform.http.middleware import BodyLimitMiddleware


def test_a_body_in_chunks_is_refused_rather_than_taken_for_empty() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("taken")

    asked = RequestFactory().post("/api/v1/projects/", headers={"transfer-encoding": "chunked"})
    answer = BodyLimitMiddleware(view)(asked)

    assert (answer.status_code, json.loads(answer.content)["code"]) == (411, "length_required")
    assert BodyLimitMiddleware(view)(RequestFactory().post("/api/v1/projects/")).content == b"taken"
