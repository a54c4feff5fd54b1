import re
from html import unescape

from django.utils.html import format_html
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.markup import DEEPEST, LANES, Drawing, Drawn, lanes

TAG = re.compile(r"<[^>]*>")


def drawn(*fragments, classes="label-0", marker=""):
    return Drawn(fragments, classes, format_html("{}", marker))


def bare(lines):
    """What a reader sees."""
    return unescape("\n".join(TAG.sub("", line) for line in lines))


def test_a_span_is_wrapped_and_the_rest_is_left_alone():
    assert Drawing("Ada said", [drawn((0, 3))]).lines() == ['<span class="mark lane-0 label-0">Ada</span> said']


def test_text_that_looks_like_markup_is_escaped():
    line = Drawing("<b>&x", [drawn((0, 3))]).lines()[0]

    assert line == '<span class="mark lane-0 label-0">&lt;b&gt;</span>&amp;x'


def test_spans_that_cross_are_cut_into_pieces_that_nest():
    line = Drawing("abcdef", [drawn((0, 4), classes="label-0"), drawn((2, 6), classes="label-1")]).lines()[0]

    assert line == (
        '<span class="mark lane-0 label-0">ab</span>'
        '<span class="mark lane-1 label-1"><span class="mark lane-0 label-0">cd</span></span>'
        '<span class="mark lane-1 label-1">ef</span>'
    )


def test_the_gap_of_a_discontinuous_span_is_not_marked_and_its_marker_comes_once():
    line = Drawing("ab cd ef", [drawn((0, 2), (6, 8), marker="1")]).lines()[0]

    assert line == '1<span class="mark lane-0 label-0">ab</span> cd <span class="mark lane-0 label-0">ef</span>'


def test_a_span_over_several_lines_is_drawn_on_each():
    lines = Drawing("ab\ncd\n\nef", [drawn((1, 7))]).lines()

    assert [line.count("<span") for line in lines] == [1, 1, 0, 0]
    assert bare(lines) == "ab\ncd\n\nef"


def test_a_marker_on_a_line_break_or_at_the_very_end_is_not_lost():
    assert Drawing("ab\ncd", [drawn((2, 3), marker="1")]).lines() == ["ab", "1cd"]
    assert Drawing("ab\n", [drawn((2, 3), marker="1")]).lines()[-1] == "1"


def test_short_spans_keep_close_to_the_text():
    assert lanes([drawn((0, 10)), drawn((2, 4)), drawn((5, 7)), drawn((10, 12))]) == [1, 0, 0, 0]


def test_a_pile_of_spans_is_drawn_only_so_deep():
    line = Drawing("abc", [drawn((0, 3)) for _ in range(100)]).lines()[0]

    assert line.count("<span") == DEEPEST


ranges = st.tuples(st.integers(0, 11), st.integers(1, 5)).map(lambda pair: (pair[0], min(pair[0] + pair[1], 12)))


@given(st.text(st.sampled_from("ab<>&\"'\n "), min_size=12, max_size=12), st.lists(ranges, max_size=6))
def test_the_text_is_never_changed_and_every_covered_character_is_marked(text, edges):
    lines = Drawing(text, [drawn(edge) for edge in edges]).lines()

    assert bare(lines) == text
    assert all(line.count("<span") == line.count("</span>") for line in lines)
    covered = {point for start, end in edges for point in range(start, end) if text[point] != "\n"}
    assert any("<span" in line for line in lines) == bool(covered)


@given(st.lists(ranges, max_size=12))
def test_spans_in_one_lane_do_not_overlap_as_long_as_there_are_lanes(edges):
    found = lanes([drawn(edge) for edge in edges])

    assert all(0 <= lane < LANES for lane in found)
    for at, (start, end) in enumerate(edges):
        for other, (low, high) in enumerate(edges[:at]):
            if found[at] == found[other] < LANES - 1:
                assert end <= low or high <= start
