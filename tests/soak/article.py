"""One article labelled whole in the editor: by keyboard, by pointer or by touch, with real events in Chromium.

    python -m tests.soak.article PATH [keyboard|pointer|touch]

PATH is a text file; nothing of it is kept. The spans to make, with the links between them, are those that the rules of
suggestions find in it, without cues. By keyboard the keys are those of the fixed procedure of
`tests/bench/keys_player.js`; beside them stands the habit with arrows, sentence jumps and Shift. By pointer the words
are dragged over, by touch the first and the last one are tapped; then the label, and what the frame offers. Attributes
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
MILLISECONDS_TO_SAVE = 3_000
# Scrolls to a character of the text, counted in UTF-16 units, and returns the middle of its box.
POINT = """(at) => {
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
    const pane = document.querySelector("#text-pane");
    const [box, seen] = [range.getBoundingClientRect(), pane.getBoundingClientRect()];
    if (box.top < seen.top + 60 || box.bottom > seen.bottom - 160) {
      pane.scrollBy({ top: box.top - seen.top - seen.height / 3, behavior: "instant" });
    }
    const { x, y, width, height } = range.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  }
  return null;
}"""
QUIET = (
    "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 30))))"
)


class Hand:
    """What a person does on the page, counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def point(self, at: int) -> tuple[float, float]:
        x, y = self.page.evaluate(POINT, at)
        return x, y

    def click(self, selector: str, nth: int = 0) -> None:
        self.actions += 1
        button = self.page.locator(selector).nth(nth)
        if self.is_touch:
            button.tap()
        else:
            button.click()
        self.page.evaluate(QUIET)

    is_touch = False

    def select(self, start: int, end: int) -> None:
        """Drag from the first to the last character."""
        self.actions += 1
        # The end is brought into view first, so that nothing scrolls during the drag.
        self.point(end - 1)
        first, last = self.point(start), self.point(end - 1)
        first = self.point(start)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        self.page.mouse.move((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)
        self.page.mouse.move(*last)
        self.page.mouse.up()
        self.page.evaluate(QUIET)


class Finger(Hand):
    """The same by touch: the first word, *Extend selection to …*, the last word."""

    is_touch = True

    def select(self, start: int, end: int) -> None:
        self.actions += 3
        self.page.touchscreen.tap(*self.point(start))
        self.page.evaluate(QUIET)
        self.page.locator("#extend").tap()
        self.page.touchscreen.tap(*self.point(end - 1))
        self.page.evaluate(QUIET)


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
    for answer in step["answers"]:
        choices = page.locator("#claim-frame button")
        hand.click("#claim-frame button", choices.count() - 1 if answer == "Escape" else int(answer) - 1)


def label(way: str, document: Json, played: Json, browser: Browser, client: Client) -> None:
    """Label the article in one way and print the result."""
    touch = {"has_touch": True, "is_mobile": True, "viewport": {"width": 820, "height": 1180}}
    context = browser.new_context(**(touch if way == "touch" else {"viewport": {"width": 1280, "height": 800}}))
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
