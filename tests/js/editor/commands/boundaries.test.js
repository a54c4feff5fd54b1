import assert from "node:assert/strict";
import { test } from "node:test";
import { moveBoundary, resizeByClause } from "../../../../static/editor/commands/boundaries.js";
import * as commands from "../../../../static/editor/commands/index.js";
import { readPayload } from "../../../../static/editor/model/wire.js";
import { selected, selectWords, TEXT } from "../support/article.js";
import { makePayload, makeSpan, openEditor } from "../support/editors.js";

test("boundaries move by word and by sentence", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[9, 17]])] });
  const now = () => TEXT.slice(...selected(editor).fragments[0]);
  editor.run(commands.selectSpan("c"));

  editor.run(commands.resize("end", 1));
  assert.equal(now(), "the plan was");
  editor.run(commands.resize("start", -1));
  assert.equal(now(), "said the plan was");
  editor.run(commands.resize("start", 1));
  editor.run(commands.resize("end", -1));
  assert.equal(now(), "the plan");
  editor.run(commands.resize("end", -1));
  assert.equal(editor.run(commands.resize("end", -1)), false);
  assert.deepEqual([now(), editor.said()], ["the", "A span covers at least one word. Press Delete to remove it."]);
  editor.run(commands.resize("end", 1, "sentence"));
  assert.equal(now(), "the plan was off.");
  editor.run(commands.widenToSentence);
  assert.equal(now(), "Ada said the plan was off.");
  assert.equal(editor.run(commands.resize("start", -1)), false);
});

test("boundaries inside words move to the next word boundary", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[10, 15]])] });
  editor.run(commands.selectSpan("c"));

  editor.run(commands.resize("end", 1));
  editor.run(commands.resize("start", -1));
  assert.equal(TEXT.slice(...selected(editor).fragments[0]), "the plan");
});

test("selected text replaces or joins the fragments of a span", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[0, 3]]), makeSpan("s", [[28, 31]], "Speaker")] });
  editor.run(commands.selectSpan("c"));
  selectWords(editor, "plan");
  assert.ok(editor.run(commands.setFragments));
  selectWords(editor, "🙂", "denied");
  assert.ok(editor.run(commands.addFragment));
  const parts = selected(editor).fragments.map((/** @type {any} */ part) => TEXT.slice(...part));
  assert.deepEqual(parts, ["plan", "🙂 denied"]);
  selectWords(editor, "was", "off");
  editor.run(commands.addFragment);
  assert.equal(TEXT.slice(...selected(editor).fragments[0]), "plan was off", "only white space between: one part");
  editor.run(commands.selectSpan("s"));
  selectWords(editor, "denied");
  assert.equal(editor.run(commands.addFragment), false);
  assert.equal(editor.said(), "Speaker spans cannot have several fragments.");
});

test("a change that would duplicate another span is refused", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[0, 3]]), makeSpan("d", [[4, 8]])] });
  editor.run(commands.selectSpan("d"));
  selectWords(editor, "Ada");

  assert.equal(editor.run(commands.setFragments), false);
  assert.equal(editor.said(), "Claim “Ada” exists already.");
});

/** @param {[number, number][]} fragments */
function openWith(fragments) {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", fragments)] });
  editor.run(commands.selectSpan("c"));
  return editor;
}

test("a dragged boundary takes whole words", () => {
  const editor = openWith([[9, 12]]);

  assert.ok(editor.run(moveBoundary("end", TEXT.indexOf("plan") + 2)));
  assert.equal(TEXT.slice(...selected(editor).fragments[0]), "the plan");
  assert.ok(editor.run(moveBoundary("start", 5)));
  assert.equal(editor.said(), "Claim now covers “said the plan”.");
});

test("a dragged boundary never passes the other one", () => {
  const editor = openWith([[0, 3], [9, 12], [18, 21]]);

  editor.run(moveBoundary("end", 0));
  assert.deepEqual(selected(editor).fragments, [[0, 3], [9, 12], [18, 21]], "one word of the last part is left");
  editor.run(moveBoundary("start", 40));
  assert.deepEqual(selected(editor).fragments[0], [0, 3]);
});

test("a preview only selects text", () => {
  const editor = openWith([[9, 12]]);

  assert.ok(editor.run(moveBoundary("end", 15, true)));
  assert.deepEqual(editor.store.state.selection, { start: 9, end: 17 });
  assert.deepEqual(selected(editor).fragments, [[9, 12]]);
});

/** Words and signs as tokens of their own, as the server sends them. */
const CLAUSES = "He said , after all , that it rained – twice . Cyril knew";

/** @param {string} words */
function openOn(words) {
  const start = CLAUSES.indexOf(words);
  const editor = openEditor(CLAUSES);
  editor.run(commands.selectText(start, start + words.length));
  editor.run(commands.labelSelection("Cue"));
  const covered = () => {
    const span = commands.selectedSpan(editor.store.state);
    return span && CLAUSES.slice(...span.fragments[0]);
  };
  return { ...editor, covered };
}

test("an end moves from clause to clause", () => {
  const editor = openOn("it");

  const ends = [1, 1, 1, -1, -1].map((direction) => {
    assert.ok(editor.run(resizeByClause("end", /** @type {1|-1} */ (direction))));
    return editor.covered();
  });
  assert.deepEqual(ends, ["it rained", "it rained – twice", "it rained – twice . Cyril knew", "it rained – twice",
    "it rained"]);
});

test("a start moves from clause to clause", () => {
  const editor = openOn("rained");

  const starts = [-1, -1, 1].map((direction) => {
    assert.ok(editor.run(resizeByClause("start", /** @type {1|-1} */ (direction))));
    return editor.covered();
  });
  assert.deepEqual(starts, ["that it rained", "after all , that it rained", "that it rained"]);
});

test("clauses end with the text and need a span", () => {
  const editor = openOn("Cyril knew");

  assert.equal(editor.run(resizeByClause("end", 1)), false);
  editor.run(commands.selectSpan(null));
  assert.equal(editor.run(resizeByClause("start", -1)), false);
});

const covered = (/** @type {any} */ editor) => TEXT.slice(...selected(editor).fragments[0]);

test("undoing a trim restores the selected text", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "the", "off");
  editor.run(commands.labelSelection("Claim"));
  editor.run(commands.setAttribute("kind", "position"));
  assert.equal(editor.run(commands.undoTrim), false, "another change ends the chance to undo it");
  editor.history.undo();
  editor.history.undo();
  selectWords(editor, "the", "off");
  editor.run(commands.labelSelection("Claim"));
  assert.deepEqual([covered(editor), editor.store.state.trim?.message],
    ["the plan was off", "Trimmed “.” (boundary rule)."]);

  assert.ok(editor.run(commands.undoTrim));
  assert.deepEqual([covered(editor), editor.store.state.spans.size, editor.store.state.trim],
    ["the plan was off.", 1, null]);
  assert.equal(editor.said(), "Claim covers “the plan was off.”, as selected.");
  assert.equal(editor.run(commands.undoTrim), false);
  editor.history.undo();
  assert.equal(covered(editor), "the plan was off");
});

test("replacing and adding text follow the boundary rules", () => {
  const editor = openEditor(TEXT, { spans: [makeSpan("c", [[0, 3]])] });
  editor.run(commands.selectSpan("c"));
  selectWords(editor, "the", "off");
  editor.run(commands.setFragments);
  assert.deepEqual([covered(editor), editor.said()],
    ["the plan was off", "Claim now covers “the plan was off”. Trimmed “.” (boundary rule)."]);
  selectWords(editor, "twice");
  editor.run(commands.addFragment);
  const { fragments } = selected(editor);
  assert.deepEqual(fragments.map((/** @type {[number, number]} */ piece) => TEXT.slice(...piece)),
    ["the plan was off", "twice"]);
  editor.run(commands.undoTrim);

  assert.deepEqual(selected(editor).fragments.map((/** @type {[number, number]} */ piece) => TEXT.slice(...piece)),
    ["the plan was off", "twice."]);
});

test("changes made elsewhere keep the trim that can be undone", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "the", "off");
  editor.run(commands.labelSelection("Claim"));
  const other = makeSpan("other", [[0, 3]], "Speaker");
  editor.store.dispatch({ changes: [{ id: "1", kind: "add_span", span: other }], userEvent: "remote" });
  assert.ok(editor.run((state) => commands.undoTrim(state)));
  const span = selected(editor);
  editor.store.dispatch({ changes: [{ id: "2", kind: "remove_span", span }], userEvent: "remote" });

  assert.equal(editor.store.state.trim, null);
});

test("projects that do not snap keep the exact selection", () => {
  const payload = makePayload(TEXT);
  const state = readPayload({ ...payload, project: { ...payload.project, snap: false } });
  const start = TEXT.indexOf("the plan");
  /** @type {import("../../../../static/editor/model/types.js").Transaction[]} */
  const made = [];
  const selection = { start: start - 1, end: start + 17 };
  commands.labelSelection("Claim")({ ...state, selection }, (transaction) => void made.push(transaction));

  const [change] = made[0].changes ?? [];
  assert.deepEqual(change.kind === "add_span" && change.span.fragments, [[start - 1, start + 17]]);
  assert.equal(made[0].trim, null);
});

test("white space alone makes no span", () => {
  const editor = openEditor("Ada  said");
  assert.equal(editor.run(commands.selectText(3, 5)), false);
  assert.equal(editor.store.state.selection, null);
});
