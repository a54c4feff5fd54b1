"""Spans drawn into a text by the server: nested, crossing, in pieces, over lines, hostile."""

import json
import random
from html.parser import HTMLParser

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from annotator.corpus.spans.rendering import render_text
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
    reader.feed(render_text(text, spans, SCHEMA))
    reader.close()
    assert not reader.stack
    return reader


def span(label, *fragments):
    return {"id": "s", "label": label, "fragments": [list(fragment) for fragment in fragments]}


def test_nested_spans_are_nested_marks_with_their_names_at_the_end():
    text, spans = make_spans("[Ada said [it rained](Claim)](Denial)")

    assert render_text(text, spans, SCHEMA) == (
        '<div class="block" dir="auto"><mark class="span label-2" title="Denial">Ada said '
        '<mark class="span label-0" title="Claim">it rained<sup>Claim</sup></mark><sup>Denial</sup></mark></div>'
    )


def test_crossing_spans_are_closed_and_opened_again():
    spans = [span("Claim", (0, 4)), span("Hedge", (2, 6))]

    assert render_text("abcdef", spans, SCHEMA) == (
        '<div class="block" dir="auto"><mark class="span label-0" title="Claim">ab'
        '<mark class="span label-3" title="Hedge">cd</mark><sup>Claim</sup></mark>'
        '<mark class="span label-3" title="Hedge">ef<sup>Hedge</sup></mark></div>'
    )


def test_pieces_of_a_span_are_marked_and_named_once():
    reader = read("They did, she said, agree.", [span("Claim", (0, 8), (20, 25))])

    assert "".join(character for character, labels in reader.lines[0] if labels) == "They didagree"
    assert reader.names == ["Claim"]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\u2029"])
def test_a_span_over_lines_is_marked_in_each(line_break):
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
    html = render_text(text, [span('"><img src=x onerror=alert(1)>', (0, 8))], SCHEMA)

    assert "<script" not in html
    assert "<img" not in html
    assert "label-unknown" in html
    assert "".join(character for character, _ in read(text, []).lines[0]) == text


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n"])
def test_empty_texts_and_lines_are_kept(text):
    assert "<br>" in render_text(text, [], SCHEMA)


def test_many_spans_over_one_place_stay_readable():
    spans = [span("Claim", (0, 50 + number)) for number in range(40)]

    reader = read("x" * 100, spans)

    assert max(len(labels) for _, labels in reader.lines[0]) == 12


def test_ten_thousand_spans_are_drawn_in_one_pass():
    generator = random.Random(1)
    starts = [generator.randrange(600_000) for _ in range(10_000)]
    spans = [span("Claim", (start, start + generator.randrange(1, 80))) for start in starts]

    reader = read("abcde " * 100_010, spans)

    assert len(reader.names) == 10_000


FRAGMENTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 12), st.sampled_from(["Claim", "Speaker", "Hedge"])), max_size=8
)


@given(st.text(alphabet="ab <&\n\r𝄞é", min_size=1, max_size=30), FRAGMENTS)
def test_every_character_stands_under_exactly_its_labels(text, raw):
    covered = [(start, min(start + length, len(text)), label) for start, length, label in raw if start < len(text)]
    spans = [span(label, (start, end)) for start, end, label in covered]
    shown = [entry for line in read(text, spans).lines for entry in line]
    expected = [
        (character, sorted(label for start, end, label in covered if start <= index < end))
        for index, character in enumerate(text)
        if character not in "\r\n"
    ]

    assert [(character, sorted(labels)) for character, labels in shown] == expected
