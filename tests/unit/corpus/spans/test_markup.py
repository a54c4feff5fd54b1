"""Text with spans drawn into it: nested, crossing, discontinuous, over several lines, hostile."""

import json
import random
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.utils.html import format_html
from hypothesis import given
from hypothesis import strategies as st

from annotator.corpus.spans.markup import (
    DEEPEST,
    LANES,
    PATTERNS,
    Mark,
    label_classes,
    lanes,
    line_extents,
    mark_lines,
    mark_spans,
)
from projects.schema_reader import read_schema
from tests.notation import make_spans

SCHEMA = read_schema(
    json.loads((settings.BASE_DIR / "projects/builtin/claims-attribution/schema.json").read_text("utf-8"))
)


class Reader(HTMLParser):
    """Reads back what a browser would show: lines of (character, labels over it)."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines, self.stack, self.names = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag == "div":
            self.lines.append([])
        if tag != "br":
            self.stack.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.stack.pop()[0] == tag

    def handle_data(self, data):
        if any(tag == "sup" for tag, _ in self.stack):
            self.names.append(data)
            return
        labels = [attributes["title"] for tag, attributes in self.stack if tag == "mark"]
        self.lines[-1] += [(character, labels) for character in data]


def read(text, spans):
    reader = Reader()
    reader.feed(mark_spans(text, spans, SCHEMA))
    reader.close()
    assert not reader.stack
    return reader


def span(label, *fragments):
    return {"id": "s", "label": label, "fragments": [list(fragment) for fragment in fragments]}


def test_nested_spans_are_nested_marks_with_names_at_the_end():
    text, spans = make_spans("[Ada said [it rained](Claim)](Denial)")

    assert mark_spans(text, spans, SCHEMA) == (
        '<div class="block" dir="auto"><mark class="mark lane-1 label-2 pattern-2" title="Denial">Ada said </mark>'
        '<mark class="mark lane-1 label-2 pattern-2" title="Denial">'
        '<mark class="mark lane-0 label-0 pattern-0" title="Claim">it rained</mark><sup>Claim</sup></mark>'
        "<sup>Denial</sup></div>"
    )


def test_discontinuous_span_is_named_once():
    reader = read("They did, she said, agree.", [span("Claim", (0, 8), (20, 25))])

    assert "".join(character for character, labels in reader.lines[0] if labels) == "They didagree"
    assert reader.names == ["Claim"]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\u2029"])
def test_span_over_several_lines_is_marked_on_each(line_break):
    text = f"One{line_break}{line_break}two"
    reader = read(text, [span("Claim", (1, len(text) - 1))])

    lines = ["".join(character for character, _ in line) for line in reader.lines]
    assert lines == ["One", "", "two"]
    assert [[bool(labels) for _, labels in line] for line in reader.lines] == [
        [False, True, True],
        [],
        [True, True, False],
    ]


def test_hostile_text_and_names_are_escaped():
    text = '<script>alert("1")</script>&amp;'
    html = mark_spans(text, [span('"><img src=x onerror=alert(1)>', (0, 8))], SCHEMA)

    assert "<script" not in html
    assert "<img" not in html
    assert "label-unknown" in html
    assert "".join(character for character, _ in read(text, []).lines[0]) == text


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n"])
def test_empty_lines_are_kept(text):
    assert "<br>" in mark_spans(text, [], SCHEMA)


def test_only_twelve_spans_are_drawn_on_each_other():
    spans = [span("Claim", (0, 50 + number)) for number in range(40)]

    reader = read("x" * 100, spans)

    assert max(len(labels) for _, labels in reader.lines[0]) == 12


def test_ten_thousand_spans_are_drawn():
    generator = random.Random(1)
    starts = [generator.randrange(600_000) for _ in range(10_000)]
    spans = [span("Claim", (start, start + generator.randrange(1, 80))) for start in starts]

    reader = read("abcde " * 100_010, spans)

    assert len(reader.names) == 10_000


FRAGMENTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 12), st.sampled_from(["Claim", "Speaker", "Hedge"])), max_size=8
)


@given(st.text(alphabet="ab <&\n\r𝄞é", min_size=1, max_size=30), FRAGMENTS)
def test_every_character_is_marked_with_exactly_its_labels(text, raw):
    covered = [(start, min(start + length, len(text)), label) for start, length, label in raw if start < len(text)]
    spans = [span(label, (start, end)) for start, end, label in covered]
    shown = [entry for line in read(text, spans).lines for entry in line]
    expected = [
        (character, sorted(label for start, end, label in covered if start <= index < end))
        for index, character in enumerate(text)
        if character not in "\r\n"
    ]

    assert [(character, sorted(labels)) for character, labels in shown] == expected


TAG = re.compile(r"<[^>]*>")


def mark(*fragments, classes="label-0", before=""):
    return Mark(fragments, classes, before=format_html("{}", before))


def bare(lines):
    """What a reader sees."""
    return unescape("\n".join(TAG.sub("", line) for line in lines))


def test_only_the_span_is_wrapped():
    assert mark_lines("Ada said", [mark((0, 3))]) == ['<mark class="mark lane-0 label-0">Ada</mark> said']


def test_markup_in_the_text_is_escaped():
    line = mark_lines("<b>&x", [mark((0, 3))])[0]

    assert line == '<mark class="mark lane-0 label-0">&lt;b&gt;</mark>&amp;x'


def test_crossing_spans_are_cut_into_nesting_pieces():
    line = mark_lines("abcdef", [mark((0, 4), classes="label-0"), mark((2, 6), classes="label-1")])[0]

    assert line == (
        '<mark class="mark lane-0 label-0">ab</mark>'
        '<mark class="mark lane-1 label-1"><mark class="mark lane-0 label-0">cd</mark></mark>'
        '<mark class="mark lane-1 label-1">ef</mark>'
    )


def test_gap_of_a_discontinuous_span_is_not_marked():
    line = mark_lines("ab cd ef", [mark((0, 2), (6, 8), before="1")])[0]

    assert line == '1<mark class="mark lane-0 label-0">ab</mark> cd <mark class="mark lane-0 label-0">ef</mark>'


def test_line_breaks_are_not_marked():
    lines = mark_lines("ab\ncd\n\nef", [mark((1, 7))])

    assert [line.count("<mark") for line in lines] == [1, 1, 0, 0]
    assert bare(lines) == "ab\ncd\n\nef"


def test_marker_on_a_line_break_is_kept():
    assert mark_lines("ab\ncd", [mark((2, 3), before="1")]) == ["ab", "1cd"]
    assert mark_lines("ab\n", [mark((2, 3), before="1")]) == ["ab1"]


def test_caption_is_inside_continuing_marks():
    inner = Mark(((0, 2),), "label-1", after=format_html("{}", "!"))

    [line] = mark_lines("abcd", [mark((0, 4)), inner])

    assert line == (
        '<mark class="mark lane-1 label-0"><mark class="mark lane-0 label-1">ab</mark>!</mark>'
        '<mark class="mark lane-1 label-0">cd</mark>'
    )


def test_caption_is_before_the_line_break():
    assert mark_lines("ab\r\ncd", [Mark(((0, 4),), "x", after=format_html("{}", "!"))]) == [
        '<mark class="mark lane-0 x">ab</mark>!',
        "cd",
    ]


@pytest.mark.parametrize(
    ("text", "extents"),
    [("", [(0, 0)]), ("\n", [(0, 0)]), ("a\r\nb\n", [(0, 1), (3, 4)]), ("a\n\nb", [(0, 1), (2, 2), (3, 4)])],
)
def test_lines_have_extents_without_breaks(text, extents):
    assert line_extents(text) == extents


def test_short_spans_are_closest_to_the_text():
    assert lanes([mark((0, 10)), mark((2, 4)), mark((5, 7)), mark((10, 12))]) == [1, 0, 0, 0]


def test_marks_are_limited_in_depth():
    line = mark_lines("abc", [mark((0, 3)) for _ in range(100)])[0]

    assert line.count("<mark") == DEEPEST


ranges = st.tuples(st.integers(0, 11), st.integers(1, 5)).map(lambda pair: (pair[0], min(pair[0] + pair[1], 12)))


@given(st.text(st.sampled_from("ab<>&\"'\n "), min_size=12, max_size=12), st.lists(ranges, max_size=6))
def test_text_is_never_changed(text, edges):
    lines = mark_lines(text, [mark(edge) for edge in edges])

    assert bare(lines) == text.removesuffix("\n")
    assert all(line.count("<mark") == line.count("</mark>") for line in lines)
    covered = {point for start, end in edges for point in range(start, end) if text[point] != "\n"}
    assert any("<mark" in line for line in lines) == bool(covered)


@given(st.lists(ranges, max_size=12))
def test_spans_in_one_lane_do_not_overlap(edges):
    found = lanes([mark(edge) for edge in edges])

    assert all(0 <= lane < LANES for lane in found)
    for at, (start, end) in enumerate(edges):
        for other, (low, high) in enumerate(edges[:at]):
            if found[at] == found[other] < LANES - 1:
                assert end <= low or high <= start


def test_patterns_are_those_of_the_editor():
    script = (settings.BASE_DIR / "static/editor/model/schema.js").read_text("utf-8")
    names = re.findall(r'"([a-z-]+)"', re.search(r"PATTERNS = Object\.freeze\(\s*\[(.*?)\]", script, re.DOTALL)[1])
    styles = (settings.BASE_DIR / "static/css/marked-text.css").read_text("utf-8")

    assert len(names) == PATTERNS
    assert all(re.search(rf"\.pattern-{number} \{{\s+--pattern:", styles) for number in range(PATTERNS))
    cue, claim = (label_classes(SCHEMA, label).split() for label in ("Cue", "Claim"))
    assert cue[1] != claim[1]
