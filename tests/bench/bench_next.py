"""Submitting and opening the next document in Chromium, from key press to painted text, and what it costs.

The keys are pressed as a person does: the next document has been fetched before, as it is 2.5 seconds after opening.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
from playwright.sync_api import Page

from tests.bench.browser import BrowserCpu, chromium, wait_until
from tests.bench.client import Client
from tests.bench.corpus import write_corpus
from tests.bench.editor_work import signed_in
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PROJECT, add_annotators, set_up
from tests.bench.site import new_site

ROUNDS = 10
WORDS = 1_500
MILLISECONDS_TO_PREPARE = 4_000
# Resolves `benchDay` when the button of submitting is hidden, and when the text of the next document has the focus
# and is painted.
WATCH = """() => {
  const times = window.benchDay = {};
  document.addEventListener("click", ({ target }) => {
    for (const name of ["submit", "next"]) if (target.closest(`#${name}`)) times[name] = performance.now();
  }, { capture: true });
  const before = document.querySelector("#text");
  const watch = () => {
    if (times.submit && document.querySelector("#submit").hidden) times.submitted ??= performance.now();
    const text = document.querySelector("#text");
    if (text === before || text.childElementCount === 0 || document.activeElement !== text) {
      return requestAnimationFrame(watch);
    }
    requestAnimationFrame(() => setTimeout(() => { times.painted = performance.now(); }));
  };
  watch();
}"""


@dataclass(frozen=True)
class Step:
    """Milliseconds from Submit to submitted and from Next to painted; CPU of Next: of the page, and of the server."""

    submit: float
    next: float
    page: float
    server: float


def measure() -> Sequence[Figure]:
    """Submit documents one after the other."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=ROUNDS + 2, words=WORDS, spans=1)
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        client = Client(site, add_annotators(1)[0])
        from projects.models import Project

        Project.objects.update(review_on_submit=False)
        with site.running("serve") as (server, _), chromium() as browser, signed_in(browser, site, client) as page:
            client.open()
            page.goto(f"{site.url}/annotation-sets/{client.set_path.rpartition('/')[2]}/")
            steps = [_step(page, server) for _ in range(ROUNDS)][1:]
    return [
        noted("submit, until the page says so", [step.submit for step in steps], "ms"),
        at_most("next document, key to painted and in focus", [step.next for step in steps], "ms", 100),
        noted("… CPU of the page and the server together", [step.page + step.server for step in steps], "ms"),
        noted("… CPU of the page", [step.page for step in steps], "ms"),
        noted("… CPU of the server", [step.server for step in steps], "ms"),
    ]


def _step(page: Page, server: int) -> Step:
    """Label a word, submit, and open the next document."""
    page.wait_for_timeout(MILLISECONDS_TO_PREPARE)
    page.locator("#text").focus()
    for key in ("ArrowRight", "1"):
        page.keyboard.press(key)
    page.wait_for_timeout(1_000)
    page.evaluate(WATCH)
    page.locator("#submit").press("Enter")
    wait_until(page, "benchDay.submitted > 0")
    page.wait_for_timeout(500)
    before, busy = BrowserCpu.now(), _cpu(server)
    page.locator("#next button").press("Enter")
    page.wait_for_timeout(300)  # asking the page more often would be measured too
    wait_until(page, "benchDay.painted > 0")
    costs = 1000 * BrowserCpu.now().since(before)[0], 1000 * (_cpu(server) - busy)
    times = page.evaluate("benchDay")
    return Step(times["submitted"] - times["submit"], times["painted"] - times["next"], *costs)


def _cpu(process: int) -> float:
    """Return the CPU seconds of a process and its children."""
    root = psutil.Process(process)
    return sum(sum(member.cpu_times()[:2]) for member in [root, *root.children(recursive=True)])


if __name__ == "__main__":
    report(f"Next document, {WORDS:,} words, load {os.getloadavg()[0]:.1f}", measure)
