"""Web pages are imported as their main text, with trafilatura; the page is stored."""

import pytest
from django.utils import timezone

from annotator.corpus.documents.models import Original
from annotator.corpus.documents.services import bytes_of
from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from annotator.imports.services import start_import
from annotator.imports.uploads import IncomingFile
from annotator.platform.jobs.services import run_here
from annotator.text.decoding import UnreadableText
from tests.formats import read, read_one

pytestmark = pytest.mark.consumers
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ministry denies · The Wire</title>
<meta property="og:site_name" content="The Wire"><meta name="author" content="Ada Byron">
<link rel="canonical" href="https://wire.example/news/1"><script>alert("script")</script></head><body>
<nav><a href="/">Home</a> <a href="/politics">Politics</a></nav><main><article><h1>Ministry denies 🙂 the claim</h1>
<p>The ministry said on Friday that it had never <b>promised</b> anything, and left the report without comment.</p>
<p>“We have said all there is to say”, a spokeswoman — Zoë B. — said. Opposition members denied that.</p>
</article></main><aside>Subscribe to our newsletter</aside><footer>© The Wire. Cookies.</footer></body></html>"""
FIRST = "Ministry denies 🙂 the claim\nThe ministry said on Friday that it had never promised anything, and left the "


def test_only_the_main_text_is_read():
    arrival = read_one("html", PAGE.encode(), name="news/one.html")
    document = arrival.document
    assert document.text.startswith(FIRST)
    assert document.text.endswith("Opposition members denied that.")
    assert not any(word in document.text for word in ("Home", "Subscribe", "Cookies", "alert", "<"))
    assert (document.external_id, document.title) == ("one", "Ministry denies 🙂 the claim")
    assert document.meta == {
        "source": "The Wire",
        "author": "Ada Byron",
        "url": "https://wire.example/news/1",
        "hostname": "wire.example",
    }
    assert (document.original.name, document.original.data) == ("one.html", PAGE.encode())


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("windows-1252", "iso-8859-1"), ("windows-1252", "windows-1252"), ("utf-8", "utf-8"), ("utf-8-sig", "latin1")],
)
def test_declared_encoding_of_a_page_is_used(encoding, declared):
    page = PAGE.replace("🙂", "x").replace('charset="utf-8"', f'charset="{declared}"')
    assert (
        "“We have said all there is to say”, a spokeswoman — Zoë"
        in read_one("html", page.encode(encoding)).document.text
    )


def test_xhtml_with_xml_declaration_is_read():
    page = '<?xml version="1.0" encoding="utf-8"?>\n' + PAGE
    assert read_one("html", page.encode()).document.text.startswith(FIRST)
    assert detect_format(Head("page", page.encode())) == "html"


@pytest.mark.parametrize(
    "head", ["<!DOCTYPE HTML PUBLIC>", "<html lang='de'>", "\n <!-- saved from --> <!-- twice -->\n<HTML>"]
)
def test_page_is_detected_by_its_beginning(head):
    assert detect_format(Head("article.txt", head.encode())) == "html"


@pytest.mark.parametrize("page", ["<html><body></body></html>", "<html><script>alert(1)</script></html>", "<html>"])
def test_a_page_without_a_main_text_is_refused(page):
    with pytest.raises(UnreadableFile, match="“file”: no main text found"):
        read("html", page.encode())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (PAGE.encode("windows-1252", "replace"), "not valid UTF-8"),
        (PAGE.replace("utf-8", "martian").encode(), "martian"),
        (b"<html>\0</html>", "NUL"),
    ],
)
def test_page_with_invalid_text_is_refused(data, words):
    with pytest.raises(UnreadableText, match=words):
        read("html", data)


def test_too_large_page_is_refused():
    with pytest.raises(UnreadableFile, match="larger than 5,000,000 bytes"):
        read("html", b"<html>" + b"x" * 5_000_000)


def test_deeply_nested_page_is_read():
    page = "<html><body>" + "<div>" * 10_000 + "<p>" + "A sentence that says something. " * 30
    with pytest.raises(UnreadableFile, match="no main text found"):
        read("html", page.encode())


def test_import_stores_the_original_page(project, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path / "uploads"
    files = [IncomingFile("one.html", [PAGE.encode()]), IncomingFile("two.txt", [b"Two."])]
    job = run_here(start_import(project, files=files, started_by=None, now=timezone.now(), own_process=True))
    assert job.state == "done", list(job.lines.values_list("message", flat=True))
    original = Original.objects.get(document__project=project)
    assert (original.document.external_id, original.name, original.size) == ("one", "one.html", len(PAGE.encode()))
    assert bytes_of(original) == PAGE.encode()
