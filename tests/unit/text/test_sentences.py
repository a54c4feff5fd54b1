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
        ("He left the U.S. She stayed.", ["He left the U.S.", "She stayed."]),
        ("It was Acme Corp. The firm denied it.", ["It was Acme Corp.", "The firm denied it."]),
        ("Acme Corp. Chairman Lee left.", ["Acme Corp. Chairman Lee left."]),
        ("It began in Sept. Nothing came of it.", ["It began in Sept.", "Nothing came of it."]),
        ("On Sept. 3 it rained.", ["On Sept. 3 it rained."]),
        ("See vol. 2 and para. 7) of it. He agreed.", ["See vol. 2 and para. 7) of it.", "He agreed."]),
        ("Er kam z. B. Montag.", ["Er kam z. B. Montag."]),
        ("Das war am 3. Mai in Berlin.", ["Das war am 3. Mai in Berlin."]),
        ("Es kostet 5 Mio. Euro. Er zahlt.", ["Es kostet 5 Mio. Euro.", "Er zahlt."]),
        ("Sie kamen am 3. Tag. Er nicht.", ["Sie kamen am 3. Tag.", "Er nicht."]),
        ("1. DEFINITIONS of terms. They bind.", ["1. DEFINITIONS of terms.", "They bind."]),
        (
            "They arrived at 5 p.m. The talks went on until 12. Nobody left.",
            ["They arrived at 5 p.m.", "The talks went on until 12.", "Nobody left."],
        ),
        (
            "Frau Dr. Weber, d. h. Anna Weber, und Prof. Lenz usw. Sie kamen.",
            ["Frau Dr. Weber, d. h. Anna Weber, und Prof. Lenz usw.", "Sie kamen."],
        ),
        ("He was born in 1998. Mai left.", ["He was born in 1998.", "Mai left."]),
        ("It was plan B. The mayor said so.", ["It was plan B.", "The mayor said so."]),
        (" \n\t\n", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into(text, sentences):
    assert [text[start:end] for start, end in sentence_boundaries(text)] == sentences
