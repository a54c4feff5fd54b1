"""One article labelled whole in the editor: by keyboard, by pointer or by touch, with real events in Chromium.

    python -m tests.soak.article PATH [keyboard|pointer|touch]

PATH is a text file; nothing of it is kept. The spans to make, with the links between them, are those that the rules of
suggestions find in it, without cues. By keyboard the keys are those of the fixed procedure of
`tests/bench/keys_player.js`; beside them stands the habit with arrows, sentence jumps and Shift. By pointer the words
are dragged over, by touch, on a phone, the first and the last one are tapped and the text is scrolled by swipes; then
the label, and what the frame offers. Where the boundary rules trim what was selected, the trim is undone. Attributes
that differ from what the rules say are counted as a key each and not set. Prints what is not as wanted.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from annotator.corpus.documents.segments import segments
from tests.bench.bench_keys import SCHEMA, play
from tests.bench.browser import chromium, wait_until
from tests.bench.client import Client
from tests.bench.people import PASSWORD, PROJECT, add_annotators, set_up
from tests.bench.site import new_site

Json = dict[str, Any]
WAYS = ("keyboard", "pointer", "touch")
PHONE: Any = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}, "device_scale_factor": 3}
MILLISECONDS_TO_SAVE = 3_000
MOST_SCROLLS = 60
NEAR_ITS_EDGE = 0.2
SWIPE_STEPS = 10
MILLISECONDS_WITHOUT_FLING = 200
# Returns where a character of the text is, counted in UTF-16 units: a point in its box, at a share of its width, and by
# how many pixels the text has to move so that it is well in view.
POINT = """([at, share]) => {
  const walker = document.createTreeWalker(document.querySelector("#text"), NodeFilter.SHOW_TEXT);
  let from = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const start = window.articleText.indexOf(node.data, from);
    if (start < 0) continue;
    from = start + node.data.length;
    if (at >= from) continue;
    const range = document.createRange();
    range.setStart(node, at - start);
    range.setEnd(node, at - start + 1);
    const [box, seen] = [range, document.querySelector("#text-pane")].map((each) => each.getBoundingClientRect());
    const isSeen = box.top >= seen.top + 60 && box.bottom <= seen.bottom - 160;
    const away = isSeen ? 0 : box.top - seen.top - seen.height / 3;
    return { x: box.x + box.width * share, y: box.y + box.height / 2, away };
  }
  return null;
}"""
SCROLL = """(pixels) => document.querySelector("#text-pane").scrollBy({ top: pixels, behavior: "instant" })"""
PANE = """() => {
  const { left, top, width, height } = document.querySelector("#text-pane").getBoundingClientRect();
  return { x: left + width / 2, top, height };
}"""
QUIET = (
    "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 30))))"
)


class Hand:
    """What a person does on the page with a mouse, counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0
        self.swipes = 0

    def point(self, at: int, share: float = 0.5) -> tuple[float, float]:
        """Scroll to a character of the text and return a point in its box."""
        for _ in range(MOST_SCROLLS):
            place = self.page.evaluate(POINT, [at, share])
            if place["away"] == 0 or not self.scroll(place["away"]):
                break
        return place["x"], place["y"]

    def scroll(self, pixels: float) -> bool:
        """Move the text up by some pixels; return whether it moved."""
        before = self.page.evaluate("document.querySelector('#text-pane').scrollTop")
        self.page.evaluate(SCROLL, pixels)
        return bool(self.page.evaluate("document.querySelector('#text-pane').scrollTop") != before)

    def click(self, selector: str, nth: int = 0) -> None:
        """Press a button."""
        self.actions += 1
        self.page.locator(selector).nth(nth).click()
        self.page.evaluate(QUIET)

    def select(self, start: int, end: int) -> None:
        """Drag from inside the first character to inside the last."""
        self.actions += 1
        # The end is brought into view first, so that nothing scrolls during the drag.
        self.point(end - 1)
        self.point(start)
        first, last = self.point(start, NEAR_ITS_EDGE), self.point(end - 1, 1 - NEAR_ITS_EDGE)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        self.page.mouse.move((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)
        self.page.mouse.move(*last)
        self.page.mouse.up()
        self.page.evaluate(QUIET)


class Finger(Hand):
    """The same by touch: the first word, *Extend …*, the last word; swipes scroll the text."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.session = page.context.new_cdp_session(page)

    def scroll(self, pixels: float) -> bool:
        """Swipe over the text."""
        pane = self.page.evaluate(PANE)
        before = self.page.evaluate("document.querySelector('#text-pane').scrollTop")
        distance = max(-0.7 * pane["height"], min(pixels, 0.7 * pane["height"]))
        self.swipes += 1
        y = pane["top"] + pane["height"] * (0.9 if distance > 0 else 0.1)
        for step in range(SWIPE_STEPS + 1):
            point = {"x": pane["x"], "y": y - distance * step / SWIPE_STEPS}
            self._touch("touchMove" if step else "touchStart", point)
        self.page.wait_for_timeout(MILLISECONDS_WITHOUT_FLING)
        self._touch("touchEnd")
        self.page.evaluate(QUIET)
        return bool(self.page.evaluate("document.querySelector('#text-pane').scrollTop") != before)

    def _touch(self, kind: str, *points: Mapping[str, float]) -> None:
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    def click(self, selector: str, nth: int = 0) -> None:
        """Tap a button."""
        self.actions += 1
        self.page.locator(selector).nth(nth).tap()
        self.page.evaluate(QUIET)

    def tap_text(self, at: int) -> None:
        """Tap a character of the text."""
        self.actions += 1
        self.page.touchscreen.tap(*self.point(at))
        self.page.evaluate(QUIET)

    def select(self, start: int, end: int) -> None:
        """Tap the first and the last word."""
        self.tap_text(start)
        self.click("#extend")
        self.tap_text(end - 1)


def by_keyboard(page: Page, step: Mapping[str, Any], span: Json, hand: Hand) -> None:
    """Press the keys of the fixed procedure."""
    for key in (*step["keys"], *step["answers"]):
        hand.actions += 1
        page.keyboard.press(key)
    page.evaluate(QUIET)


def by_hand(page: Page, step: Mapping[str, Any], span: Json, hand: Hand) -> None:
    """Select the words of a span, choose its label, and answer its frames."""
    ((start, end),) = span["fragments"]
    hand.select(start, end)
    hand.click(f'#labels [data-label="{span["label"]}"]')
    if page.locator("#trim-bar").is_visible():
        hand.click("#trim-bar button")
    for answer in step["answers"]:
        choices = page.locator("#claim-frame button")
        if not choices.first.is_visible():
            words = page.locator("#announcements").inner_text()
            print(f"  no frame for {span['label']} {start}–{end}: {words}", flush=True)
            return
        hand.click("#claim-frame button", choices.count() - 1 if answer == "Escape" else int(answer) - 1)


def label(way: str, document: Json, played: Json, browser: Browser, client: Client) -> None:
    """Label the article in one way and print the result."""
    context = browser.new_context(**(PHONE if way == "touch" else {"viewport": {"width": 1280, "height": 800}}))
    page = context.new_page()
    page.goto(f"{client.site.url}/sign-in/")
    page.fill("[name=username]", client.person.name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(f"{client.site.url}/annotation-sets/{client.set_path.rpartition('/')[2]}/")
    wait_until(page, "document.querySelectorAll('#labels button').length > 0")
    page.evaluate("(text) => { window.articleText = text; }", document["text"])
    page.locator("#text").focus()
    hand = Finger(page) if way == "touch" else Hand(page)
    act = by_keyboard if way == "keyboard" else by_hand
    spans = {span["id"]: span for span in document["spans"]}
    for step in played["pressed"]:
        act(page, step, spans[step["id"]], hand)
    page.wait_for_timeout(MILLISECONDS_TO_SAVE)
    if hand.swipes:
        print(f"{hand.swipes:,} swipes over the text", flush=True)
    print_result(way, hand.actions, document, played, {"spans": client.spans(), "relations": client.relations()})
    context.close()


def print_result(way: str, actions: int, document: Json, played: Json, made: Json) -> None:
    """Print the number of actions, and the spans and links that are not as wanted."""
    wanted, found = (_content(content) for content in (document, made))
    spans = len(document["spans"])
    print(f"{way}: {actions:,} actions for {spans} spans and {len(document['relations'])} links", flush=True)
    if way == "keyboard":
        print(f"  by the habit of arrows and Shift, spans alone: {spans * played['habit']:,.0f} keys")
        print(f"  with the attributes and links left: {spans * played['complete']:,.0f} keys")
    for name, kind in (("spans", 0), ("links", 1)):
        missing, extra = wanted[kind] - found[kind], found[kind] - wanted[kind]
        print(f"  {name}: {len(wanted[kind] & found[kind])} as wanted, {len(missing)} missing, {len(extra)} others")
        for what in sorted([*missing, *extra], key=str):
            print("    missing" if what in missing else "    other", what)


def _content(content: Json) -> tuple[set[Any], set[Any]]:
    names = {span["id"]: (span["label"], str(span["fragments"])) for span in content["spans"]}
    links = {(link["label"], names[link["from"]], names[link["to"]]) for link in content["relations"]}
    return set(names.values()), links


def article(path: Path) -> tuple[Json, Json]:
    """Return the article with the spans to make, and what the player of keys does with it."""
    from annotator.suggestions.sources.rules.assembly import suggest
    from projects.schema_reader import read_schema

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    text = path.read_bytes().decode()
    records = suggest(text, read_schema(schema)).records()
    kept = [span | {"attributes": {}} for span in records["spans"] if span["label"] != "Cue"]
    kept = [span for span in kept if len(span["fragments"]) == 1]
    ids = {span["id"] for span in kept}
    links = [link for link in records["relations"] if {link["from"], link["to"]} <= ids]
    document = {"id": "article", "text": text, "spans": kept, "relations": links, **segments(text)}
    return document, play(schema, [document])


def main(path: Path, way: str) -> None:
    """Label the article on a site of its own."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        site.command("import_documents", PROJECT, str(path.resolve()))
        set_up(site)
        client = Client(site, add_annotators(1)[0])
        document, played = article(path)
        with site.running("serve"), chromium() as browser:
            client.open()
            label(way, document, played, browser, client)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else WAYS[0])
