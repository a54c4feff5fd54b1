"""The page of the editor: who sees what, and its forms without JavaScript."""

import json
import re

import pytest

from annotator.corpus.spans.models import AnnotationSet, SetState
from projects.services import choose_to_annotate
from tests.notation import make_spans

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada_set(make_document, make_set, ada):
    text, spans = make_spans("[<script>alert(1)</script>](Claim) she said.")
    return make_set(make_document(text, title="<b>Rain</b>"), ada, spans)


def html_of(client, annotation_set):
    return client.get(f"/annotation-sets/{annotation_set.pk}/").content.decode()


def plain_of(client, annotation_set):
    """Return the print view, which also serves browsers without JavaScript."""
    return client.get(f"/annotation-sets/{annotation_set.pk}/?plain=1").content.decode()


def config_of(client, annotation_set):
    found = re.search(
        r'<script id="editor-config" type="application/json">(.*?)</script>', html_of(client, annotation_set)
    )
    return json.loads(found[1])


def test_page_gives_addresses_to_its_script(page, ada, ada_set):
    api = f"/api/v1/annotation-sets/{ada_set.pk}"

    assert config_of(page(ada), ada_set) == {
        "payloadUrl": f"{api}/editor/",
        "waivedUrl": f"{api}/waived-hints/",
        "changesUrl": f"{api}/changes/",
        "suggestionsUrl": f"{api}/suggestions/",
        "dismissalsUrl": f"{api}/dismissals/",
        "timeUrl": f"{api}/active-time/",
        "submitUrl": f"{api}/submit/",
        "reopenUrl": f"{api}/reopen/",
        "nextUrl": "/projects/news/next/",
        "assignUrl": "/api/v1/projects/news/next-document/",
        "upcomingUrl": f"{api}/upcoming/",
        "pageUrl": f"/annotation-sets/{ada_set.pk}/",
        "userId": str(ada.pk),
        "setId": ada_set.pk,
        "csrfCookie": "csrftoken",
    }


def test_readers_get_no_address_for_submitting(page, viewer, lead, ada_set):
    config = config_of(page(viewer), ada_set)

    assert (config["submitUrl"], config["reopenUrl"], config["nextUrl"]) == (None, None, None)
    assert (config_of(page(lead), ada_set)["submitUrl"], config["timeUrl"]) == (None, None)


def test_leads_are_offered_the_next_document_when_they_annotate(page, lead, ada_set):
    for chosen, address in ((None, None), (True, "/projects/news/next/")):
        if chosen:
            choose_to_annotate(ada_set.document.project, lead, annotates=True)
        config = config_of(page(lead), ada_set)
        assert config["nextUrl"] == address
        assert (config["assignUrl"] is None, config["upcomingUrl"] is None) == (address is None, address is None)


def test_text_is_escaped_without_javascript(page, ada, ada_set):
    html = plain_of(page(ada), ada_set)

    assert (
        '<mark class="mark lane-0 label-0 pattern-0" title="Claim">&lt;script&gt;alert(1)&lt;/script&gt;</mark>'
        "<sup>Claim</sup>"
    ) in html
    assert "<script>alert" not in html
    assert "<b>Rain" not in html


def test_guidelines_of_the_set_are_shown(page, ada, ada_set):
    assert "<h2>Rules</h2>" in html_of(page(ada), ada_set)


def test_document_without_title_shows_its_id(page, ada, make_document, make_set):
    untitled = make_set(make_document(title="", external_id="press-17"), ada)

    assert "<title>press-17" in html_of(page(ada), untitled)
    assert "press-17</h1>" in plain_of(page(ada), untitled)


def test_other_users_see_no_page(page, ben, stranger, ada_set):
    for user in (ben, stranger):
        assert page(user).get(f"/annotation-sets/{ada_set.pk}/").status_code == 404
        assert page(user).post(f"/annotation-sets/{ada_set.pk}/submit/").status_code == 404
        assert page(user).post(f"/annotation-sets/{ada_set.pk}/reopen/").status_code == 404
    assert page().get(f"/annotation-sets/{ada_set.pk}/").url.startswith("/sign-in/")


def test_submitting_works_without_javascript(page, ada, viewer, ada_set):
    form = f'action="/annotation-sets/{ada_set.pk}/submit/"'
    assert form in plain_of(page(ada), ada_set)
    assert form not in plain_of(page(viewer), ada_set)
    submitted = page(ada).post(f"/annotation-sets/{ada_set.pk}/submit/", follow=True)
    assert AnnotationSet.objects.get().state == SetState.SUBMITTED
    assert submitted.redirect_chain == [(f"/annotation-sets/{ada_set.pk}/", 302)]

    form = f'action="/annotation-sets/{ada_set.pk}/reopen/"'
    assert form in plain_of(page(ada), ada_set)
    page(ada).post(f"/annotation-sets/{ada_set.pk}/reopen/")
    assert AnnotationSet.objects.get().state == SetState.OPEN


def test_adjudicated_set_cannot_be_reopened(page, ada, ada_set):
    AnnotationSet.objects.update(state=SetState.ADJUDICATED)

    assert 'action="/annotation-sets' not in plain_of(page(ada), ada_set)
    response = page(ada).post(f"/annotation-sets/{ada_set.pk}/reopen/")

    assert response.status_code == 409
    assert "The document has been adjudicated" in response.content.decode()


def test_state_changes_need_a_form(page, ada, ada_set):
    for path in ("submit/", "reopen/"):
        assert page(ada).get(f"/annotation-sets/{ada_set.pk}/{path}").status_code in (302, 405)


def test_chosen_meta_fields_stand_above_the_text(page, ada, project, make_document, make_set):
    project.shown_meta = ["source", "link", "missing"]
    project.save()
    meta = {"source": "<b>Varnholt Post</b>", "link": "https://example.org/a?b=c&d", "internal": "hidden"}
    annotation_set = make_set(make_document(meta=meta), ada, [])

    html = html_of(page(ada), annotation_set)

    assert "&lt;b&gt;Varnholt Post&lt;/b&gt;" in html
    assert 'href="https://example.org/a?b=c&amp;d"' in html
    assert "missing" not in html
    assert "hidden</dd>" not in html
