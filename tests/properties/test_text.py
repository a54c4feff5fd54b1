"""Properties of every text."""

import sys
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from annotator.text.boundaries import snap_to_tokens, trim_white_space
from annotator.text.decoding import decode_text
from annotator.text.deltas import decode_deltas, encode_deltas
from annotator.text.offsets import Utf16Offsets
from annotator.text.sentences import sentence_boundaries
from annotator.text.token_arrays import LAST_SPACE, token_edges
from annotator.text.tokens import token_boundaries

# Ordinary text and difficult sequences are rare among random code points, so both are mixed in.
PIECES = [
    *"aB1é.,'’-“”:!?… \t\n\r",
    "\r\n",
    "e\u0301",
    "\u0301",
    "\u200d",
    "\ufeff",
    "\u0600",
    "\u2067",
    "🙂",
    "👩🏽‍🔬",
]
PIECES += [
    "🇩🇪",
    "🇩",
    "𝔏",
    "한",
    "글",
    "漢",
    "𠮷",
    "の",
    "ー",
    "ปิ",
    "क्ष",
    "ש",
    "ע\u05b8",
    "ب",
    "’s ",
    "U.S. ",
    "Dr. A",
    "。",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(
    "".join
)


def utf16_length(text):
    return len(text.encode("utf-16-le")) // 2


def is_invisible(character):
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}


@given(TEXTS)
def test_offsets_survive_conversion_to_utf16(text):
    offsets = Utf16Offsets(text)
    for position in range(len(text) + 1):
        unit = utf16_length(text[:position])
        assert offsets.to_utf16(position) == unit
        assert offsets.to_code_point(unit) == position


@given(TEXTS)
@example("\u0600\u0600 \u0301a")
@example(" \u0301\u200d🙂")
def test_tokens_cover_visible_characters_once_in_order(text):
    tokens = token_boundaries(text)
    covered = [position for start, end in tokens for position in range(start, end)]
    assert covered == sorted(set(covered))
    left_out = set(range(len(text))) - set(covered)
    assert all(is_invisible(text[position]) for position in left_out)
    assert not any(text[position].isspace() for position in covered)
    assert all(start < end for start, end in tokens)


@given(TEXTS)
def test_no_token_starts_at_a_combining_mark(text):
    ends = {end for _, end in token_boundaries(text)}
    for start, _ in token_boundaries(text):
        assert not (unicodedata.combining(text[start]) and start in ends)


@given(TEXTS)
def test_sentences_contain_whole_tokens_and_no_line_break(text):
    sentences = sentence_boundaries(text)
    assert sentences == sorted(sentences)
    assert all(text[start:end] == text[start:end].strip() for start, end in sentences)
    assert not any({"\n", "\r", "\u2028"} & set(text[start:end]) for start, end in sentences)
    inside = {position for start, end in sentences for position in range(start, end)}
    assert inside >= {position for position, character in enumerate(text) if not character.isspace()}


@given(TEXTS, st.data())
def test_snapping_twice_equals_snapping_once(text, data):
    tokens = token_boundaries(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    snapped = snap_to_tokens(tokens, start, end)
    touched = [token for token in tokens if token[0] < end and start < token[1]] if start < end else []
    assert snapped == ((touched[0][0], touched[-1][1]) if touched else None)
    if snapped:
        assert snap_to_tokens(tokens, *snapped) == snapped


@given(TEXTS, st.data())
def test_trimming_twice_equals_trimming_once(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    trimmed = trim_white_space(text, start, end)
    assert trimmed is None or trim_white_space(text, *trimmed) == trimmed
    assert (trimmed is None) == (not text[start:end].strip())


@given(TEXTS)
def test_deltas_survive_encoding_and_decoding(text):
    tokens = token_boundaries(text)
    assert decode_deltas(encode_deltas(tokens)) == tokens


@given(TEXTS.filter(lambda text: not text.startswith("\ufeff")), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_decoding_undoes_encoding_with_line_ends(text, encoding):
    assert decode_text(text.encode(encoding)) == text


@given(TEXTS)
@example("A B.\u0600 \u0600a\u2028\u0301b 's don't's")
def test_token_arrays_equal_token_boundaries(text):
    starts, ends = token_edges(text)

    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == token_boundaries(text)


def test_last_space_is_the_last_white_space_character():
    assert not any(chr(point).isspace() for point in range(LAST_SPACE + 1, sys.maxunicode + 1))
    assert chr(LAST_SPACE).isspace()
