import assert from "node:assert/strict";
import { test } from "node:test";
import { suggestedNames } from "../../../../static/editor/model/name_suggestions.js";
import { makeSpan, openEditor } from "../support/editors.js";

const TEXT = "Kremlin said Peskov left and Kremlin came and Dmitry Peskov and Ann and minister Ann Peskov and Kremlin";

/**
 * Speakers over words of the text, the nth time that they occur, with a canonical name.
 *
 * @param {[string, number, string][]} rows
 */
function open(rows) {
  const spans = rows.map(([words, nth, canonical], index) => {
    let start = -1;
    for (let time = 0; time <= nth; time += 1) start = TEXT.indexOf(words, start + 1);
    const attributes = canonical ? { canonical } : {};
    return { ...makeSpan(`s${index}`, [[start, start + words.length]], "Speaker"), attributes };
  });
  return openEditor(TEXT, { spans }).store.state;
}

/** @param {[string, number, string][]} rows the last is the one that is asked for */
function suggestions(rows) {
  const state = open(rows);
  const span = state.spans.get(`s${rows.length - 1}`);
  assert.ok(span);
  return suggestedNames(state, span, "canonical");
}

test("what the same words were called comes first, the most frequent before the others", () => {
  assert.deepEqual(
    suggestions([["Kremlin", 0, "Russia"], ["Kremlin", 1, "Russia"], ["Ann", 0, "Ann Lee"], ["Kremlin", 2, ""]]),
    ["Russia", "Kremlin"]);
});

test("then names that share words, those with more of them first, then the words themselves", () => {
  assert.deepEqual(
    suggestions([["Dmitry Peskov", 0, "Dmitry Peskov"], ["Ann", 0, "Ann Peskov"], ["minister Ann Peskov", 0, ""]]),
    ["Ann Peskov", "Dmitry Peskov", "minister Ann Peskov"]);
});

test("the name that it has already is not offered, nor anything twice", () => {
  assert.deepEqual(suggestions([["Kremlin", 0, "Russia"], ["Kremlin", 1, "Russia"]]), ["Kremlin"]);
  assert.deepEqual(suggestions([["Ann", 0, "Ann"]]), []);
});

test("names that the annotator gave elsewhere in the project count too", () => {
  assert.deepEqual(suggestedNames({ ...open([["Ann", 0, ""]]), speakers: ["Lee", "Ann Lee"] },
    makeSpan("x", [[TEXT.indexOf("Ann"), TEXT.indexOf("Ann") + 3]], "Speaker"), "canonical"), ["Ann Lee", "Ann"]);
});
