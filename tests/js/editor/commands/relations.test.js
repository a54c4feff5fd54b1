import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { makeSpan, openEditor } from "../support/editors.js";

const LINES = Array.from({ length: 30 }, (_, line) => `word${String(line).padStart(2, "0")}\n`);
const speakerAt = (/** @type {number} */ line) => makeSpan(`s${line}`, [[7 * line, 7 * line + 6]], "Speaker");

/** @param {number[]} lines of speakers, around a claim on line 15 */
function openWith(lines) {
  const claim = makeSpan("claim", [[7 * 15, 7 * 15 + 6]], "Claim");
  const editor = openEditor(LINES.join(""), { spans: [claim, ...lines.map(speakerAt)] });
  editor.run(commands.selectSpan("claim"));
  return editor;
}

/** @param {ReturnType<typeof openWith>} editor @param {{skip?: number, most?: number, words?: string}} [options] */
function targets(editor, options) {
  const found = commands.nearestTargets(editor.store.state, "attributed-to", options);
  return [found.targets.map((span) => span.id), found.hasMore];
}

test("targets are sorted by distance", () => {
  const editor = openWith([0, 12, 14, 17, 29]);

  assert.deepEqual(targets(editor), [["s14", "s17", "s12", "s29", "s0"], false]);
});

test("nine targets have numbers at a time", () => {
  const editor = openWith(Array.from({ length: 30 }, (_, line) => line).filter((line) => line !== 15));
  const [near, hasMore] = targets(editor);
  const [far] = targets(editor, { skip: 9 });

  assert.deepEqual([/** @type {string[]} */ (near).length, hasMore], [commands.NUMBERED, true]);
  assert.deepEqual(/** @type {string[]} */ (far).filter((id) => /** @type {string[]} */ (near).includes(id)), []);
  assert.deepEqual(targets(editor, { skip: 27 }), [["s29", "s0"], false]);
});

test("targets must be allowed by the schema", () => {
  const editor = openWith([14]);
  editor.run(commands.addRelation("attributed-to", "s14"));

  assert.deepEqual(targets(editor), [[], false]);
  editor.run(commands.selectSpan(null));
  assert.deepEqual(targets(editor), [[], false]);
});

test("words filter the targets whatever the case", () => {
  const editor = openWith([0, 12, 14, 17, 29]);

  assert.deepEqual(targets(editor, { words: " WORD1 " }), [["s14", "s17", "s12"], false]);
  assert.deepEqual(targets(editor, { words: "word00" }), [["s0"], false]);
  assert.deepEqual(targets(editor, { words: "nothing" }), [[], false]);
});
