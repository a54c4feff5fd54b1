"""The ledger on paper."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from annotator.platform.jobs import runner
from annotator.platform.jobs.models import Job
from tests.unit.ledger.conftest import sample_project

__all__ = ["sample_project"]
URL = "/projects/news/ledger/"
A4 = {"width": 718, "height": 1015}
"""Points of a page of A4 at 96 to the inch, less the margins."""

BROKEN_WORDS = """(table) => {
    const broken = [];
    const texts = document.createTreeWalker(table, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        for (const { 0: word, index } of texts.currentNode.data.matchAll(/[\\p{L}\\d]+/gu)) {
            const range = new Range();
            range.setStart(texts.currentNode, index);
            range.setEnd(texts.currentNode, index + word.length);
            if (word.length < 12 && new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) {
                broken.push(word);
            }
        }
    }
    return broken;
}"""


@pytest.mark.layout
def test_words_stay_whole_and_the_table_fits_on_paper(make_context, lead, sample_project):
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    client.post(f"{URL}update/", {"view": "adjudicated"})
    runner.run(Job.objects.get(kind="update_ledger").pk)
    page = make_context(lead, viewport=A4).new_page()
    page.goto(URL)
    table = page.locator(".ledger-table")
    expect(table).to_contain_text("Norvane Ministry of Defence")

    page.emulate_media(media="print", color_scheme="dark")

    assert table.evaluate(BROKEN_WORDS) == []
    assert table.evaluate("(table) => table.scrollWidth <= table.parentElement.clientWidth")
    expect(page.locator(".tabs")).to_be_hidden()
    expect(page.locator(".site-header__account")).to_be_hidden()
    assert table.evaluate("(table) => getComputedStyle(table).colorScheme") == "light only"
