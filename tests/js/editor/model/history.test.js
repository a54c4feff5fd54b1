import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { actAtRandom } from "../support/actions.js";
import { selected, selectWords, TEXT } from "../support/article.js";
import { contentOf, makeSpan, makeText, openEditor } from "../support/editors.js";
import { Random } from "../support/random.js";

/** @typedef {import("../../../../static/editor/model/types.js").Change} Change */

test("undoing everything restores the first state", () => {
  for (let seed = 0; seed < 30; seed += 1) {
    const random = new Random(300 + seed);
    const { store, history, ...rest } = openEditor(makeText(random, 30));
    const start = contentOf(store.state);
    for (let step = 0; step < 40; step += 1) actAtRandom({ store, history, ...rest }, random);
    const end = contentOf(store.state);

    while (history.undo());
    assert.deepEqual(contentOf(store.state), start);
    while (history.redo());
    assert.deepEqual(contentOf(store.state), end);
  }
});

test("undo and redo make new changes", () => {
  const { store, history, updates, run } = openEditor(TEXT);
  run(commands.labelSelection("Claim"));
  history.undo();
  history.redo();

  const ids = updates.flatMap((update) => update.transaction.changes ?? []).map((change) => change.id);
  assert.deepEqual([ids.length, new Set(ids).size, store.state.spans.size], [3, 3, 1]);
});

test("after undoing a label, another label key labels the same text", () => {
  for (const choose of [commands.moveCursorTo(3), commands.selectText(9, 21)]) {
    const editor = openEditor(TEXT);
    editor.run(choose);
    editor.run(commands.labelByKey("Claim"));
    const [{ fragments }] = editor.store.state.spans.values();
    editor.history.undo();

    editor.run(commands.labelByKey("Denial"));
    const [span] = editor.store.state.spans.values();
    assert.deepEqual([span.label, span.fragments], ["Denial", fragments]);
  }
});

test("undoing a removal restores span and relations", () => {
  const editor = openEditor(TEXT, {
    spans: [makeSpan("a", [[0, 3]], "Speaker"), makeSpan("c", [[9, 26]])],
    relations: [{ id: "r", label: "attributed-to", from: "c", to: "a" }],
  });
  editor.run(commands.selectSpan("a"));
  editor.run(commands.removeSelected);

  assert.ok(editor.history.undo());
  assert.deepEqual([editor.store.state.spans.size, editor.store.state.relations.size], [2, 1]);
  assert.equal(editor.said(), "Undone: Speaker “Ada” added.");
});

test("undoing several changes tells how many of each kind", () => {
  const editor = openEditor(TEXT);
  editor.run(commands.labelAll("Claim", [[0, 3], [9, 12], [13, 17]]));
  editor.history.undo();

  assert.equal(editor.said(), "Undone: 3 spans deleted.");
  editor.history.redo();
  assert.equal(editor.said(), "Redone: 3 spans added.");
});

test("a restored revision can be undone as one action", async () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("a", [[0, 3]], "Speaker")] });
  const removed = { id: "restore-4-x", kind: /** @type {const} */ ("remove_span"),
    span: makeSpan("b", [[9, 12]], "Claim") };

  await editor.history.restore([removed]);
  await editor.history.restore([removed]);
  assert.ok(editor.history.undo());
  assert.deepEqual([...editor.store.state.spans.values()].map(({ id }) => id), ["a", "b"]);
  assert.equal(editor.history.undo(), false, "it is there once");
});

test("undo selects the span that it concerns", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "Ada");
  editor.run(commands.labelSelection("Speaker"));
  editor.run(commands.setAttribute("kind", "group"));
  editor.run(commands.selectSpan(null));

  editor.history.undo();
  assert.equal(selected(editor).attributes.kind, "person");
  editor.history.undo();
  assert.equal(selected(editor), undefined);
});

test("a new action clears the redo list", () => {
  const { history, run } = openEditor(TEXT);
  run(commands.labelSelection("Claim"));
  history.undo();
  assert.ok(history.canRedo());
  run(commands.labelSelection("Hedge"));

  assert.deepEqual([history.canRedo(), history.redo()], [false, false]);
});

test("changes made elsewhere are never undone", () => {
  const editor = openEditor(TEXT);
  const { store, history } = editor;
  selectWords(editor, "Ada");
  editor.run(commands.labelSelection("Speaker"));
  selectWords(editor, "plan");
  editor.run(commands.labelSelection("Claim"));
  const { id: spanId } = selected(editor);
  const change = /** @type {Change} */ ({ id: "1", kind: "update_span", span_id: spanId, before: { note: "" },
    after: { note: "from another tab" } });
  store.dispatch({ changes: [change], userEvent: "remote" });

  assert.ok(history.undo());
  assert.match(editor.said(), /cannot be undone, because it was changed elsewhere/);
  assert.deepEqual([store.state.spans.size, store.state.spans.get(spanId)?.note], [2, "from another tab"]);
  assert.ok(history.undo(), "the entry before still exists");
  assert.equal(store.state.spans.size, 1);
  assert.equal(history.undo(), false);
});

test("an undo that breaks the schema is dropped", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[9, 26]]), makeSpan("a", [[0, 3]])] });
  editor.run(commands.selectSpan("a"));
  editor.run(commands.relabel("Speaker"));
  const relation = { id: "r", label: "attributed-to", from: "c", to: "a" };
  editor.store.dispatch({ changes: [{ id: "1", kind: "add_relation", relation }], userEvent: "remote" });

  assert.ok(editor.history.undo());
  assert.match(editor.said(), /cannot be undone/);
  assert.equal(editor.store.state.spans.get("a")?.label, "Speaker");
});

test("closed sets cannot be undone", () => {
  const { store, history, run } = openEditor(TEXT);
  run(commands.labelSelection("Claim"));
  store.dispatch({ editable: false, userEvent: "submit" });

  assert.deepEqual([history.canUndo(), history.undo(), store.state.spans.size], [false, false, 1]);
});
