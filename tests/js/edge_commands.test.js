import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../static/editor/commands.js";
import { moveEdge } from "../../static/editor/edge_commands.js";
import { selected, TEXT } from "./support/article.js";
import { makeSpan, openEditor } from "./support/editors.js";

/** @param {[number, number][]} fragments */
function openWith(fragments) {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", fragments)] });
  editor.run(commands.selectSpan("c"));
  return editor;
}

test("an end that is dragged into a word takes in the whole of it", () => {
  const editor = openWith([[9, 12]]);

  assert.ok(editor.run(moveEdge("end", TEXT.indexOf("plan") + 2)));
  assert.equal(TEXT.slice(...selected(editor).fragments[0]), "the plan");
  assert.ok(editor.run(moveEdge("start", 5)));
  assert.equal(editor.said(), "Claim now covers “said the plan”.");
});

test("an end never passes the other end, and parts in between stay", () => {
  const editor = openWith([[0, 3], [9, 12], [18, 21]]);

  editor.run(moveEdge("end", 0));
  assert.deepEqual(selected(editor).fragments, [[0, 3], [9, 12], [18, 21]], "one word of the last part is left");
  editor.run(moveEdge("start", 40));
  assert.deepEqual(selected(editor).fragments[0], [0, 3]);
});

test("a preview only selects", () => {
  const editor = openWith([[9, 12]]);

  assert.ok(editor.run(moveEdge("end", 15, true)));
  assert.deepEqual(editor.store.state.selection, { start: 9, end: 17 });
  assert.deepEqual(selected(editor).fragments, [[9, 12]]);
});
