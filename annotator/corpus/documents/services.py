"""Storing the original files of documents."""

import hashlib
import zlib
from collections.abc import Mapping

from annotator.corpus.documents.models import Original
from annotator.formats.incoming import IncomingOriginal


def keep_originals(originals: Mapping[int, IncomingOriginal | None]) -> None:
    """Store the original files of new documents, by their keys; documents imported as plain text have none."""
    rows = [
        Original(
            document_id=key,
            name=original.name,
            media_type=original.media_type,
            size=len(original.data),
            sha256=hashlib.sha256(original.data).hexdigest(),
            packed=zlib.compress(original.data),
        )
        for key, original in originals.items()
        if original is not None
    ]
    if rows:
        Original.objects.bulk_create(rows)


def bytes_of(original: Original) -> bytes:
    """Return a file as it was uploaded."""
    return zlib.decompress(original.packed)
