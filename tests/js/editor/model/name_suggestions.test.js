import assert from "node:assert/strict";
import { test } from "node:test";
import { suggestedNames } from "../../../../static/editor/model/name_suggestions.js";
import { makeSpan, openEditor } from "../support/editors.js";

const TEXT = "Kremlin said Peskov left and Kremlin came and Dmitry Peskov and Ann and minister Ann Peskov and Kremlin";

/**
 * Return Speaker spans over the nth occurrence of words in the text, with a canonical name.
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

test("names of the same words come first", () => {
  assert.deepEqual(
    suggestions([["Kremlin", 0, "Russia"], ["Kremlin", 1, "Russia"], ["Ann", 0, "Ann Lee"], ["Kremlin", 2, ""]]),
    ["Russia", "Kremlin"]);
});

test("names that share words come next", () => {
  assert.deepEqual(
    suggestions([["Dmitry Peskov", 0, "Dmitry Peskov"], ["Ann", 0, "Ann Peskov"], ["minister Ann Peskov", 0, ""]]),
    ["Ann Peskov", "Dmitry Peskov", "minister Ann Peskov"]);
});

test("the current name is not suggested", () => {
  assert.deepEqual(suggestions([["Kremlin", 0, "Russia"], ["Kremlin", 1, "Russia"]]), ["Kremlin"]);
  assert.deepEqual(suggestions([["Ann", 0, "Ann"]]), []);
});

test("names from elsewhere in the project count", () => {
  assert.deepEqual(suggestedNames({ ...open([["Ann", 0, ""]]), speakers: ["Lee", "Ann Lee"] },
    makeSpan("x", [[TEXT.indexOf("Ann"), TEXT.indexOf("Ann") + 3]], "Speaker"), "canonical"), ["Ann Lee", "Ann"]);
});
