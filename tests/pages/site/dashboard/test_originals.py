"""Original files of documents: downloads for members who see all annotations."""

import hashlib

import pytest

from annotator.corpus.documents.services import keep_originals
from annotator.formats.incoming import IncomingOriginal

pytestmark = pytest.mark.stores  # bytes come out of each database in a kind of their own
PAGE = b"<html><script>alert(1)</script><p>No.</p></html>"


@pytest.fixture
def document(make_document, make_set, ada):
    document = make_document("No.\n")
    make_set(document, ada)
    keep_originals({document.pk: IncomingOriginal('a "b" é.html', "text/html", PAGE), make_document().pk: None})
    return document


def addresses(document):
    return (f"/documents/{document.pk}/original/", f"/api/v1/documents/{document.pk}/original/")


@pytest.mark.parametrize("who", ["lead", "viewer"])
def test_an_original_is_downloaded_unchanged(page, project, request, document, who):
    for address in addresses(document):
        answer = page(request.getfixturevalue(who)).get(address)
        assert answer.content == PAGE
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["ETag"] == f'"{hashlib.sha256(PAGE).hexdigest()}"'


def test_the_page_of_the_document_links_to_it(page, lead, project, document):
    html = page(lead).get(f"/documents/{document.pk}/").content.decode()
    assert f'<a href="/documents/{document.pk}/original/" download><bdi>a &quot;b&quot; é.html</bdi></a>' in html
    assert "48 bytes" in html.replace("\xa0", " ")


@pytest.mark.parametrize("who", ["ada", "ben", "stranger"])
def test_annotators_and_non_members_do_not_get_originals(page, project, request, document, who):
    client = page(request.getfixturevalue(who))
    assert [client.get(address).status_code for address in addresses(document)] == [404, 404]
    assert b"original" not in client.get(f"/documents/{document.pk}/").content


def test_a_plain_document_has_no_original(page, lead, project, make_document):
    document = make_document()
    assert [page(lead).get(address).status_code for address in addresses(document)] == [404, 404]
    assert b"/original/" not in page(lead).get(f"/documents/{document.pk}/").content
