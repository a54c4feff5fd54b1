"""The screens on which every page is checked: wide and narrow, light and dark."""

import os
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import JSHandle, Page

WIDE = 1280
NARROW = 320
HEIGHT = 844
COLOUR_RULES: dict[str, object] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
ALL_RULES: dict[str, object] = {}
TWO_FRAMES = "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
"""What a page does when its colours or its width change is done after them."""
RESIZED = f"""(width) => new Promise((resolve) => {{
  const look = () => (innerWidth === width ? resolve() : requestAnimationFrame(look));
  look();
}}).then({TWO_FRAMES})"""
"""The browser changes the width of a page some time after it was asked to."""


# The elements with words of their own that are shown now and were not when the page was wide.
REMEMBER_SHOWN = """() => {
  window.shownWide = new Set([...document.querySelectorAll("body *")].filter((each) => each.checkVisibility()));
}"""
SHOWN_ON_NARROW_ALONE = """() => [...document.querySelectorAll("body *")].filter((each) => (
  each.checkVisibility() && !window.shownWide.has(each) && [...each.childNodes].some((node) => node.data?.trim())
))"""
RUN_AXE = """([elements, options]) => axe.run(elements ?? document, { resultTypes: ["violations"], ...options })
  .then((results) => results.violations)"""


def faults_on_screens(page: Page, *, narrow: int = NARROW) -> list[str]:
    """Return what is wrong with the open page on any screen; ends at the wide screen in light.

    On each width the page must not be wider than the window, and axe must find nothing. In dark it looks at colours
    alone, on the narrow screen only at what the wide one does not show. With the fonts of the part `layout` only the
    width is checked: axe does not look at fonts.
    """
    with_axe = os.environ.get("TEST_PART") != "layout"
    faults = [*_overflow(page, WIDE)]
    if with_axe:
        faults += axe_faults(page, "light", ALL_RULES)
        page.evaluate(REMEMBER_SHOWN)
        faults += axe_faults(page, "dark", COLOUR_RULES)
    faults += _overflow(page, narrow)
    if with_axe:
        elements = page.evaluate_handle(SHOWN_ON_NARROW_ALONE)
        if elements.evaluate("(elements) => elements.length"):
            faults += axe_faults(page, "dark", COLOUR_RULES, elements)
        faults += axe_faults(page, "light", ALL_RULES)
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    return faults


def _overflow(page: Page, width: int) -> list[str]:
    """Set the width of the window, and return by how much the page is wider."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.evaluate(RESIZED, width)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{page.url} is {overflow} px wider than a window of {width} px."] if overflow > 0 else []


def axe_faults(
    page: Page, colours: Literal["light", "dark"], rules: dict[str, object], elements: JSHandle | None = None
) -> list[str]:
    """Return what axe finds on the open page, or in some elements of it."""
    if page.evaluate("!window.axe"):
        page.evaluate(Axe().axe_script)
    page.emulate_media(color_scheme=colours)
    page.evaluate(TWO_FRAMES)
    return [
        f"{page.url}, {page.viewport_size}, {colours}: {violation['id']}: {node['html']} {node['failureSummary']}"
        for violation in page.evaluate(RUN_AXE, [elements, rules])
        for node in violation["nodes"]
    ]
