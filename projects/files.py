"""Reading schema and guideline files that somebody gives: strictly, and only small ones."""

from typing import BinaryIO

import orjson

from annotator.problems import InvalidInput
from annotator.text.decoding import UnreadableText, decode_text

LARGEST = 1 << 20


def read_definition(file: BinaryIO) -> object:
    """Return the JSON in a schema file, or raise `InvalidInput` naming the byte or the line where it breaks."""
    data = _read(file, field="schema_file")
    try:
        return orjson.loads(decode_text(data))
    except UnreadableText as error:
        raise _invalid("schema_file", f"The schema file cannot be read. {error.detail}") from error
    except orjson.JSONDecodeError as error:
        raise _invalid("schema_file", f"The schema file is not valid JSON: {error}.") from error


def read_guidelines(file: BinaryIO) -> str:
    """Return the text of a guideline file, or raise `InvalidInput` naming the bytes that cannot be read."""
    try:
        return decode_text(_read(file, field="guideline_file"))
    except UnreadableText as error:
        raise _invalid("guideline_file", f"The guideline file cannot be read. {error.detail}") from error


def _read(file: BinaryIO, *, field: str) -> bytes:
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _invalid(field, f"The file is larger than {LARGEST // 1024:,} kB.")
    return data


def _invalid(field: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": f"/{field}", "detail": detail}])
