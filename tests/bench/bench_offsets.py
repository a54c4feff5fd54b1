"""Offsets of spans made by keyboard and by pointer: every token of a text in many scripts is labelled both ways.

The stored spans are compared with the tokens that Python counts in code points.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from playwright.sync_api import Browser, Page

from annotator.text.tokens import token_boundaries
from tests.bench.browser import chromium, wait_until
from tests.bench.client import Client
from tests.bench.editor_work import MILLISECONDS_TO_SETTLE, signed_in
from tests.bench.figures import Figure, at_least, at_most, report
from tests.bench.people import PROJECT, add_annotators, set_up
from tests.bench.site import new_site

Range = tuple[int, int]
Work = Callable[[Page], None]

SCHEMA = '{"labels": [{"id": "Word", "hotkey": "1"}]}'
# Characters beyond the first plane, sequences that form one character, both directions, every kind of line end.
TEXT = (
    "Ada said 𝒜lpha and 𝓑eta fell 🙂 twice 👩🏽‍🚀 again 🇩🇪 now.\r\n"
    "قال يوسف إن الصفقة ألغيت في 2024 تماماً.\n"
    "העסקה בוטלה, אמרה Zoë שוב.\u2028"
    "Zoë\u0308 a\u0301nd Nu\u0303n\u0303ez naïve façade — Ångström’s test.\r"
    "東京は雨だと彼は言った。\n\n"
    "การประชุมถูกยกเลิก नमस्ते दुनिया и привет мир γειά σου.\n"
    "\t𝟙𝟚𝟛 km² ½ €5 10:30 e-mail@example.org\u2029"
    "mixed שלום world سلام end 😀😀 last"
)
END_OF_LINE = re.compile(r"\r\n|[\n\r\u2028\u2029]")
# The middle of the first and of the last visible character of a range in the nth line that is not empty.
ENDS = """([line, start, end]) => {
  const node = [...document.querySelectorAll("#text .block")].filter((block) => block.firstChild)[line].firstChild;
  const characters = [...new Intl.Segmenter().segment(node.data.slice(start, end))];
  const box = ({ index, segment }) => {
    const range = document.createRange();
    range.setStart(node, start + index);
    range.setEnd(node, start + index + segment.length);
    return range.getBoundingClientRect();
  };
  node.parentElement.scrollIntoView({ block: "center" });
  const [first, last] = [box(characters[0]), box(characters[characters.length - 1])];
  const share = first.left > last.left ? [0.85, 0.15] : [0.15, 0.85];
  return [first, last].map((edge, at) => [edge.left + edge.width * share[at], edge.top + edge.height / 2]);
}"""


def measure() -> Sequence[Figure]:
    """Label every token by key as one annotator and by mouse as another, and count wrong offsets on the server."""
    tokens = [(token[0], token[1]) for token in token_boundaries(TEXT)]
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        schema, source = site.folder / "schema.json", site.folder / "scripts.txt"
        schema.write_text(SCHEMA, "utf-8")
        source.write_bytes(TEXT.encode())
        site.command("create_project", PROJECT, "--schema", str(schema))
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        clients = [Client(site, person) for person in add_annotators(2)]
        with site.running("serve"), chromium() as browser:
            by_key, by_pointer = (
                _stored(browser, client, work)
                for client, work in zip(clients, (_label_by_key, _label_by_pointer), strict=True)
            )
    return [
        at_least("spans stored, by key and by pointer", len(by_key) + len(by_pointer), "", 2 * len(tokens)),
        at_most("offsets wrong, by key", len(set(by_key) ^ set(tokens)), "", 0),
        at_most("offsets wrong, by pointer", len(set(by_pointer) ^ set(tokens)), "", 0),
    ]


def _stored(browser: Browser, client: Client, work: Work) -> list[Range]:
    """Label the document as an annotator and return the ranges of the stored spans."""
    client.open()
    if client.text != TEXT:
        raise RuntimeError("The text differs from the one that was imported.")
    with signed_in(browser, client.site, client) as page:
        page.add_init_script("delete Intl.Segmenter")  # without a dictionary, each character of Chinese is a token
        page.goto(f"{client.site.url}/annotation-sets/{client.set_path.rpartition('/')[2]}/")
        wait_until(page, "document.querySelector('#labels button') !== null")
        page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
        work(page)
        page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    return [(start, end) for span in client.spans() for start, end in span["fragments"]]


def _label_by_key(page: Page) -> None:
    page.locator("[role=application]").focus()
    page.keyboard.press("Control+Home")
    for start, _ in token_boundaries(TEXT):
        page.keyboard.press("1")
        page.keyboard.press("ArrowLeft" if _reads_right_to_left(start) else "ArrowRight")


def _label_by_pointer(page: Page) -> None:
    for line, start, end in _line_ranges():
        page.keyboard.press("Escape")
        (x1, y1), (x2, y2) = page.evaluate(f"({ENDS})([{line}, {start}, {end}])")
        page.mouse.move(x1, y1)
        page.mouse.down()
        page.mouse.move(x2, y2, steps=2)
        page.mouse.up()
        page.keyboard.press("1")


def _line_ranges() -> list[tuple[int, int, int]]:
    """Return for each token its line, empty lines not counted, and its range in the line, in UTF-16 code units."""
    ranges = []
    for start, end in token_boundaries(TEXT):
        before = [line for line in END_OF_LINE.split(TEXT[:start]) if line]
        head = END_OF_LINE.split(TEXT[:start])[-1]
        ranges.append((len(before) - (1 if head else 0), _units(head), _units(head + TEXT[start:end])))
    return ranges


def _reads_right_to_left(offset: int) -> bool:
    """Return whether the line at an offset reads from right to left, by its first letter that has a direction."""
    head = END_OF_LINE.split(TEXT[:offset])[-1]
    directions = [unicodedata.bidirectional(character) for character in head + TEXT[offset:]]
    return next(direction for direction in directions if direction in ("L", "R", "AL")) != "L"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


if __name__ == "__main__":
    report("Offsets: every token of every script, by key and by pointer", measure)
