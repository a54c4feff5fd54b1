"""Round trips of training formats."""

import itertools
import re
from pathlib import Path

from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from annotator.datasets.transforms.layers import Nested, one_layer
from annotator.datasets.transforms.quotation_marks import with_marks, without_marks
from annotator.datasets.transforms.windows import windows_of
from annotator.formats.outgoing import ExportDocument
from annotator.text.tokens import token_boundaries
from tests.training import KeptLosses, rows

PAGE = (Path(settings.BASE_DIR) / "docs/reference/formats/token-tagging.md").read_text("utf-8")
WORDS = st.lists(
    st.sampled_from(["Ada", "said", "no.", "It", "rained.", "🤷🏽‍♀️", "Zoe\u0301", "\n", "“Yes,”", " ", "שלום."]),
    min_size=1,
    max_size=14,
)
LABEL = st.sampled_from(["Claim", "Hedge", "Speaker"])


@st.composite
def documents(draw, aligned):
    """A document with one or two sets; spans of one fragment between tokens, or anywhere."""
    text = " ".join(draw(WORDS))
    tokens = token_boundaries(text)
    starts = [start for start, _ in tokens] if aligned else list(range(len(text)))
    ends = [end for _, end in tokens] if aligned else list(range(1, len(text) + 1))
    places = [(start, end) for start in starts for end in ends if start < end]
    sets = {}
    for name in draw(st.sampled_from(["A", "AB"])):
        chosen = draw(st.lists(st.tuples(LABEL, st.sampled_from(places)), max_size=5, unique=True)) if places else []
        spans = [
            {
                "id": f"s{n}",
                "label": label,
                "fragments": [list(place)],
                "attributes": {},
                "note": "",
                "origin": "manual",
            }
            for n, (label, place) in enumerate(chosen)
        ]
        sets[name] = {"spans": spans, "relations": [], "schema_version": 1}
    return ExportDocument({"id": "d", "title": "", "text": text, "sha256": "", "meta": {}}, sets)


def placed(record):
    return sorted((*span["fragments"][0], span["label"]) for span in record["spans"])


@given(documents(aligned=True))
def test_code_of_the_page_restores_spans_from_tags(entry):
    names = {}
    exec(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], names)

    made, book = rows("token-tagging", entry)

    for row in made:
        assert sorted(names["spans_of"](row)) == placed(entry.sets[row["annotator"]])
    assert not book.lost


@given(documents(aligned=False), st.integers(0, 3))
def test_windows_refer_to_documents_and_keep_all_spans(entry, context):
    text = entry.document["text"]
    found = {name: set() for name in entry.sets}
    for window in windows_of(entry, context, KeptLosses()):
        begin, end = window.document["window"]
        assert text[begin:end] == window.document["text"]
        for name, record in window.sets.items():
            for span in record["spans"]:
                ((start, stop),) = span["fragments"]
                assert 0 <= start < stop <= end - begin
                found[name].add((start + begin, stop + begin, span["label"], span["id"]))

    for name, record in entry.sets.items():
        assert {(*span["fragments"][0], span["label"], span["id"]) for span in record["spans"]} == found[name]


@given(documents(aligned=False))
def test_windows_cover_everything_but_white_space_once(entry):
    text = entry.document["text"]
    places = [window.document["window"] for window in windows_of(entry, 0, KeptLosses())]

    assert all(first[1] <= second[0] for first, second in itertools.pairwise(places))
    assert "".join("".join(text[begin:end].split()) for begin, end in places) == "".join(text.split())


@given(documents(aligned=False), st.sampled_from([Nested.OUTER, Nested.INNER]))
def test_layer_has_no_overlaps_and_removed_spans_overlap_it(entry, nested):
    spans = entry.sets["A"]["spans"]

    kept, gone = one_layer(spans, nested)

    edges = sorted(tuple(span["fragments"][0]) for span in kept)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(edges))
    assert len(kept) + len(gone) == len(spans)
    for span, other in gone:
        (start, end), (since, to) = span["fragments"][0], other["fragments"][0]
        assert start < to
        assert since < end
        assert other in kept


QUOTED = st.sampled_from(["“”", "„“", "‘’", "«»", '""'])


# Words that are not in marks themselves.
PLAIN_WORDS = st.text("ab 🙂'", min_size=1).map(lambda words: words.strip(" '")).filter(bool)


@given(PLAIN_WORDS, QUOTED, st.sampled_from(["", ",", ".", ",!"]))
def test_included_marks_can_be_excluded_again(words, pair, sign):
    text = f"She said {pair[0]}{words}{sign}{pair[1]} so."
    span = {
        "id": "s1",
        "label": "Claim",
        "fragments": [[10, 10 + len(words)]],
        "attributes": {"quote_type": "direct"},
        "note": "",
        "origin": "manual",
    }

    within = with_marks(text, span)
    [[start, end]] = within["fragments"]

    assert text[start:end] == f"{pair[0]}{words}{sign}{pair[1]}"
    without = without_marks(text, within, {",", ".", "!"})
    assert without["fragments"] == [[10, 10 + len(words)]]
    assert without_marks(text, without, {","}) == without
