"""Requests that are refused before they are read."""

import json

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from annotator.platform.http.middleware import BodyLimitMiddleware


def test_a_chunked_body_is_refused() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("taken")

    asked = RequestFactory().post("/api/v1/projects/", headers={"transfer-encoding": "chunked"})
    answer = BodyLimitMiddleware(view)(asked)

    assert (answer.status_code, json.loads(answer.content)["code"]) == (411, "length_required")
    assert BodyLimitMiddleware(view)(RequestFactory().post("/api/v1/projects/")).content == b"taken"
