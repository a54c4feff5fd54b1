"""Sentence boundaries."""

import pytest

from annotator.text.sentences import sentence_boundaries


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("“It is false.” He left.", ["“It is false.”", "He left."]),
        ("“Is it?” he asked. “No.”", ["“Is it?” he asked.", "“No.”"]),
        ("Dr. Quist met Mr. Osk. They spoke.", ["Dr. Quist met Mr. Osk.", "They spoke."]),
        ("In the U.S. Congress J. Smith spoke.", ["In the U.S. Congress J. Smith spoke."]),
        ("See No. 5 on p. 7.", ["See No. 5 on p. 7."]),
        ("A: No. The fall is small.", ["A: No.", "The fall is small."]),
        ("It cost 4.5 million. Or 5.", ["It cost 4.5 million.", "Or 5."]),
        ("Headline\nText of it\r\nQ: Why?\u2029A", ["Headline", "Text of it", "Q: Why?", "A"]),
        ("他说。“没有。”她走了！", ["他说。", "“没有。”", "她走了！"]),
        ("قال؟ نعم.", ["قال؟", "نعم."]),
        ("Certainly not ❌. 🎈 Up.", ["Certainly not ❌.", "🎈 Up."]),
        ("Wait... what?", ["Wait... what?"]),
        ("(He denied it.) She did not.", ["(He denied it.)", "She did not."]),
        (" \n\t\n", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into(text, sentences):
    assert [text[start:end] for start, end in sentence_boundaries(text)] == sentences
