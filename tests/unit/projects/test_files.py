"""Uploaded schema and guideline files."""

from io import BytesIO

import pytest

from annotator.problems import InvalidInput
from projects.builtin import get_template, templates
from projects.files import read_definition, read_guidelines
from projects.schema_reader import LARGEST, read_schema


def test_a_definition_is_read_with_or_without_a_byte_order_mark() -> None:
    assert read_definition(BytesIO(b'{"labels": []}')) == {"labels": []}
    assert read_definition(BytesIO(b'\xef\xbb\xbf{"labels": []}')) == {"labels": []}


def test_schema_files_of_other_tools_are_read() -> None:
    assert read_definition(BytesIO(b"[entities]\nPerson\n")) == {"labels": [{"id": "Person"}]}
    assert read_definition(BytesIO('{"labels": ["人名"]}'.encode("utf-16"))) == {"labels": [{"id": "人名"}]}


@pytest.mark.parametrize("data", [b"{", b"{'a': 1}", b'{"a": NaN}', b'["\\ud800"]'])
def test_invalid_json_is_refused_with_its_position(data: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"not valid JSON: .*line") as caught:
        read_definition(BytesIO(data))

    assert caught.value.errors[0]["pointer"] == "/schema_file"


def test_invalid_utf_8_is_refused_with_its_position() -> None:
    with pytest.raises(InvalidInput, match=r"cannot be read\. Byte 13 .* not valid UTF-8") as caught:
        read_definition(BytesIO(b'{"labels": ["\xff"]}'))

    assert caught.value.errors[0]["pointer"] == "/schema_file"


def test_guidelines_are_decoded_strictly() -> None:
    assert read_guidelines(BytesIO("\ufeff# Ærø\r\n".encode())) == "# Ærø\r\n"
    with pytest.raises(InvalidInput, match="cannot be read") as caught:
        read_guidelines(BytesIO("Ærø".encode("latin-1")))
    assert caught.value.errors[0]["pointer"] == "/guideline_file"


def test_a_large_file_is_refused() -> None:
    file = BytesIO(b" " * (9 << 20))
    with pytest.raises(InvalidInput, match="larger than"):
        read_definition(file)
    assert file.tell() == LARGEST + 1


@pytest.mark.parametrize("name", templates())
def test_each_template_can_be_used(name: str) -> None:
    template = get_template(name)

    assert read_schema(template.definition).labels
    assert template.guidelines.strip()
