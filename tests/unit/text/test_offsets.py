"""Code points and UTF-16 units, on the table that the browser's tests read as well."""

import json
from pathlib import Path

import pytest

from annotator.text.offsets import Utf16Offsets

TABLE = json.loads((Path(__file__).parents[2] / "data" / "offsets.json").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in TABLE["cases"]]


@pytest.mark.parametrize("case", CASES)
def test_the_table_agrees_with_the_encoder_of_python(case):
    text = case["text"]
    assert case["code_points"] == len(text)
    assert case["utf16_units"] == len(text.encode("utf-16-le")) // 2
    assert case["utf16_offsets"] == [len(text[:end].encode("utf-16-le")) // 2 for end in range(len(text) + 1)]


@pytest.mark.parametrize("case", CASES)
def test_every_position_converts_both_ways(case):
    offsets = Utf16Offsets(case["text"])
    assert (offsets.code_points, offsets.units) == (case["code_points"], case["utf16_units"])
    for code_point, unit in enumerate(case["utf16_offsets"]):
        assert offsets.to_utf16(code_point) == unit
        assert offsets.to_code_point(unit) == code_point


@pytest.mark.parametrize("case", CASES)
def test_a_unit_inside_a_surrogate_pair_gives_the_start_of_its_character(case):
    offsets = Utf16Offsets(case["text"])
    assert [offsets.to_code_point(unit) for unit, _ in case["inside_pairs"]] == [
        code_point for _, code_point in case["inside_pairs"]
    ]


@pytest.mark.parametrize("case", CASES)
def test_slices_by_either_unit_hold_the_same_text(case):
    text, units = case["text"], case["text"].encode("utf-16-le")
    for piece in case["slices"]:
        start, end = piece["code_points"]
        assert text[start:end] == piece["text"]
        first, last = piece["utf16"]
        assert units[2 * first : 2 * last].decode("utf-16-le") == piece["text"]


@pytest.mark.parametrize("outside", [-1, 4])
def test_a_code_point_offset_outside_the_text_is_refused(outside):
    with pytest.raises(ValueError, match="outside 0 to 3"):
        Utf16Offsets("a🙂b").to_utf16(outside)


@pytest.mark.parametrize("outside", [-1, 5])
def test_a_utf16_offset_outside_the_text_is_refused(outside):
    with pytest.raises(ValueError, match="outside 0 to 4"):
        Utf16Offsets("a🙂b").to_code_point(outside)
