"""The file that a text was taken out of, carried beside it; in JSONL as the member `original`."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

LARGEST_ORIGINAL = 5_000_000
LONGEST_NAME = 200
LONGEST_MEDIA_TYPE = 100


@dataclass(frozen=True, slots=True)
class IncomingOriginal:
    """A file as it came in: what it was called, of which media type it is, and its bytes."""

    name: str
    media_type: str
    data: bytes

    def as_json(self) -> dict[str, str]:
        """Return it as `read_original` reads it."""
        return {"name": self.name, "type": self.media_type, "base64": base64.b64encode(self.data).decode()}


def read_original(given: Any) -> IncomingOriginal:
    """Return the original that a line of JSONL holds; raises `ValueError` in a sentence for what is none."""
    if not isinstance(given, dict) or given.keys() != {"name", "type", "base64"}:
        raise ValueError('This must be an object {"name", "type", "base64"}.')
    name, media_type, encoded = given["name"], given["type"], given["base64"]
    for value, longest in ((name, LONGEST_NAME), (media_type, LONGEST_MEDIA_TYPE)):
        if not isinstance(value, str) or not 1 <= len(value) <= longest or not value.isprintable():
            raise ValueError(f"Name and type must be strings of 1 to {longest} printable characters.")
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise ValueError(f"The bytes must be written in base 64: {error}.") from error
    if len(data) > LARGEST_ORIGINAL:
        raise ValueError(f"The original is larger than {LARGEST_ORIGINAL:,} bytes; keep it elsewhere.")
    return IncomingOriginal(name, media_type, data)
