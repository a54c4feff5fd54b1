"""The format HTML (main text)."""

import re
from pathlib import PurePosixPath

from annotator.formats.html.read import read_html
from annotator.formats.incoming import (
    Head,
)
from annotator.formats.interface import Format

ENDINGS = (".html", ".htm", ".xhtml")

# Nothing is tried twice: a comment ends at its first end, so that many comments take no longer than their length.
_BEGINNING = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)


def _sniff(head: Head) -> float:
    if _BEGINNING.match(head.text[:5000]):
        return 0.9
    return 0.5 if PurePosixPath(head.name).suffix.lower() in ENDINGS else 0.0


FORMAT = Format("HTML (main text)", ENDINGS, _sniff, read=read_html, needs=("trafilatura",))
