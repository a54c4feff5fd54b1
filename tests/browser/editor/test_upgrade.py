"""A page that was opened before an upgrade left work in the browser: the editor of today sends it and continues."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.editor.editor_page import EditorPage
from tests.browser.polling import expect_value

TEXT = "🚢 Ada said it rained.\n"
OLD_TAB = "11111111-1111-4111-8111-111111111111"
SPEAKER = {"kind": "person", "mention": "name"}
# As commit 00811ce stores them: changes in code points, the history in UTF-16 units.
UNSENT = {
    "id": "22222222-2222-4222-8222-222222222222",
    "kind": "add_span",
    "span": {
        "id": "s-ada", "label": "Speaker", "fragments": [[2, 5]], "attributes": SPEAKER, "note": "🤔",
        "origin": "manual",
    },
}  # fmt: skip
DONE_BEFORE = {
    "id": "33333333-3333-4333-8333-333333333333",
    "kind": "add_span",
    "span": {
        "id": "s-rained", "label": "Hedge", "fragments": [[15, 21]], "attributes": {}, "note": "", "origin": "manual",
    },
}  # fmt: skip
CONFLICT = {
    "id": "44444444-4444-4444-8444-444444444444",
    "spanId": "s-rained",
    "field": "note",
    "mine": "a note of before",
    "theirs": "no note",
    "message": "The note was changed elsewhere before the upgrade.",
    "change": {
        "id": "55555555-5555-4555-8555-555555555555", "kind": "update_span", "span_id": "s-rained",
        "before": {"note": ""}, "after": {"note": "a note of before"},
    },
}  # fmt: skip
LEAVE_WORK = """async ({ name, unsent, conflict, entry, periods, owner }) => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const open = (called, make) => {
    const request = indexedDB.open(called, 1);
    request.onupgradeneeded = () => make(request.result);
    return done(request);
  };
  const outbox = await open(name, (database) => {
    const changes = database.createObjectStore("changes", { keyPath: "sequence", autoIncrement: true });
    changes.createIndex("id", "id", { unique: true });
    database.createObjectStore("conflicts", { keyPath: "id" });
  });
  const drafts = outbox.transaction("changes", "readwrite").objectStore("changes");
  if (unsent) await done(drafts.add({ id: unsent.id, owner, base: 0, change: unsent }));
  if (conflict) await done(outbox.transaction("conflicts", "readwrite").objectStore("conflicts").put(conflict));
  outbox.close();
  const history = await open(`${name}-history`, (database) => {
    database.createObjectStore("entries", { keyPath: "key" });
  });
  const entries = history.transaction("entries", "readwrite").objectStore("entries");
  await done(entries.put({ key: 1, isDone: true, changes: [entry], selectedId: null }));
  history.close();
  localStorage.setItem(`${name}-time-${owner}`, JSON.stringify(periods));
}"""


OpenLater = Callable[..., EditorPage]


@pytest.fixture
def open_later(
    transactional_db: None,
    make_document: Callable[..., Any],
    make_set: Callable[..., Any],
    make_context: Callable[..., BrowserContext],
    ada: Any,
) -> OpenLater:
    """Return a function that leaves work in a browser as the old editor did, and opens the editor of today."""

    def open_later(periods: list[list[int]], **left: Any) -> EditorPage:
        span = {"id": "s-rained", "label": "Hedge", "fragments": [[14, 20]], "attributes": {}}
        annotation_set = make_set(make_document(TEXT), ada, [span])
        page = make_context(ada).new_page()
        page.goto("/account/")
        name = f"annotator-{ada.pk}-{annotation_set.pk}"
        page.evaluate(LEAVE_WORK, {"name": name, "owner": OLD_TAB, "entry": DONE_BEFORE, "periods": periods} | left)
        return EditorPage(page, annotation_set).open()

    return open_later


def test_unsent_changes_history_and_time_survive_an_upgrade(open_later: OpenLater) -> None:
    now = int(time.time() * 1000)

    editor = open_later([[now - 9000, now - 2000]], unsent=UNSENT, conflict=None)

    expect(editor.rows.locator("li")).to_have_count(2)
    assert editor.covered() == [("Speaker", "Ada"), ("Hedge", "rained")]
    assert editor.stored()[0]["note"] == "🤔"
    expect_value(
        editor.page,
        lambda: editor.page.evaluate("Object.entries(localStorage)"),
        lambda kept: any(str(now - 9000) in periods and OLD_TAB not in key for key, periods in kept),
    )

    editor.press("Control+z")
    expect(editor.rows.locator("li")).to_have_count(1)
    assert editor.covered() == [("Speaker", "Ada")]


def test_conflicts_survive_an_upgrade(open_later: OpenLater) -> None:
    editor = open_later([], unsent=None, conflict=CONFLICT)

    expect(editor.page.get_by_text("changed elsewhere before the upgrade").first).to_be_visible()
