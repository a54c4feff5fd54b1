import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../static/editor/commands.js";
import { resizeByClause } from "../../static/editor/clause_commands.js";
import { openEditor } from "./support/editors.js";

/** Words and signs as tokens of their own, as the server sends them. */
const TEXT = "He said , after all , that it rained – twice . Nobody knew";

/** @param {string} words */
function openOn(words) {
  const start = TEXT.indexOf(words);
  const editor = openEditor(TEXT);
  editor.run(commands.selectText(start, start + words.length));
  editor.run(commands.labelSelection("Cue"));
  const covered = () => {
    const span = commands.selectedSpan(editor.store.state);
    return span && TEXT.slice(...span.fragments[0]);
  };
  return { ...editor, covered };
}

test("an end goes from clause to clause, leaving out the signs between them", () => {
  const editor = openOn("it");

  const ends = [1, 1, 1, -1, -1].map((direction) => {
    assert.ok(editor.run(resizeByClause("end", /** @type {1|-1} */ (direction))));
    return editor.covered();
  });
  assert.deepEqual(ends, ["it rained", "it rained – twice", "it rained – twice . Nobody knew", "it rained – twice",
    "it rained"]);
});

test("a start goes to the beginning of its clause and of those before", () => {
  const editor = openOn("rained");

  const starts = [-1, -1, 1].map((direction) => {
    assert.ok(editor.run(resizeByClause("start", /** @type {1|-1} */ (direction))));
    return editor.covered();
  });
  assert.deepEqual(starts, ["that it rained", "after all , that it rained", "that it rained"]);
});

test("at the ends of the text, and without a span, nothing moves", () => {
  const editor = openOn("Nobody knew");

  assert.equal(editor.run(resizeByClause("end", 1)), false);
  editor.run(commands.selectSpan(null));
  assert.equal(editor.run(resizeByClause("start", -1)), false);
});
