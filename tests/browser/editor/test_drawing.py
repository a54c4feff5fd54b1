"""Drawing: only near the visible text, only what changed, never inside the text."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.polling import expect_value

LINES = "\n\n".join(f"Person{number}[Speaker] said [it rained on day {number}](Claim) again." for number in range(300))
DRAWN = "document.querySelectorAll('svg.lanes').length"
WATCH = """() => {
  window.touched = new Set();
  const note = (records) => records.forEach((record) => {
    const block = record.target.closest?.("[data-block]");
    const drawn = [record.target, ...record.addedNodes, ...record.removedNodes];
    if (block && drawn.some((node) => node.closest?.(".lanes"))) window.touched.add(block.dataset.block);
  });
  const all = { childList: true, subtree: true, attributes: true, characterData: true };
  new MutationObserver(note).observe(document.querySelector("#text"), all);
}"""


@pytest.mark.layout
def test_only_blocks_near_the_visible_text_are_drawn(open_editor: OpenEditor) -> None:
    editor = open_editor(LINES)

    expect_value(editor.page, lambda: editor.page.evaluate(DRAWN), lambda drawn: 5 < drawn < 60)
    editor.press("Control+End")
    expect(editor.page.locator(".block[data-block='598'] svg.lanes")).to_be_in_viewport()

    expect(editor.page.locator(".block[data-block='0'] svg.lanes")).to_have_count(0)
    expect_value(editor.page, lambda: editor.page.evaluate(DRAWN), lambda drawn: 5 < drawn < 60)


@pytest.mark.layout
def test_new_span_redraws_its_block_and_moves_no_text(open_editor: OpenEditor) -> None:
    editor = open_editor(LINES)
    before = editor.box("again", nth=3)["first"]
    editor.page.wait_for_selector("#removed-relations", state="attached")
    editor.wait_until_quiet()  # all that is near is drawn
    editor.page.evaluate(WATCH)

    editor.drag("again", nth=2)
    editor.press("4")
    expect(editor.page.locator(".mark-selected")).to_have_count(1)
    editor.wait_until_quiet()

    assert editor.page.evaluate("[...window.touched]") == ["4"]
    assert editor.box("again", nth=3)["first"] == before


def test_text_on_the_page_is_the_stored_text(open_editor: OpenEditor) -> None:
    rows = ["MMMM\tyes\tMay", "Independent party\tno\tJune", "東京\tso\tJuly"]
    editor = open_editor("One [two](Claim)\r\nthree  [four](Hedge)\u2028five\n" + "\n".join(rows))

    blocks = editor.page.evaluate(
        "[...document.querySelectorAll('.block')].map((block) => block.firstChild?.data ?? '')"
    )

    assert blocks == ["One two", "three  four", "five", *rows]
    for cells in (("yes", "no", "so"), ("May", "June", "July")):  # cells between tabs line up
        assert len({round(editor.box(cell)["first"]["left"]) for cell in cells}) == 1


@pytest.mark.layout
def test_overlapping_spans_have_their_own_lines(open_editor: OpenEditor) -> None:
    editor = open_editor("[one [two [three](Claim) four](Claim) five](Claim)")

    path = editor.page.locator("svg.lanes path.lane").get_attribute("d") or ""

    heights = {stretch.split("H")[0].split(" ")[1] for stretch in path.split("M")[1:]}
    assert len(heights) == 3


def test_forced_colours_keep_line_patterns(open_editor: OpenEditor) -> None:
    editor = open_editor("One[Claim] two[Speaker] three[Denial] four[Hedge]", forced_colors="active")

    style = """() => [...document.querySelectorAll("svg.lanes .lane")].map((lane) => {
      const { stroke, strokeDasharray, strokeWidth } = getComputedStyle(lane);
      return [stroke, `${strokeDasharray} ${strokeWidth}`];
    })"""
    expect(editor.page.locator("svg.lanes .lane")).to_have_count(4)
    lanes = editor.page.evaluate(style)

    assert len({stroke for stroke, _ in lanes}) == 1
    assert len({line for _, line in lanes}) == 4
    assert editor.page.evaluate("getComputedStyle(document.querySelector('.tint')).fill") == "none"


@pytest.mark.layout
def test_narrower_column_redraws_the_lines(open_editor: OpenEditor) -> None:
    editor = open_editor("Some words come before [the very last words](Claim).")

    editor.page.set_viewport_size({"width": 390, "height": 844})

    def lies_under_the_words(tint: Any) -> bool:
        words = editor.box("the very")["first"]
        return bool(tint and tint["y"] <= words["y"] <= tint["y"] + tint["height"] and tint["x"] <= words["x"] + 1)

    expect_value(editor.page, editor.page.locator("svg.lanes path.tint").bounding_box, lies_under_the_words)


@pytest.mark.layout
def test_tooltip_names_the_spans_under_the_pointer(open_editor: OpenEditor) -> None:
    editor = open_editor("[Torvand said [the deal](Hedge kind=approximator) is off](Claim) today.")

    for words, title in {"deal": "Hedge: Approximator\nClaim", "Torvand": "Claim", "today": ""}.items():
        box = editor.box(words)["first"]
        editor.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(editor.text).to_have_attribute("title", title)
    line = editor.box("deal")["first"]
    editor.page.mouse.move(line["x"] + 5, line["bottom"] + 3)

    expect(editor.text).to_have_attribute("title", "Hedge: Approximator")
