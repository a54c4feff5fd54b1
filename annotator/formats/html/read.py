"""Reading web pages: the main text as trafilatura extracts it, without boilerplate; the page is stored with it.

Nothing is fetched and nothing is run: only the file is read.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from annotator.formats.incoming import (
    LARGEST_ORIGINAL,
    LONGEST_NAME,
    LONGEST_TITLE,
    IncomingDocument,
    IncomingFiles,
    IncomingOriginal,
    ReadResult,
    UnreadableFile,
)
from annotator.text.decoding import UTF16_MARKS, decode_text, refuse_forbidden
from annotator.text.digest import text_digest

MEDIA_TYPE = "text/html"


UTF8_MARK = b"\xef\xbb\xbf"


_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


_XML_HEAD = re.compile(r"\s*<\?xml[^>]*\?>", re.IGNORECASE)


# In the HTML standard these names mean the Windows encoding, which adds quotation marks and dashes.
_WINDOWS = {"iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii"}


_META = ("url", "hostname", "author", "date", "description")


def read_html(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield the main text of a page."""
    import trafilatura

    (only,) = incoming.files
    data = incoming.read(only, at_most=LARGEST_ORIGINAL)
    page = _XML_HEAD.sub("", decode_text(data, encoding=incoming.encoding or declared_encoding(data)), count=1)
    extracted = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False)
    text = (extracted.text or "").strip() if extracted is not None else ""
    if not text:
        raise UnreadableFile(f"“{incoming.name}”: no main text found. Save the article as plain text instead.")
    refuse_forbidden(text)
    name = PurePosixPath(incoming.name.replace("\\", "/")).name[-LONGEST_NAME:]
    original = IncomingOriginal(_printable(name) or "page.html", MEDIA_TYPE, data)
    title = _printable(str(extracted.title or ""))[:LONGEST_TITLE]
    document = IncomingDocument(incoming.stem, title, text, text_digest(text), _meta(extracted), original=original)
    yield ReadResult("", document)


def declared_encoding(data: bytes) -> str:
    """Return the encoding that a page declares; "" without one, or with a byte order mark.

    >>> declared_encoding(b'<meta charset="koi8-r">'), declared_encoding(b"<meta charset=latin1>")
    ('koi8-r', 'windows-1252')
    """
    match = None if data.startswith((UTF8_MARK, *UTF16_MARKS)) else _DECLARED.search(data[:4096])
    if match is None:
        return ""
    declared = match[1].decode("ascii", "replace").lower()
    return "windows-1252" if declared in _WINDOWS else declared


def _meta(extracted: Any) -> dict[str, str]:
    """Return the metadata of the page; splits keep documents with the same `source` together."""
    meta = {name: str(value) for name in _META if (value := getattr(extracted, name, None))}
    source = extracted.sitename or extracted.hostname
    return meta | ({"source": str(source)} if source else {})


def _printable(name: str) -> str:
    return "".join(character for character in name if character.isprintable()).strip()
