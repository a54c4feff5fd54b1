"""Uploaded schema and guideline files: size limit, strict decoding, JSON."""

from typing import BinaryIO

import orjson
from django.utils.translation import gettext as _

from annotator.platform.http.display import format_size
from annotator.problems import InvalidInput
from annotator.text.decoding import UnreadableText, decode_text

LARGEST = 1 << 20


def read_definition(file: BinaryIO) -> object:
    """Return the JSON in a schema file, or raise `InvalidInput` with the position of the first error."""
    data = _read(file, field="schema_file")
    try:
        return orjson.loads(decode_text(data))
    except UnreadableText as error:
        raise _invalid(
            "schema_file", _("The schema file cannot be read. %(detail)s") % {"detail": error.detail}
        ) from error
    except orjson.JSONDecodeError as error:
        raise _invalid("schema_file", _("The schema file is not valid JSON: %(error)s.") % {"error": error}) from error


def read_guidelines(file: BinaryIO) -> str:
    """Return the text of a guideline file, or raise `InvalidInput` with the position of invalid bytes."""
    try:
        return decode_text(_read(file, field="guideline_file"))
    except UnreadableText as error:
        raise _invalid(
            "guideline_file", _("The guideline file cannot be read. %(detail)s") % {"detail": error.detail}
        ) from error


def _read(file: BinaryIO, *, field: str) -> bytes:
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _invalid(field, _("The file is larger than %(limit)s.") % {"limit": format_size(LARGEST)})
    return data


def _invalid(field: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": f"/{field}", "detail": detail}])
