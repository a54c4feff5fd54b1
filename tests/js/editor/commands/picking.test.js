import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { selected } from "../support/article.js";
import { makeSpan, openEditor } from "../support/editors.js";

const TEXT = "Torvand flatly denied that her office had promised the route.\nOsk said so.";

/** @param {ReturnType<typeof openEditor>} editor @param {string} word */
function typeLetters(editor, word) {
  const { document, picking } = editor.store.state;
  const hint = picking?.hints.find(({ token }) =>
    TEXT.slice(document.tokenStarts[token], document.tokenEnds[token]) === word);
  for (const letter of hint?.letters ?? "") editor.run(commands.pickLetter(letter));
}

/** @param {ReturnType<typeof openEditor>} editor */
const covered = (editor) => selected(editor).fragments.map((/** @type {[number, number]} */ fragment) =>
  TEXT.slice(...fragment));

test("a label key and the letters of a word label up to the default end", () => {
  const editor = openEditor(TEXT);
  editor.run(commands.labelByKey("Speaker"));
  assert.match(editor.said() ?? "", /^Speaker: type the letters of the first word\. f: Torvand/);
  typeLetters(editor, "Torvand");
  assert.deepEqual(covered(editor), ["Torvand"]);

  editor.run(commands.labelByKey("Denial"));
  typeLetters(editor, "flatly");
  assert.deepEqual([selected(editor).label, covered(editor)], ["Denial", ["flatly denied"]], "a nested or next span");
  editor.run(commands.labelByKey("Claim"));
  typeLetters(editor, "her");
  assert.equal(covered(editor)[0].startsWith("her office had promised the route"), true);
  assert.equal(editor.store.state.picking, null);
});

test("Space and letters end the span at a word, j and k at the ends of phrases", () => {
  const editor = openEditor(TEXT);
  editor.run(commands.labelByKey("Claim"));
  typeLetters(editor, "her");
  editor.run(commands.pickEnd);
  typeLetters(editor, "promised");

  assert.deepEqual(covered(editor), ["her office had promised"]);
  editor.run(commands.resizeByStructure(-1));
  assert.deepEqual(covered(editor), ["her office had"]);
  editor.run(commands.resizeByStructure(-1));
  assert.deepEqual(covered(editor), ["her office"]);
  editor.run(commands.resizeByStructure(1));
  assert.deepEqual(covered(editor), ["her office had"]);
});

test("Enter relabels the span just made, Escape ends picking", () => {
  const editor = openEditor(TEXT);
  editor.run(commands.labelByKey("Claim"));
  editor.run(commands.confirmPick);
  assert.deepEqual([selected(editor).label, covered(editor)], ["Claim", ["Torvand"]], "the word at the cursor");
  editor.run(commands.labelByKey("Speaker"));
  editor.run(commands.confirmPick);
  assert.deepEqual([selected(editor).label, editor.store.state.spans.size], ["Speaker", 1]);

  editor.run(commands.labelByKey("Hedge"));
  editor.run(commands.cancelPick);
  assert.deepEqual([editor.store.state.picking, editor.store.state.spans.size], [null, 1]);
});

test("a selected span, selected text or a word gone to is labelled at once", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("s", [[0, 7]], "Speaker")] });
  editor.run(commands.selectSpan("s"));
  editor.run(commands.labelByKey("Claim"));
  assert.equal(selected(editor).label, "Claim");
  editor.run(commands.moveCursor("token", 1));
  editor.run(commands.labelByKey("Hedge"));
  assert.deepEqual(covered(editor), ["flatly"]);
  editor.run(commands.selectText(15, 21));
  editor.run(commands.labelByKey("Denial"));
  assert.deepEqual(covered(editor), ["denied"]);
});

test("a further fragment is picked, and its start can be moved", () => {
  const editor = openEditor(TEXT);
  editor.run(commands.labelByKey("Claim"));
  typeLetters(editor, "Torvand");
  editor.run(commands.pickEnd);
  typeLetters(editor, "flatly");
  editor.run(commands.pickFragment);
  typeLetters(editor, "had");
  assert.equal(covered(editor).length, 2);
  editor.run(commands.resize("start", -1));

  assert.deepEqual(covered(editor)[0], "Torvand flatly");
  assert.match(covered(editor)[1], /^office had promised/);
});

test("letters that no word has are refused", () => {
  const editor = openEditor("One two");
  editor.run(commands.labelByKey("Claim"));

  assert.ok(editor.run(commands.pickLetter("z")));
  assert.equal(editor.said(), "No word has the letters “z”.");
  assert.notEqual(editor.store.state.picking, null);
});

test("a label without a rule of its own ends where its last spans usually ended", () => {
  const text = "Ann Lee said so. Ben Moe said so. Tim Roe said so. Kim Poe said so.";
  const names = ["Ann Lee", "Ben Moe", "Tim Roe"].map((name, index) =>
    makeSpan(`s${index}`, [[text.indexOf(name), text.indexOf(name) + name.length]], "Name"));
  const schema = { labels: [{ id: "Name" }], relations: [] };
  for (const [least, end] of /** @type {[number, string][]} */ ([[0, "Kim Poe"], [1, "Kim Poe said so."]])) {
    const spans = names.slice(least);
    const editor = openEditor(text, { schema, spans });
    editor.run(commands.labelByKey("Name"));
    const token = editor.store.state.document.tokenStarts.indexOf(text.indexOf("Kim"));
    const picking = /** @type {any} */ (editor.store.state.picking);
    editor.run(commands.pickToken(picking, token));
    assert.equal(text.slice(.../** @type {[number, number]} */ (selected(editor).fragments[0])), end);
  }
});
