"""The pictures of `docs/annotators`, taken in Chromium on a site with one sample document.

    python -m tests.soak.pictures [FOLDER]

FOLDER is `docs/images` unless it is named.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.bench.browser import chromium
from tests.bench.client import Client
from tests.bench.people import PASSWORD, PROJECT, add_annotators, set_up
from tests.bench.site import new_site

SAMPLE = Path("annotator/site/demo/sample-corpus/02-no-comment.jsonl")
MILLISECONDS_TO_SETTLE = 2_500


def take(page: Page, folder: Path) -> None:
    """Label a few words and take a picture of each step."""

    def picture(name: str) -> None:
        page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
        page.screenshot(path=folder / f"{name}.png")

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(300)

    page.locator("#tips button").click()
    press("t")
    picture("annotating-suggestions")
    press("Escape", "1")
    picture("annotating-picking")
    press("Escape", "t", "y", "y", "y", "y", "y", "y", "Escape", "1", "f")
    picture("annotating-frame")
    press("Enter", "Enter", "n", "n")
    picture("editor")
    press("Control+Enter")
    picture("annotating-review")
    press("Escape", "?")
    page.keyboard.type("relation")
    picture("annotating-settings")


def main(folder: Path) -> None:
    """Take all pictures."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        site.command("import_documents", PROJECT, str(SAMPLE.resolve()))
        set_up(site)
        client = Client(site, add_annotators(1)[0])
        from annotator.suggestions.models import SuggestionSettings
        from projects.models import Project

        SuggestionSettings.objects.create(project=Project.objects.get(slug=PROJECT), bar=0.5, sources=["rules"])
        with site.running("serve"), chromium() as browser:
            client.open()
            page = browser.new_page(viewport={"width": 1000, "height": 640})
            page.goto(f"{site.url}/sign-in/")
            page.fill("[name=username]", client.person.name)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "/sign-in/" not in url)
            address = f"{site.url}/annotation-sets/{client.set_path.rpartition('/')[2]}/"
            page.goto(address)
            page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
            page.locator("#text").focus()
            take(page, folder)
            state = page.context.storage_state()
            phone = browser.new_context(
                storage_state=state, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
            )
            page = phone.new_page()
            page.goto(address)
            page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
            page.screenshot(path=folder / "annotating-phone.png")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
