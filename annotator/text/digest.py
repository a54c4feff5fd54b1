"""The checksum of a text, by which a change is noticed."""

from hashlib import sha256


def text_digest(text: str) -> str:
    """Return the sha256 of the UTF-8 bytes of `text` as stored, in hexadecimal.

    >>> text_digest("no")[:8]
    '9390298f'
    """
    return sha256(text.encode("utf-8")).hexdigest()
