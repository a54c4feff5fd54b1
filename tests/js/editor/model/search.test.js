import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { findAll, matchFrom } from "../../../../static/editor/model/text/search.js";
import { makeSpan, makeText, openEditor } from "../support/editors.js";
import { Random } from "../support/random.js";

const TEXT = "The plan was off. THE plan’s end\nthe  plan, he said “plan” (a.b) 🙂 plan";

/**
 * @param {string} text
 * @param {string} words
 * @param {import("../../../../static/editor/model/text/search.js").FindOptions} [options]
 */
function found(text, words, options) {
  const { document } = openEditor(text).store.state;
  return findAll(document, words, options).matches.map(([start, end]) => text.slice(start, end));
}

test("matches ignore case, white space and quotation styles", () => {
  assert.deepEqual(found(TEXT, "the plan"), ["The plan", "THE plan", "the  plan"]);
  assert.deepEqual(found(TEXT, "end the"), ["end\nthe"]);
  assert.deepEqual(found(TEXT, "plan's"), ["plan’s"]);
  assert.deepEqual(found(TEXT, '"plan"'), ["“plan”"]);
  assert.deepEqual(found(TEXT, "the plan", { matchCase: true }), ["the  plan"]);
});

test("special characters match themselves", () => {
  assert.deepEqual(found(TEXT, "a.b"), ["a.b"]);
  assert.deepEqual(found(TEXT, "(a"), ["(a"]);
  assert.deepEqual(found(TEXT, "🙂 plan"), ["🙂 plan"]);
  for (const nothing of ["", "  ", "axb", "\\w"]) assert.deepEqual(found(TEXT, nothing), [], nothing);
});

test("whole words match whole words only", () => {
  const text = "plan planner plan";

  assert.equal(found(text, "plan").length, 3);
  assert.deepEqual(found(text, "plan", { wholeWords: true }), ["plan", "plan"]);
});

test("the number of matches is limited", () => {
  const { document } = openEditor("a ".repeat(50)).store.state;

  assert.deepEqual(findAll(document, "a", { most: 7 }).matches.length, 7);
  assert.equal(findAll(document, "a", { most: 7 }).isCut, true);
  assert.equal(findAll(document, "a", { most: 50 }).isCut, false);
});

test("matches in random text equal the words", () => {
  const random = new Random(7);
  for (let round = 0; round < 40; round += 1) {
    const text = makeText(random, 60);
    const from = random.below(text.length);
    const words = text.slice(from, from + 1 + random.below(12)).trim();
    if (words === "" || /[\ud800-\udfff]/.test(words[0] + words[words.length - 1])) continue;
    const plain = (/** @type {string} */ piece) => piece.replace(/\s+/gu, " ").toLowerCase();
    const pieces = found(text, words);
    assert.ok(pieces.length > 0, JSON.stringify(words));
    for (const piece of pieces) assert.equal(plain(piece), plain(words));
  }
});

test("next and previous match wrap around", () => {
  /** @type {[number, number][]} */
  const matches = [[3, 5], [10, 12], [20, 22]];

  assert.deepEqual([0, 3, 4, 21].map((offset) => matchFrom(matches, offset, 1)), [0, 0, 1, 0]);
  assert.deepEqual([0, 4, 11, 30].map((offset) => matchFrom(matches, offset, -1)), [2, 0, 1, 2]);
  assert.equal(matchFrom([], 5, 1), -1);
});

test("all occurrences are labelled in one step", () => {
  const text = "Ada said so. Ada, not Adam. ada";
  const editor = openEditor(text, { spans: [makeSpan("s", [[0, 3]], "Speaker")] });
  const { matches } = findAll(editor.store.state.document, "Ada", { wholeWords: false });
  const preview = commands.occurrencesOf(editor.store.state, "Speaker", matches);
  assert.deepEqual(preview.map(({ fragment: [start, end], isLabelled }) => [text.slice(start, end), isLabelled]),
    [["Ada", true], ["Ada", false], ["Adam", false], ["ada", false]]);

  assert.ok(editor.run(commands.labelAll("Speaker", [preview[1].fragment, preview[3].fragment, preview[0].fragment])));
  assert.equal(editor.store.state.spans.size, 3);
  assert.equal(editor.said(), "2 occurrences labelled Speaker. Undo removes all of them.");
  assert.deepEqual(editor.store.state.spans.get(editor.store.state.selectedId ?? "")?.attributes,
    { kind: "person", mention: "name" });
  editor.history.undo();
  assert.deepEqual([editor.store.state.spans.size, editor.history.canUndo()], [1, false]);
  editor.history.redo();
  assert.equal(editor.store.state.spans.size, 3);
});

test("labelling everything twice is refused", () => {
  const editor = openEditor("Ada", { spans: [makeSpan("s", [[0, 3]], "Speaker")] });

  assert.equal(editor.run(commands.labelAll("Speaker", [[0, 3]])), false);
  assert.equal(editor.said(), "All occurrences are labelled Speaker already.");
  assert.equal(editor.run(commands.labelAll("Nothing", [[0, 3]])), false);
});
