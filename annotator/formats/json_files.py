"""JSON files: their elements one by one, and the first record for detecting a format."""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from annotator.formats.incoming import LONGEST_LINE, Head, UnreadableFile

_PIECE = 1 << 16


_SPACE = " \t\r\n"


_KEY = re.compile(r'"((?:[^"\\]|\\.){1,64})"\s*:')


_SCAN = json.JSONDecoder().raw_decode


def iterate_elements(stream: BinaryIO, *, longest: int = LONGEST_LINE) -> Iterator[Any]:
    """Yield the elements of the array in a file, or its values one after another, as in JSONL.

    Raises `UnreadableFile` with the number of the element for other content, and for an element longer than `longest`.
    """
    return _Elements(stream, longest).all()


class _Elements:
    def __init__(self, stream: BinaryIO, longest: int) -> None:
        self._stream = stream
        self._longest = longest
        self._decode = getincrementaldecoder("utf-8-sig")().decode
        self._scan = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode
        self._text = ""
        self._at = 0
        self._ended = False
        self._number = 0

    def all(self) -> Iterator[Any]:
        in_array = self._peek() == "["
        if in_array:
            self._at += 1
        while (character := self._peek()) and character != "]":
            self._number += 1
            yield self._element()
            if in_array and self._peek() == ",":
                self._at += 1
        if in_array and not character:
            raise UnreadableFile(f"The JSON array is incomplete: it ends after element {self._number}.")
        if character:
            self._at += 1
        if in_array and self._peek():
            raise UnreadableFile(
                "There is content after the end of the array. Use one array per file, or one object per line."
            )

    def _peek(self) -> str:
        """Return the next character that is not a space, "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(_PIECE):
                return ""

    def _element(self) -> Any:
        wanted = _PIECE
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except (ValueError, RecursionError) as error:
                failure: Exception = error
            else:
                # A number at the end of the buffer may continue.
                if end < len(self._text) or self._ended or not isinstance(value, int | float):
                    if end - self._at > self._longest:
                        raise UnreadableFile(f"Element {self._number} is longer than {self._longest:,} characters.")
                    self._at = end
                    return value
                failure = ValueError("a number is cut off")
            if len(self._text) - self._at > self._longest:
                raise UnreadableFile(
                    f"Element {self._number} is not valid JSON, or longer than {self._longest:,} characters."
                ) from failure
            if not self._more(wanted):
                raise UnreadableFile(f"Element {self._number} is not valid JSON: {failure}.") from failure
            wanted *= 2

    def _more(self, wanted: int) -> bool:
        """Read more and drop what was parsed; return False at the end of the file."""
        if self._ended:
            return False
        data = self._stream.read(wanted)
        self._ended = not data
        try:
            text = self._decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            raise UnreadableFile(f"The file is not UTF-8: {error.reason}, near element {self._number}.") from error
        self._text = self._text[self._at :] + text
        self._at = 0
        return bool(text) or not self._ended


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def first_record(head: Head) -> dict[str, Any]:
    """Return the first object of a file, also within an array; {} when there is none.

    When it is longer than the head, only the names of members are known, including those of nested objects.
    """
    text = head.text.lstrip()
    at = 1 if text.startswith("[") else 0
    while at < len(text) and text[at].isspace():
        at += 1
    if not text.startswith("{", at):
        return {}
    try:
        record, _ = _SCAN(text, at)
    except (ValueError, RecursionError):
        return dict.fromkeys(_KEY.findall(text)) if len(head.data) > 1000 else {}
    return record if isinstance(record, dict) else {}


def list_of(record: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list in a record; [] when there is none."""
    value = record.get(key)
    return value if isinstance(value, list) else []
