"""Guidelines in Markdown, rendered as safe HTML."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
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
    "img": {"src", "alt"},
    **{
        name: set()
        for name in (
            "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre", "s", "strong",
            "table", "tbody", "td", "th", "thead", "tr", "ul",
        )
    },
}  # fmt: skip
LOWEST_HEADING = 6
PICTURE = re.compile("picture:([0-9a-f]{16})")


@lru_cache(maxsize=32)
def render_markdown(text: str, pictures: str = "") -> SafeString:
    """Return CommonMark with tables and strikethrough as HTML.

    HTML in the text is shown as text. Headings start at the second level, because the page has its own title. Uploaded
    pictures (`![words](picture:0123456789abcdef)`) are shown from the address `pictures`; other images become links,
    because pages load nothing from other origins. The output is sanitised as well, in case of a bug in the Markdown
    parser.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image)
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 1, LOWEST_HEADING)}"
    clean = nh3.clean(
        parser.renderer.render(tokens, parser.options, {"pictures": pictures}),
        tags=set(ALLOWED),
        attributes={name: attributes for name, attributes in ALLOWED.items() if attributes},
        # Elements that may be wider than the page can be scrolled by keyboard.
        set_tag_attribute_values={"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - sanitised in the line before


def _image(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType) -> str:
    """Return an uploaded picture, or a link to an image elsewhere with its description as the text."""
    address = str(tokens[index].attrs["src"])
    picture = PICTURE.fullmatch(address)
    if picture and env["pictures"]:
        return f'<img src="{escape(str(env["pictures"]))}{picture[1]}/" alt="{escape(tokens[index].content)}">'
    return f'<a href="{escape(address)}">{escape(tokens[index].content or address)}</a>'


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line of guidelines in a comparison: `kind` is "same", "added", "removed" or "gap" (lines left out)."""

    kind: str
    text: str


CONTEXT_LINES = 2


def compare_guidelines(old: str, new: str) -> list[ChangedLine]:
    r"""Return the lines that differ between two versions, with two lines around them; empty when they are equal.

    >>> [(line.kind, line.text) for line in compare_guidelines("a\nb", "a\nc")]
    [('same', 'a'), ('removed', 'b'), ('added', 'c')]
    """
    before, after = old.splitlines(), new.splitlines()
    lines: list[ChangedLine] = []
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT_LINES):
        if lines or group[0][1] > 0:
            lines.append(ChangedLine("gap", ""))
        for kind, first, last, start, end in group:
            if kind == "equal":
                lines += [ChangedLine("same", line) for line in before[first:last]]
            else:
                lines += [ChangedLine("removed", line) for line in before[first:last]]
                lines += [ChangedLine("added", line) for line in after[start:end]]
    return lines
