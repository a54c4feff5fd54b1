"""Token boundaries."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from annotator.text.tokens import token_boundaries

CORPUS = sorted((Path(__file__).parents[3] / "annotator" / "site" / "demo" / "sample-corpus").glob("*.jsonl"))


def words(text):
    return [text[start:end] for start, end in token_boundaries(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I don't know.", ["I", "don't", "know", "."]),
        ("a well-known tea‐time", ["a", "well-known", "tea‐time"]),
        ("Tomic's claim, James’s", ["Tomic", "'s", "claim", ",", "James", "’s"]),
        ("the owners' yard", ["the", "owners", "'", "yard"]),
        ("the U.S. and J.R.R. Tolkien", ["the", "U.S.", "and", "J.R.R.", "Tolkien"]),
        ("1,000.5 at 10:30, 4.5%", ["1,000.5", "at", "10:30", ",", "4.5", "%"]),
        ("12\u202f000 metres", ["12", "000", "metres"]),
        ("“Sold…” (no)", ["“", "Sold", "…", "”", "(", "no", ")"]),
        ("wait... -- no", ["wait", ".", ".", ".", "-", "-", "no"]),
        ("#بالون @a_b", ["#", "بالون", "@", "a_b"]),
        ("מרים בן־עמי", ["מרים", "בן־עמי"]),
        ("מִרְיָם", ["מִרְיָם"]),
        ("Zoe\u0308 A\u030angqvist.\u0301", ["Zoe\u0308", "A\u030angqvist", ".\u0301"]),
        ("发言人：𠮷。", ["发", "言", "人", "：", "𠮷", "。"]),
        ("コメント", ["コ", "メ", "ン", "ト"]),
        ("ปฏิเสธ", ["ป", "ฏิ", "เ", "ส", "ธ"]),
        ("क्षत्रिय ने", ["क्षत्रिय", "ने"]),
        ("👨‍👩‍👧‍👦👩🏽‍🔬", ["👨‍👩‍👧‍👦", "👩🏽‍🔬"]),
        ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
        ("1️⃣ 🤷🏽‍♀️.", ["1️⃣", "🤷🏽‍♀️", "."]),
        ("𝔏𝔲𝔫𝔞 𝟓𝟎𝟎𝟎", ["𝔏𝔲𝔫𝔞", "𝟓𝟎𝟎𝟎"]),
        ("a\u2067דן\u2069\u200b b\ufeff", ["a", "דן", "b"]),
        ("one\r\n\r\ntwo\u2028", ["one", "two"]),
        (" \t\u00a0\r\n", []),
        ("", []),
        ("\u0600 x", ["\u0600", "x"]),
    ],
)
def test_a_text_is_cut_into(text, tokens):
    assert words(text) == tokens


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_fragment_of_the_sample_corpus_begins_and_ends_at_a_token(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        tokens = token_boundaries(document["text"])
        starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
        for work in document["annotators"].values():
            fragments = [fragment for span in work["spans"] for fragment in span["fragments"]]
            assert {start for start, _ in fragments} <= starts
            assert {end for _, end in fragments} <= ends


# Both take a tenth of a second, and minutes when the time grows with the square of the length.


def test_a_hundred_thousand_words_are_split():
    text = "The owners' so-called spokesman, an agency, insists it “is not for sale” 🤷🏽‍♀️ today. " * 7200
    assert len(token_boundaries(text)) > 100_000


@pytest.mark.parametrize("unit", ["a", "a\u0301", "'", "1.", "A.", "\u200d", "👍\u200d", "a-", "e's"])
def test_a_hundred_thousand_repeated_signs_are_split(unit):
    boundaries = token_boundaries(unit * 100_000)

    assert all(end <= start for (_, end), (start, _) in pairwise(boundaries))
