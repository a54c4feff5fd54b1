import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../static/editor/commands.js";
import { selected, selectWords, TEXT } from "./support/article.js";
import { makePayload, makeSpan, openEditor } from "./support/editors.js";
import { readPayload } from "../../static/editor/wire.js";

const covered = (/** @type {any} */ editor) => TEXT.slice(...selected(editor).fragments[0]);

test("what the rules cut off is told, and one key takes back the cut and nothing else", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "the", "off");
  editor.run(commands.labelSelection("Claim"));
  editor.run(commands.setAttribute("kind", "position"));
  assert.equal(editor.run(commands.keepCut), false, "what was done meanwhile ends the chance");
  editor.history.undo();
  editor.history.undo();
  selectWords(editor, "the", "off");
  editor.run(commands.labelSelection("Claim"));
  assert.deepEqual([covered(editor), editor.store.state.cut?.words], ["the plan was off", "left out “.” after"]);

  assert.ok(editor.run(commands.keepCut));
  assert.deepEqual([covered(editor), editor.store.state.spans.size, editor.store.state.cut],
    ["the plan was off.", 1, null]);
  assert.equal(editor.said(), "Claim covers “the plan was off.”, as selected.");
  assert.equal(editor.run(commands.keepCut), false);
  editor.history.undo();
  assert.equal(covered(editor), "the plan was off");
});

test("covering the selection instead, or as well, follows the rules, and can be kept too", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[0, 3]])] });
  editor.run(commands.selectSpan("c"));
  selectWords(editor, "the", "off");
  editor.run(commands.setFragments);
  assert.deepEqual([covered(editor), editor.said()],
    ["the plan was off", "Claim now covers “the plan was off”. By the boundary rules left out “.” after."]);
  selectWords(editor, "twice");
  editor.run(commands.addFragment);
  const { fragments } = selected(editor);
  assert.deepEqual(fragments.map((/** @type {[number, number]} */ piece) => TEXT.slice(...piece)),
    ["the plan was off", "twice"]);
  editor.run(commands.keepCut);

  assert.deepEqual(selected(editor).fragments.map((/** @type {[number, number]} */ piece) => TEXT.slice(...piece)),
    ["the plan was off", "twice."]);
});

test("news from elsewhere leave the chance to keep; the end of the span ends it", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "the", "off");
  editor.run(commands.labelSelection("Claim"));
  const other = makeSpan("other", [[0, 3]], "Speaker");
  editor.store.dispatch({ changes: [{ id: "1", kind: "add_span", span: other }], userEvent: "remote" });
  assert.ok(editor.run((state) => commands.keepCut(state)));
  const span = selected(editor);
  editor.store.dispatch({ changes: [{ id: "2", kind: "remove_span", span }], userEvent: "remote" });

  assert.equal(editor.store.state.cut, null);
});

test("a project that does not snap gets exactly what was selected", () => {
  const payload = makePayload(TEXT);
  const state = readPayload({ ...payload, project: { ...payload.project, snap: false } });
  const start = TEXT.indexOf("the plan");
  /** @type {import("../../static/editor/types.js").Transaction[]} */
  const made = [];
  const selection = { start: start - 1, end: start + 17 };
  commands.labelSelection("Claim")({ ...state, selection }, (transaction) => void made.push(transaction));

  const [change] = made[0].changes ?? [];
  assert.deepEqual(change.kind === "add_span" && change.span.fragments, [[start - 1, start + 17]]);
  assert.equal(made[0].cut, null);
});

test("white space alone makes nothing", () => {
  const editor = openEditor("Ada  said");
  assert.equal(editor.run(commands.selectText(3, 5)), false);
  assert.equal(editor.store.state.selection, null);
});
