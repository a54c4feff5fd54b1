"""The format spaCy DocBin."""

import zlib

from annotator.formats.docbin.read import ENDING, read_docbin
from annotator.formats.docbin.write import write_docbin
from annotator.formats.incoming import Head
from annotator.formats.interface import Format

# The first bytes of zlib streams.
_ZLIB = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")


def _sniff(head: Head) -> float:
    if not head.data.startswith(_ZLIB):
        return 0.0
    try:
        beginning = zlib.decompressobj().decompress(head.data, 64)
    except zlib.error:
        return 0.0
    return 0.95 if b"\xa7version" in beginning or b"\xa5attrs" in beginning else 0.0


FORMAT = Format(
    "spaCy DocBin (.spacy)",
    (ENDING,),
    _sniff,
    read=read_docbin,
    write=write_docbin,
    archive=True,
    single=True,
    lost=("Revision, state, schema and guideline version of sets.",),
    needs=("spacy",),
)
