"""Guidelines become safe HTML."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.builtin import get_template
from projects.guidelines import render_markdown

PIECES = [
    "<script>",
    "</p>",
    "[a](",
    "javascript:",
    ")",
    "![x](",
    "|-|",
    "\n",
    "`",
    "onerror=",
    "<img src=x ",
    ">",
    "# ",
]


class Elements(HTMLParser):
    """Collects the elements and attributes of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


def test_the_built_in_guidelines_keep_headings_tables_and_emphasis() -> None:
    html = render_markdown(get_template("claims-attribution").guidelines)

    assert "<h2>Annotator guidelines: Claims &amp; attribution</h2>" in html
    assert {"h3", "table", "strong", "em", "ol", "blockquote"} <= Elements(html).tags


def test_headings_start_at_the_second_level() -> None:
    html = render_markdown("# One\n\n## Two\n\n###### Six")

    assert html == "<h2>One</h2>\n<h3>Two</h3>\n<h6>Six</h6>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,xxx)",
        "<a href='javascript:alert(1)'>a</a>",
        "![a](https://elsewhere.example/pixel.png)",
        "<style>body{display:none}</style>",
        "|a|\n|:-:|\n|b|",
        "<!-- --><iframe src=//x></iframe>",
    ],
)
def test_active_content_is_removed(text: str) -> None:
    found = Elements(render_markdown(text))

    assert not found.tags & {"script", "style", "img", "iframe", "object", "svg"}
    assert {name for name, _ in found.attributes} <= {"href", "title", "rel", "start", "tabindex"}
    assert all(value.startswith(("http", "mailto:")) for name, value in found.attributes if name == "href")


def test_pictures_become_links() -> None:
    html = render_markdown("See ![the <b>diagram</b>](https://example.org/x.png).")

    assert "See <a href" in html
    assert ">the &lt;b&gt;diagram&lt;/b&gt;</a>." in html
    assert "!" not in html


def test_links_send_no_referrer() -> None:
    assert 'rel="noopener noreferrer nofollow"' in render_markdown("[a](https://example.org)")


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=20).map("".join))
def test_no_text_creates_a_script(text: str) -> None:
    found = Elements(render_markdown(text))

    assert "script" not in found.tags
    assert "img" not in found.tags
    assert not any(name.startswith("on") or name == "style" for name, _ in found.attributes)
    assert not any(value.strip().lower().startswith(("javascript:", "data:")) for _, value in found.attributes)


def test_uploaded_pictures_are_shown_and_others_become_links():
    html = render_markdown("![a <b>](picture:0123456789abcdef) ![x](https://elsewhere.example/a.png)", "/p/pictures/")

    assert '<img src="/p/pictures/0123456789abcdef/" alt="a &lt;b&gt;">' in html
    assert '<a href="https://elsewhere.example/a.png"' in html
    assert Elements(html).tags == {"p", "img", "a"}
    assert "<img" not in render_markdown("![a](picture:0123456789abcdef)")
    assert "<img" not in render_markdown("![a](picture:../../x)", "/p/pictures/")
