"""The name of a text that nobody can change unseen."""

from hashlib import sha256


def text_digest(text: str) -> str:
    """Return the sha256 of the UTF-8 bytes of `text` as stored, in hexadecimal.

    >>> text_digest("no")[:8]
    '9390298f'
    """
    return sha256(text.encode("utf-8")).hexdigest()
