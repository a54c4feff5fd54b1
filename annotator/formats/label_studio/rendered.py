"""The rendered text of HTML as Label Studio counts it: all text nodes one after another, with their XPaths."""

from collections import Counter
from html.parser import HTMLParser
from typing import Any

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_HIDDEN = {"script", "style", "template"}


class RenderedText(HTMLParser):
    """The text of a page; `starts` are the offsets of its text nodes by XPath, such as `/p[1]/b[1]/text()[1]`."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.starts: dict[str, int] = {}
        self._path: list[tuple[str, str]] = []
        self._counts: list[Counter[str]] = [Counter()]
        self._in_text = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self._in_text = False
        self._counts[-1][tag] += 1
        if tag not in _VOID:
            self._path.append((tag, f"{tag}[{self._counts[-1][tag]}]"))
            self._counts.append(Counter())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element without content."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those within it that were left open."""
        self._in_text = False
        if any(own == tag for own, _ in self._path):
            while self._path:
                own, _ = self._path.pop()
                self._counts.pop()
                if own == tag:
                    break

    def handle_data(self, data: str) -> None:
        """Add text, unless it is a script."""
        if self._path and self._path[-1][0] in _HIDDEN:
            return
        if not self._in_text:
            self._counts[-1]["text()"] += 1
            steps = [step for _, step in self._path] + [f"text()[{self._counts[-1]['text()']}]"]
            self.starts["/" + "/".join(steps)] = len(self.text)
        self._in_text = True
        self.text += data

    def offset_of(self, path: Any, offset: Any) -> int | None:
        """Return the offset in the text of an offset within a text node; None when there is no such node."""
        start = self.starts.get(str(path))
        return None if start is None or type(offset) is not int else start + offset


def is_html(value: str) -> bool:
    """Return whether a value looks like HTML.

    >>> is_html("<p>Hello</p>"), is_html("a < b and c > d")
    (True, False)
    """
    return value.lstrip().startswith("<") and "</" in value
