import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf, unconfirmedAttributes } from "../../../../static/editor/model/review/findings.js";
import { makeSpan, openEditor, SCHEMA } from "../support/editors.js";

const TEXT = "Ada said it rained.\nThe ministry denied it.\n" +
  "\u201cWe saw nothing at all\u201d, Osk said to us.\nThe sun rose.";
const CLAIM = { quote_type: "indirect", voice: "speaker", kind: "prediction" };

/**
 * @param {any[]} spans
 * @param {any[]} [relations]
 * @param {string[]} [waived]
 */
function keys(spans, relations = [], waived = []) {
  const { store } = openEditor(TEXT, { spans, relations });
  return findingsOf(store.state, SCHEMA, new Set(waived)).map(({ key }) => key);
}

/** @param {string} words @returns {[number, number][]} */
function at(words) {
  const start = TEXT.indexOf(words);
  assert.ok(start >= 0);
  return [[start, start + words.length]];
}

test("a document without spans is questioned", () => {
  assert.deepEqual(keys([]), ["empty:0"]);
  assert.deepEqual(keys([], [], ["empty:0"]), []);
});

test("missing speakers and targets, quotations and cues are found in reading order", () => {
  const spans = [makeSpan("rain", at("it rained"), "Claim", { ...CLAIM, voice: "speaker" }),
    makeSpan("denial", at("denied"), "Denial", { kind: "explicit", form: "reported", target: "in-text" })];

  const found = keys(spans);

  assert.deepEqual(found.filter((key) => !key.startsWith("defaults")),
    ["claim-without-speaker:rain", "denial-without-target:denial", `quotation:${TEXT.indexOf("\u201c")}`]);
  assert.deepEqual(keys([makeSpan("sun", at("sun"), "Hedge", {})]).filter((key) => key.startsWith("cue")),
    ["cue:0", "cue:20"]);
});

test("a claim with its speaker is complete", () => {
  const spans = [makeSpan("ada", at("Ada"), "Speaker", { kind: "group", mention: "description" }),
    makeSpan("rain", at("it rained"), "Claim", { ...CLAIM, quote_type: "direct" })];
  const relation = { id: "r", label: "attributed-to", from: "rain", to: "ada" };

  const found = keys(spans, [relation]).filter((key) => /:(?:ada|rain)$/u.test(key));

  assert.deepEqual(found, ["quote-type-mismatch:rain", "defaults:rain"]);
});

test("punctuation, pairs, crossing spans and other labels for the same words are found", () => {
  const spans = [makeSpan("comma", at(","), "Cue", {}), makeSpan("end", at("rose."), "Cue", {}),
    makeSpan("open", at("\u201cWe saw"), "Cue", {}), makeSpan("cross", at("saw nothing"), "Cue", {}),
    makeSpan("it", [[9, 11]], "Cue", {}), makeSpan("it2", [[40, 42]], "Claim", CLAIM)];

  const found = keys(spans);

  const expected = ["punctuation-only:comma", "trailing-punctuation:end", "unbalanced-pair:open",
    "crossing-spans:cross", "same-words:it2"];
  assert.deepEqual(expected.filter((key) => !found.includes(key)), []);
});

test("a default counts as confirmed once it is waived or set to another value", () => {
  const attributes = { quote_type: "indirect", voice: "speaker", kind: "fact" };
  const { store } = openEditor(TEXT, { spans: [makeSpan("rain", at("it rained"), "Claim", attributes)] });
  const [span] = store.state.spans.values();

  assert.deepEqual(unconfirmedAttributes(store.state, span, new Set()), ["Quote type", "Voice", "Kind"]);
  assert.deepEqual(unconfirmedAttributes(store.state, span, new Set(["default:rain:voice"])), ["Quote type", "Kind"]);
  assert.deepEqual(unconfirmedAttributes(store.state, span, new Set(["defaults:rain"])), []);
});
