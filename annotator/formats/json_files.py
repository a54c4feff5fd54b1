"""JSON files: their elements one by one, and the first record for detecting a format."""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

import orjson

from annotator.formats.incoming import LONGEST_LINE, Head, UnreadableFile

_PIECE = 1 << 16


_SPACE = " \t\r\n"


_KEY = re.compile(r'"((?:[^"\\]|\\.){1,64})"\s*:')


_WHOLE = re.compile(r"\s*(-?[0-9]{1,15})(?:\.0*)?\s*")


_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


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
        self._lines_before = 0

    def all(self) -> Iterator[Any]:
        in_array = self._peek() == "["
        if in_array:
            self._at += 1
        while (character := self._peek()) and not (in_array and character == "]"):
            self._number += 1
            yield self._element()
            if in_array and (following := self._peek()) == ",":
                self._at += 1
            elif in_array and following not in ("]", ""):
                raise UnreadableFile(f"Line {self._line}: there is no comma after element {self._number} of the array.")
        if in_array and not character:
            raise UnreadableFile(f"The JSON array is incomplete: it ends after element {self._number}.")
        if character:
            self._at += 1
        if in_array and self._peek():
            raise UnreadableFile(
                "There is content after the end of the array. Use one array per file, or one object per line."
            )

    @property
    def _line(self) -> int:
        """The number of the current line, from 1."""
        return self._lines_before + self._text.count("\n", 0, self._at) + 1

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
                    source = self._text[self._at : end]
                    self._check_keys(source, value)
                    self._check_surrogates(source, value)
                    self._at = end
                    return value
                failure = ValueError("a number is cut off")
            if len(self._text) - self._at > self._longest:
                raise UnreadableFile(
                    f"Element {self._number} is not valid JSON, or longer than {self._longest:,} characters."
                ) from failure
            message = self._described(failure)
            if not self._more(wanted):
                raise UnreadableFile(message) from failure
            wanted *= 2

    def _described(self, failure: Exception) -> str:
        """Return a sentence that says in which line an element is not valid JSON, and before what."""
        if not isinstance(failure, json.JSONDecodeError):
            return f"Line {self._line}: element {self._number} is not valid JSON: {failure}."
        line = self._lines_before + self._text.count("\n", 0, failure.pos) + 1
        found = self._text[failure.pos : failure.pos + 30].split("\n")[0].strip()
        where = f" at “{found}”" if found else ""
        return f"Line {line}: element {self._number} is not valid JSON: {failure.msg}{where}."

    def _check_keys(self, source: str, value: Any) -> None:
        """Refuse an object that has a key twice, because one of the values would be lost."""
        if key := repeated_key(source, value):
            raise UnreadableFile(
                f"Line {self._line}: the key “{key[:80]}” occurs twice in one object. Keep one of them."
            )

    def _check_surrogates(self, source: str, value: Any) -> None:
        """Refuse a string with half a surrogate pair, which no database and no other reader takes."""
        if not _ESCAPED_SURROGATE.search(source):
            return
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            code = f"{ord(error.object[error.start]):04x}"
            raise UnreadableFile(
                f"Line {self._line}: a string contains half a surrogate pair (\\u{code}). Correct or remove it."
            ) from error

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
        self._lines_before += self._text.count("\n", 0, self._at)
        self._text = self._text[self._at :] + text
        self._at = 0
        return bool(text) or not self._ended


def repeated_key(source: str | bytes, value: Any) -> str:
    """Return a key that an object in JSON has twice; "" when there is none. `value` is the JSON as it was parsed.

    A parser keeps the last of such values, so that writing the value again takes fewer quotation marks.

    >>> repeated_key('{"label": [1], "label": [2]}', {"label": [2]})
    'label'
    """
    try:
        written = orjson.dumps(value)
    except TypeError:  # a number or a character that orjson does not write
        written = json.dumps(value).encode()
    quotes = source.count('"') if isinstance(source, str) else source.count(b'"')
    if quotes <= written.count(b'"'):
        return ""
    twice: list[str] = []

    def note_repeated(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        twice.extend(name for name in names if names.count(name) > 1)

    json.loads(source, object_pairs_hook=note_repeated)
    return twice[0] if twice else ""


def records_in(head: Head, *, most: int = 20) -> Iterator[Head]:
    """Yield a head for each of the first objects of a file, of which the first may lack what tells its format."""
    text = head.text.lstrip()
    at = 1 if text.startswith("[") else 0
    for _ in range(most):
        while at < len(text) and text[at] in _SPACE + ",":
            at += 1
        if not text.startswith("{", at):
            return
        try:
            _, end = _SCAN(text, at)
        except (ValueError, RecursionError):
            return
        yield Head(head.name, text[at:end].encode("utf-8", "surrogatepass"))
        at = end


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


def whole_number(value: Any) -> Any:
    """Return a whole number for a number such as 4.0 or a string such as "4" or "4.0"; other values as they are.

    >>> whole_number(4.0), whole_number("4.0"), whole_number(4.5), whole_number("x"), whole_number(True)
    (4, 4, 4.5, 'x', True)
    """
    if isinstance(value, str):
        match = _WHOLE.fullmatch(value)
        return int(match[1]) if match else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def list_of(record: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list in a record; [] when there is none."""
    value = record.get(key)
    return value if isinstance(value, list) else []


def list_problems(record: Mapping[str, Any], *keys: str) -> list[str]:
    """Return a problem for each of these members that holds something else than a list, which would be lost.

    >>> list_problems({"spans": {"start": 0}, "relations": None}, "spans", "relations")
    ['“spans” must be a list, not {"start": 0}.']
    """
    wrong = [(key, record[key]) for key in keys if record.get(key) is not None and not isinstance(record[key], list)]
    return [f"“{key}” must be a list, not {json.dumps(value, ensure_ascii=False)[:60]}." for key, value in wrong]


def other_fields(record: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Return the fields of a record that a format does not know and that metadata can hold: no lists, no objects.

    >>> other_fields({"text": "No.", "url": "x", "_id": 3, "tokens": []}, {"text"})
    {'url': 'x'}
    """
    return {
        name: value
        for name, value in record.items()
        if name not in known and name[:1] != "_" and isinstance(value, str | int | float) and value != ""
    }
