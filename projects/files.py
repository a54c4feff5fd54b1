"""Uploaded schema and guideline files: size limit, strict decoding, recognised formats."""

from typing import Protocol

from django.utils.translation import gettext as _

from annotator.platform.http.display import format_size
from annotator.problems import InvalidInput
from annotator.text.decoding import UnreadableText, decode_text
from projects.schema_editing.foreign import read_schema_text
from projects.schema_reader import LARGEST as LARGEST_SCHEMA

LARGEST = 1 << 20


class _Readable(Protocol):
    """A file or an upload."""

    def read(self, size: int, /) -> bytes: ...


def read_definition(file: _Readable) -> object:
    """Return the definition in a schema file of this site, Label Studio, brat, doccano or Prodigy.

    Raises `InvalidInput` with the position of the first error.
    """
    data = _read(file, field="schema_file", largest=LARGEST_SCHEMA)
    try:
        return read_schema_text(decode_text(data))
    except UnreadableText as error:
        raise _invalid(
            "schema_file", _("The schema file cannot be read. %(detail)s") % {"detail": error.detail}
        ) from error


def read_guidelines(file: _Readable) -> str:
    """Return the text of a guideline file, or raise `InvalidInput` with the position of invalid bytes."""
    try:
        return decode_text(_read(file, field="guideline_file"))
    except UnreadableText as error:
        raise _invalid(
            "guideline_file", _("The guideline file cannot be read. %(detail)s") % {"detail": error.detail}
        ) from error


def _read(file: _Readable, *, field: str, largest: int = LARGEST) -> bytes:
    data = file.read(largest + 1)
    if len(data) > largest:
        raise _invalid(field, _("The file is larger than %(limit)s.") % {"limit": format_size(largest)})
    return data


def _invalid(field: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": f"/{field}", "detail": detail}])
