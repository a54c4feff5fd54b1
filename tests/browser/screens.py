"""The screens on which every page is checked: wide and narrow, light and dark."""

import os

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDE = 1280
NARROW = 320
HEIGHT = 844
COLOUR_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
ALL_RULES: dict[str, object] = {}
TWO_FRAMES = "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
"""What a page does when its width changes is done after them."""


def faults_on_screens(page: Page, *, narrow: int = NARROW) -> list[str]:
    """Return what is wrong with the open page on any screen.

    On each width the page must not be wider than the window, and axe must find nothing, in dark with its rules about
    colour alone. With the fonts of the part `layout` only the width is checked: axe does not look at fonts.
    """
    faults = []
    for width in (WIDE, narrow):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate(TWO_FRAMES)
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if overflow > 0:
            faults.append(f"{page.url} is {overflow} px wider than a window of {width} px.")
    if os.environ.get("TEST_PART") != "layout":
        faults += _axe_faults(page, narrow)
    return faults


def _axe_faults(page: Page, narrow: int) -> list[str]:
    """Return what axe finds on the open page; ends at the wide screen in light."""
    axe = Axe()
    page.evaluate(axe.axe_script)
    reports = []
    for colours, width, rules in (
        ("light", narrow, ALL_RULES),
        ("dark", narrow, COLOUR_RULES),
        ("dark", WIDE, COLOUR_RULES),
        ("light", WIDE, ALL_RULES),
    ):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": HEIGHT})
        options = {"resultTypes": ["violations"], **rules}
        violations = page.evaluate("(options) => axe.run(options).then((results) => results.violations)", options)
        reports += [
            f"{page.url}, {width} px, {colours}: {violation['id']}: {node['html']} {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
        ]
    return reports
