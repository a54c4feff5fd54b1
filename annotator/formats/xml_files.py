"""XML of strangers, read in any encoding without entities and without deep nesting."""

from xml.etree import ElementTree

from annotator.formats.incoming import UnreadableFile

DEEPEST = 200


class _Builder(ElementTree.TreeBuilder):
    """Builder of a tree that refuses a document type, which alone can declare entities, when it begins."""

    _depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Refuse the document type; the parser calls this whatever the encoding of the file is."""
        raise UnreadableFile("The file declares a document type or entities. Remove them and import it again.")

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        """Begin an element, unless it is nested too deeply."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise UnreadableFile(f"Elements of the file are nested more than {DEEPEST} deep.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        """End an element."""
        self._depth -= 1
        return super().end(tag)


def parse_xml(data: bytes) -> ElementTree.Element:
    """Return the root element; raise `UnreadableFile` for other data, for entities and for deep nesting."""
    parser = ElementTree.XMLParser(target=_Builder())  # noqa: S314 - the builder refuses what could expand
    try:
        parser.feed(data)
        root: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnreadableFile(f"The file is not valid XML: {error}.") from error
    return root
