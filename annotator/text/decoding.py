"""Strict decoding of bytes: an invalid character is refused with its location; nothing is guessed or normalised."""

import codecs
from re import compile as compile_pattern
from typing import NamedTuple

from annotator.problems import InvalidInput

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Codecs of Python that are not character encodings of files, or that can create surrogates.
_REFUSED_CODECS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
_FORBIDDEN = compile_pattern("[\0\ud800-\udfff]")
_LINE_END = compile_pattern("\r\n|\n|\r")


class UnreadableText(InvalidInput):
    """The bytes are not valid in the expected encoding, or the text has a character that cannot be stored."""

    code = "unreadable_text"
    title = "The text cannot be read"


class Place(NamedTuple):
    """A location in a text: line and column count from 1, `offset` counts code points from 0."""

    line: int
    column: int
    offset: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column} (code point {self.offset})"


def decode_text(data: bytes, *, encoding: str = "") -> str:
    """Return the text of `data`; CR LF, accents and spaces do not change.

    Without `encoding` it must be UTF-8, or UTF-16 that starts with its byte order mark. A byte order mark at the start
    is removed. `UnreadableText` names the byte, or the location of the character, that is invalid.
    """
    text = decode_strictly(data, encoding or ("utf-16" if data.startswith(UTF16_MARKS) else "utf-8"), bool(encoding))
    text = text.removeprefix("\ufeff")
    refuse_forbidden(text)
    return text


def decode_strictly(data: bytes, encoding: str, declared: bool = True) -> str:
    """Return `data` in one encoding, with any characters; `UnreadableText` names the invalid byte."""
    codec = codec_name(encoding)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise _undecodable(error, codec, declared=declared) from error


def refuse_forbidden(text: str) -> None:
    """Raise `UnreadableText` when `text` holds NUL or a lone surrogate; both break databases and other readers."""
    match = _FORBIDDEN.search(text) if "\0" in text or not _is_encodable(text) else None
    if match is None:
        return
    character = match.group()
    name = "a NUL character" if character == "\0" else f"half a surrogate pair (U+{ord(character):04X})"
    place = place_of(text, match.start())
    raise UnreadableText(f"The text contains {name} at {place}. Remove it.", offset=place.offset)


def _is_encodable(text: str) -> bool:
    """Return whether a text has no lone surrogate; encoding it is several times as fast as looking for one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def place_of(text: str, offset: int) -> Place:
    r"""Return line and column of code point `offset`; CRLF, LF and CR end a line.

    >>> place_of("one\r\ntwo", 6)
    Place(line=2, column=2, offset=6)
    """
    line, line_start = 1, 0
    for match in _LINE_END.finditer(text, 0, offset):
        line, line_start = line + 1, match.end()
    return Place(line, offset - line_start + 1, offset)


def codec_name(encoding: str) -> str:
    """Return Python's name of an encoding; refuse one that is unknown or not for text files."""
    try:
        name = codecs.lookup(encoding).name.replace("_", "-")
        b"    ".decode(name, "ignore")  # Python knows codecs that do not make text; they show when they are used
    except (LookupError, ValueError) as error:
        raise UnreadableText(f"Unknown character encoding {encoding!r}.") from error
    if name in _REFUSED_CODECS:
        raise UnreadableText(f"{encoding!r} is not an encoding for text files. Save the file as UTF-8.")
    return name


def _undecodable(error: UnicodeDecodeError, codec: str, *, declared: bool) -> UnreadableText:
    shown = " ".join(f"{byte:02X}" for byte in error.object[error.start : error.end][:8])
    advice = (
        "Set the encoding of the file, or save it as UTF-8."
        if declared
        else "Save the file as UTF-8, or set its encoding."
    )
    return UnreadableText(
        f"Byte {error.start} (hexadecimal {shown}) is not valid {codec.upper()}: {error.reason}. {advice}",
        byte=error.start,
        bytes=shown,
    )
