import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { createHistory } from "../../../../static/editor/model/history.js";
import { openHistoryStore } from "../../../../static/editor/saving/history_store.js";
import { selectWords, TEXT } from "../support/article.js";
import { settle } from "../support/clock.js";
import { contentOf, openEditor } from "../support/editors.js";
import { IndexedDatabaseDouble } from "../support/indexed_database.js";

/**
 * Return a page after another one, with the stored history.
 *
 * @param {IndexedDatabaseDouble} storage
 * @param {any} [before] state of the page that was closed
 */
async function openPage(storage, before) {
  const editor = openEditor(TEXT, before ? contentOf(before) : {});
  const keep = openHistoryStore({ storage: () => storage.factory, name: "history" });
  const history = createHistory(editor.store, { historyStore: keep });
  await history.restore();
  return { ...editor, history };
}

/** @param {Awaited<ReturnType<typeof openPage>>} page @param {string} word @param {string} label */
function mark(page, word, label) {
  selectWords(page, word);
  page.run(commands.labelSelection(label));
}

const labels = (/** @type {any} */ page) => contentOf(page.store.state).spans.map((span) => span.label).sort();

test("actions are undone after a reload", async () => {
  // The text has a character outside the basic plane after these words only: both units agree there.
  const storage = new IndexedDatabaseDouble();
  const first = await openPage(storage);
  mark(first, "Ada", "Speaker");
  mark(first, "plan", "Claim");
  mark(first, "off", "Denial");
  first.history.undo();
  await settle();

  const second = await openPage(storage, first.store.state);
  assert.deepEqual([labels(second), second.history.canRedo()], [["Claim", "Speaker"], true]);
  second.history.redo();
  assert.deepEqual(labels(second), ["Claim", "Denial", "Speaker"]);
  for (let step = 0; step < 3; step += 1) second.history.undo();
  assert.deepEqual([labels(second), second.history.canUndo()], [[], false]);
  await settle();

  const third = await openPage(storage, second.store.state);
  for (let step = 0; step < 3; step += 1) third.history.redo();
  assert.deepEqual(labels(third), ["Claim", "Denial", "Speaker"]);
});

test("a new action clears the stored redo list", async () => {
  const storage = new IndexedDatabaseDouble();
  const first = await openPage(storage);
  mark(first, "Ada", "Speaker");
  first.history.undo();
  mark(first, "plan", "Claim");
  await settle();
  const second = await openPage(storage, first.store.state);

  assert.deepEqual([second.history.canRedo(), second.history.canUndo()], [false, true]);
  second.history.undo();
  assert.deepEqual(labels(second), []);
});

test("changes made elsewhere are not undone after a reload", async () => {
  const storage = new IndexedDatabaseDouble();
  const first = await openPage(storage);
  mark(first, "Ada", "Speaker");
  await settle();
  const second = await openPage(storage);
  second.history.undo();
  assert.match(second.said(), /cannot be undone, because it was changed elsewhere/);
  await settle();

  assert.equal((await openPage(storage)).history.canUndo(), false);
});

test("undo works without storage until a reload", async () => {
  const editor = openEditor(TEXT);
  const keep = openHistoryStore({ storage: () => {
    throw new Error("forbidden");
  }, name: "history" });
  const history = createHistory(editor.store, { historyStore: keep });
  await history.restore();
  mark({ ...editor, history }, "Ada", "Speaker");

  assert.ok(history.undo());
  assert.deepEqual(labels(editor), []);
});

test("two thousand steps survive a reload", async () => {
  const storage = new IndexedDatabaseDouble();
  const first = await openPage(storage);
  for (let turn = 0; turn < 1000; turn += 1) {
    mark(first, "Ada", "Speaker");
    first.run(commands.removeSelected);
  }
  mark(first, "plan", "Claim");
  await settle();

  const second = await openPage(storage, first.store.state);
  let undone = 0;
  while (second.history.undo()) undone += 1;
  assert.deepEqual([undone, labels(second)], [2001, []]);
  await settle();

  const third = await openPage(storage, second.store.state);
  let redone = 0;
  while (third.history.redo()) redone += 1;
  assert.deepEqual([redone, labels(third)], [2001, ["Claim"]]);
});
