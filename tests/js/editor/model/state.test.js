import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { ChangeRefused } from "../../../../static/editor/model/changes.js";
import { selectWords, TEXT } from "../support/article.js";
import { makeSpan, openEditor } from "../support/editors.js";

test("a transaction reports what it changed", () => {
  const editor = openEditor(TEXT, {
    spans: [makeSpan("a", [[0, 3]], "Speaker"), makeSpan("c", [[9, 40]]), makeSpan("other", [[0, 26]])],
    relations: [{ id: "r", label: "attributed-to", from: "c", to: "a" }],
  });
  editor.run(commands.selectSpan("c"));
  const before = editor.updates.length;
  editor.run(commands.removeSelected);

  const [update, ...more] = editor.updates.slice(before);
  assert.deepEqual(more, []);
  assert.deepEqual([[...update.touched].sort(), [...update.blocks].sort()], [["a", "c"], [0, 1]]);
});

test("a refused transaction changes nothing", () => {
  const { store, updates } = openEditor(TEXT, { spans: [makeSpan("a", [[0, 3]])] });
  const { state } = store;

  assert.throws(() => store.dispatch({ selectedId: "a", userEvent: "test", changes: [
    { id: "1", kind: "add_span", span: makeSpan("b", [[4, 8]]) },
    { id: "2", kind: "remove_span", span: makeSpan("x", [[0, 1]]) },
  ] }), ChangeRefused);
  assert.equal(store.state, state);
  assert.deepEqual([updates.length, store.state.spans.size], [0, 1]);
});

test("only own changes must follow the schema", () => {
  const { store } = openEditor(TEXT);
  const changes = [{ id: "1", kind: /** @type {const} */ ("add_span"), span: makeSpan("b", [[4, 8]], "Rumour") }];

  assert.throws(() => store.dispatch({ changes, userEvent: "add.span" }), /no label “Rumour”/);
  store.dispatch({ changes, userEvent: "remote" });
  assert.equal(store.state.spans.get("b")?.label, "Rumour");
});

test("missing spans are not selected", () => {
  const { store } = openEditor(TEXT, { spans: [makeSpan("a", [[0, 3]])] });
  store.dispatch({ selectedId: "a", cursor: { anchor: -5, focus: 99 }, userEvent: "test" });
  assert.deepEqual([store.state.selectedId, store.state.cursor], ["a", { anchor: 0, focus: 10 }]);
  store.dispatch({ changes: [{ id: "1", kind: "remove_span", span: makeSpan("a", [[0, 3]]) }], userEvent: "remote" });
  assert.equal(store.state.selectedId, null);
});

test("nested transactions arrive in order", () => {
  const { store, run } = openEditor(TEXT);
  /** @type {string[]} */
  const events = [];
  store.subscribe(({ transaction }) => {
    if (transaction.userEvent === "add.span") store.dispatch({ userEvent: "saving" });
  });
  store.subscribe(({ transaction }) => events.push(transaction.userEvent));
  run(commands.labelSelection("Claim"));

  assert.deepEqual(events, ["add.span", "saving"]);
});

test("subscriptions can end", () => {
  const editor = openEditor(TEXT);
  let calls = 0;
  const end = editor.store.subscribe(() => {
    calls += 1;
  });
  selectWords(editor, "Ada");
  end();
  selectWords(editor, "said");

  assert.equal(calls, 1);
});
