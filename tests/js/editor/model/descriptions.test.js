import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, describeRelation, describeValue } from "../../../../static/editor/model/descriptions.js";
import { TEXT } from "../support/article.js";
import { makeSpan, openEditor } from "../support/editors.js";

/** @typedef {import("../../../../static/editor/model/types.js").Change} Change */

const CLAIM = makeSpan("c", [[9, 26]], "Claim", { kind: "fact" });
const { state } = openEditor(TEXT, { spans: [CLAIM, makeSpan("a", [[0, 3]], "Speaker")] }).store;

/** @param {any} before @param {any} after */
const update = (before, after) =>
  describe(state, { id: "1", kind: "update_span", span_id: "c", before, after });

test("additions and removals name label and words", () => {
  assert.equal(describe(state, { id: "1", kind: "add_span", span: CLAIM }), "Claim “the plan was off.” added");
  assert.equal(describe(state, { id: "1", kind: "remove_span", span: CLAIM }), "Claim “the plan was off.” deleted");
});

test("updates give the new value", () => {
  assert.equal(update({ attributes: { kind: "fact" } }, { attributes: { kind: "position" } }),
    "Claim “the plan was off.”: Kind is Position");
  assert.equal(update({ fragments: [[9, 26]] }, { fragments: [[0, 3], [9, 12]] }),
    "Claim “the plan was off.”: now covers “Ada … the”");
  assert.equal(update({ note: "" }, { note: "x" }), "Claim “the plan was off.”: note changed");
  assert.equal(update({ note: "x" }, { note: "" }), "Claim “the plan was off.”: note deleted");
  assert.equal(update({ label: "Claim" }, { label: "Denial" }), "Claim “the plan was off.”: Claim became Denial");
});

test("relations are described even without one of their spans", () => {
  const relation = { id: "r", label: "attributed-to", from: "c", to: "a" };

  assert.equal(describeRelation(state, relation), "Claim “the plan was off.” attributed to Speaker “Ada”");
  assert.equal(describe(state, { id: "1", kind: "remove_relation", relation: { ...relation, to: "gone" } }),
    "Claim “the plan was off.” attributed to a deleted span: deleted");
});

test("missing values and free text are distinguished", () => {
  assert.equal(describeValue(state, "Claim", "attributes.kind", null), "nothing");
  assert.equal(describeValue(state, "Speaker", "attributes.canonical", "Ada <b>"), "“Ada <b>”");
  assert.equal(describeValue(state, "Claim", "label", "Rumour"), "Rumour");
});
