import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { createHistory } from "../../../../static/editor/model/history.js";
import { openKeep } from "../../../../static/editor/saving/history_store.js";
import { selectWords, TEXT } from "../support/article.js";
import { settle } from "../support/clock.js";
import { contentOf, openEditor } from "../support/editors.js";
import { IndexedDatabaseDouble } from "../support/indexed_database.js";

/**
 * A page over what another one left, with the history that was kept.
 *
 * @param {IndexedDatabaseDouble} storage
 * @param {any} [before] state of the page that was closed
 */
async function openPage(storage, before) {
  const editor = openEditor(TEXT, before ? contentOf(before) : {});
  const keep = openKeep({ storage: () => storage.factory, name: "history" });
  const history = createHistory(editor.store, { keep });
  await history.restore();
  return { ...editor, history };
}

/** @param {Awaited<ReturnType<typeof openPage>>} page @param {string} word @param {string} label */
function mark(page, word, label) {
  selectWords(page, word);
  page.run(commands.labelSelection(label));
}

const labels = (/** @type {any} */ page) => contentOf(page.store.state).spans.map((span) => span.label).sort();

test("what was done before the page was closed is undone and done again after it, step by step", async () => {
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

test("doing something else ends what could be done again, also after a reload", async () => {
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

test("what was changed elsewhere while the page was closed is not undone, and said so", async () => {
  const storage = new IndexedDatabaseDouble();
  const first = await openPage(storage);
  mark(first, "Ada", "Speaker");
  await settle();
  const second = await openPage(storage);
  second.history.undo();
  assert.match(second.said(), /cannot be undone: it was changed elsewhere/);
  await settle();

  assert.equal((await openPage(storage)).history.canUndo(), false);
});

test("without storage undo reaches back to the opening of the page", async () => {
  const editor = openEditor(TEXT);
  const keep = openKeep({ storage: () => {
    throw new Error("forbidden");
  }, name: "history" });
  const history = createHistory(editor.store, { keep });
  await history.restore();
  mark({ ...editor, history }, "Ada", "Speaker");

  assert.ok(history.undo());
  assert.deepEqual(labels(editor), []);
});

test("two thousand steps are undone after a reload, and done again after another", async () => {
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
