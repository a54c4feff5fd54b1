"""The editor as a person has it: text to point at, keys to press, and what stands in the database afterwards."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from annotator.corpus.spans.models import AnnotationSet

# The box of the characters [start, end) of the nth block that contains the words, counted in UTF-16 like the page does.
BOX_OF = """([words, nth]) => {
  const walker = document.createTreeWalker(document.querySelector("#text"), NodeFilter.SHOW_TEXT);
  let left = nth;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = node.data.indexOf(words); at >= 0; at = node.data.indexOf(words, at + 1)) {
      if (left-- > 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + words.length);
      range.startContainer.parentElement.scrollIntoView({ block: "nearest" });
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0).map((box) => box.toJSON());
      return { first: boxes[0], last: boxes[boxes.length - 1] };
    }
  }
  return null;
}"""


# Resolves when the effect of an event is drawn: frames, work after them, and work for an idle browser.
QUIET = """() => Promise.race([
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(
    () => setTimeout(() => requestIdleCallback(resolve)),
  ))),
  // A page that is not shown has no frames, and those of a page that is shown come late on a busy machine.
  new Promise((resolve) => setTimeout(resolve, document.hidden ? 3_000 : 30_000)),
])"""


class EditorPage:
    """One annotation set, open in a browser."""

    def __init__(self, page: Page, annotation_set: AnnotationSet) -> None:
        self.page = page
        self.annotation_set = annotation_set
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)

    def open(self) -> "EditorPage":
        self.page.goto(f"/annotation-sets/{self.annotation_set.pk}/")
        expect(self.page.locator("#labels button").first).to_be_visible()
        self.page.keyboard.press("Home")  # the first word is chosen, so that a label key labels it
        return self

    @property
    def text(self) -> Locator:
        return self.page.locator("#text")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#spans-list")

    @property
    def details(self) -> Locator:
        return self.page.locator("#panel-details")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def box(self, words: str, nth: int = 0) -> dict[str, dict[str, float]]:
        """Return the boxes of the first and the last line of some words of one block."""
        found: dict[str, dict[str, float]] | None = self.page.evaluate(BOX_OF, [words, nth])
        assert found, f"{words!r} does not stand in the text"
        return found

    def click(self, words: str, nth: int = 0, **options: Any) -> None:
        box = self.box(words, nth)["first"]
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        with_shift = options.pop("shift", False)
        if with_shift:
            self.page.keyboard.down("Shift")
        self.page.mouse.down()
        self.page.mouse.up()
        if with_shift:
            self.page.keyboard.up("Shift")

    def drag(self, words: str, nth: int = 0, *, backwards: bool = False) -> None:
        """Select words with the mouse, roughly: from inside the first character to inside the last."""
        box = self.box(words, nth)
        ends = [
            (box["first"]["left"] + 1, box["first"]["top"] + 10),
            (box["last"]["right"] - 1, box["last"]["top"] + 10),
        ]
        (x1, y1), (x2, y2) = reversed(ends) if backwards else ends
        self.page.mouse.move(x1, y1)
        self.page.mouse.down()
        self.page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2)
        self.page.mouse.move(x2, y2)
        self.page.mouse.up()

    def wait_until_quiet(self) -> None:
        """Wait until the page has handled the last event."""
        self.page.evaluate(QUIET)

    def wait_until_saved(self) -> None:
        self.wait_until_quiet()
        expect(self.page.locator("[data-state=saved] #saving-text")).to_have_text("All changes saved")

    def stored(self) -> list[dict[str, Any]]:
        """Return the stored spans with the text that they cover, once everything is saved."""
        self.wait_until_saved()
        text = self.annotation_set.document.text
        spans = []
        for row in self.annotation_set.spans.order_by("start", "-end", "id"):
            fragments = row.fragments or [[row.start, row.end]]
            covered = [text[start:end] for start, end in fragments]
            spans.append({"label": row.label, "text": covered, "attributes": row.attributes, "note": row.note})
        return spans

    def covered(self) -> list[tuple[str, str]]:
        """Return label and text of each stored span."""
        return [(span["label"], " … ".join(span["text"])) for span in self.stored()]
