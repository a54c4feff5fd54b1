"""The editor in Firefox: words to point at, keys to press, and what stands in the database afterwards."""

import json
from dataclasses import dataclass

from annotator.corpus.spans.models import AnnotationSet
from tests.browser.editor.editor_page import BOX_OF
from tests.firefox import Firefox

LETTERS_AT = """(box) => {
  const distance = (hint) => {
    const place = hint.getBoundingClientRect();
    return Math.abs(place.x - box.x) + Math.abs(place.y - box.y);
  };
  return [...document.querySelectorAll(".hint")].sort((one, other) => distance(one) - distance(other))[0].textContent;
}"""


@dataclass
class FirefoxEditor:
    """One annotation set, open in Firefox."""

    firefox: Firefox
    site: str
    annotation_set: AnnotationSet

    def open(self) -> "FirefoxEditor":
        """Open its page and wait until one can work in it."""
        self.firefox.call("goto", f"{self.site}/annotation-sets/{self.annotation_set.pk}/")
        return self.ready()

    def reload(self) -> "FirefoxEditor":
        """Load the page again."""
        self.firefox.call("reload")
        return self.ready()

    def ready(self) -> "FirefoxEditor":
        """Wait until the keys of the text lead somewhere."""
        self.firefox.wait_until("document.querySelector('#labels button') !== null")
        self.firefox.press("Home")  # the first word is chosen, so that a label key labels it
        return self

    def press(self, *keys: str) -> None:
        """Press keys, in the text."""
        self.firefox.press(*keys)

    def drag(self, words: str) -> None:
        """Select words with the mouse, roughly: from inside the first character to inside the last."""
        box = self.firefox.evaluate(f"({BOX_OF})({json.dumps([words, 0])})")
        assert box, f"{words!r} does not stand in the text"
        self.firefox.call("move", box["first"]["left"] + 1, box["first"]["top"] + 10)
        self.firefox.call("down")
        self.firefox.call("move", box["last"]["right"] - 1, box["last"]["top"] + 10)
        self.firefox.call("up")

    def click(self, words: str) -> None:
        """Click on the middle of some words."""
        box = self.firefox.evaluate(f"({BOX_OF})({json.dumps([words, 0])})")
        assert box, f"{words!r} does not stand in the text"
        x = (box["first"]["left"] + box["first"]["right"]) / 2
        self.firefox.call("move", x, box["first"]["top"] + 10)
        self.firefox.call("down")
        self.firefox.call("up")

    def letters_of(self, words: str) -> str:
        """Return the letters shown over the first of some words, once there are some."""
        self.firefox.wait_until("document.querySelector('.hint') !== null")
        letters: str = self.firefox.evaluate(f"({LETTERS_AT})(({BOX_OF})({json.dumps([words, 0])}).first)")
        return letters

    def shows(self, selector: str, words: str) -> bool:
        """Wait until an element of the page shows some words."""
        found = f"document.querySelector({json.dumps(selector)})?.textContent.includes({json.dumps(words)})"
        self.firefox.wait_until(found)
        return True

    def covered(self) -> list[tuple[str, str]]:
        """Return label and text of each stored span, once everything is saved."""
        self.shows("[data-state=saved] #saving-text", "All changes saved")
        text = self.annotation_set.document.text
        rows = self.annotation_set.spans.order_by("start", "-end", "id")
        return [
            (row.label, " … ".join(text[start:end] for start, end in row.fragments or [[row.start, row.end]]))
            for row in rows
        ]
