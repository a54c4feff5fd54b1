"""Guidelines in Markdown, rendered as safe HTML."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

ALLOWED: dict[str, set[str]] = {
    "a": {"href", "title"},
    "ol": {"start"},
    **{
        name: set()
        for name in (
            "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre", "s", "strong",
            "table", "tbody", "td", "th", "thead", "tr", "ul",
        )
    },
}  # fmt: skip
LOWEST_HEADING = 6


@lru_cache(maxsize=32)
def render_markdown(text: str) -> SafeString:
    """Return CommonMark with tables and strikethrough as HTML.

    HTML in the text is shown as text. Headings start at the second level, because the page has its own title. Images
    become links, because pages load nothing from other origins. The output is sanitised as well, in case of a bug in
    the Markdown parser.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image_as_link)
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 1, LOWEST_HEADING)}"
    clean = nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=set(ALLOWED),
        attributes={name: attributes for name, attributes in ALLOWED.items() if attributes},
        # Elements that may be wider than the page can be scrolled by keyboard.
        set_tag_attribute_values={"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - sanitised in the line before


def _image_as_link(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Return a link to an image, with its description as the text."""
    address = str(tokens[index].attrs["src"])
    return f'<a href="{escape(address)}">{escape(tokens[index].content or address)}</a>'
