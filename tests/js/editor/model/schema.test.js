import assert from "node:assert/strict";
import { test } from "node:test";
import {
  attributesForLabel, defaultAttributes, labelOf, parseSchema, PATTERNS, relationProblem,
  visibleLabels,
} from "../../../../static/editor/model/schema.js";
import { makeSpan, openEditor, SCHEMA } from "../support/editors.js";

const schema = parseSchema(SCHEMA, { showOptional: true });
const [claim, speaker, denial] = ["Claim", "Speaker", "Denial"].map((id) => labelOf(schema, id));

test("labels have a colour, a key and a pattern", () => {
  const labels = [...schema.labels.values()];

  assert.deepEqual(labels.map((label) => label.hotkey), ["1", "2", "3", "4", "5"]);
  assert.deepEqual(labels.map((label) => label.pattern), PATTERNS.slice(0, 5));
  assert.ok(labels.every((label) => /^#[0-9A-F]{6}$/i.test(label.color)));
});

test("missing properties have defaults", () => {
  const small = parseSchema({
    labels: [{ id: "A" }, { id: "B", hotkey: "", attributes: [{ id: "x" }, { id: "y", choices: [{ id: "1" }] }] }],
    relations: [{ id: "r" }],
  });

  assert.deepEqual([...small.labels.values()].map(({ name, hotkey }) => [name, hotkey]), [["A", "1"], ["B", ""]]);
  assert.deepEqual(labelOf(small, "B").attributes.map((attribute) => attribute.type), ["text", "choice"]);
  assert.deepEqual(small.relations.get("r")?.from, ["A", "B"]);
});

test("unknown labels show their id", () => {
  const label = labelOf(schema, "Rumour");

  assert.deepEqual([label.name, label.attributes, label.index], ["Rumour", [], -1]);
});

test("optional labels are hidden unless they are used", () => {
  const names = (/** @type {any} */ options) =>
    visibleLabels(openEditor("Ada said", options).store.state).map((label) => label.id);

  assert.ok(!names({ showOptional: false }).includes("Cue"));
  assert.ok(names({ showOptional: true }).includes("Cue"));
  assert.ok(names({ showOptional: false, spans: [makeSpan("c", [[4, 8]], "Cue")] }).includes("Cue"));
});

test("new spans have default attributes", () => {
  assert.deepEqual(defaultAttributes(speaker), { kind: "person", mention: "name" });
});

test("relabelled spans keep valid attributes", () => {
  const span = makeSpan("s", [[0, 3]], "Hedge", { kind: "deflection", form: "reported" });

  const state = { schema, formerAttributes: new Map() };

  assert.deepEqual(attributesForLabel(state, span, denial),
    { kind: "contradiction", form: "reported", target: "in-text" });
  assert.deepEqual(attributesForLabel(state, span, claim),
    { kind: "fact", form: null, quote_type: "indirect", voice: "speaker" });
});

test("relations are offered where the schema allows them", () => {
  const { state } = openEditor("Ada said it").store;
  const names = (/** @type {any} */ from, /** @type {any} */ to) =>
    [...schema.relations.values()].filter((type) => relationProblem(state, type, from, to) === "").map(({ id }) => id);
  const [ada, said] = [makeSpan("a", [[0, 3]], "Speaker"), makeSpan("c", [[4, 8]])];
  const hedge = makeSpan("h", [[4, 8]], "Hedge", { kind: "deflection" });

  assert.deepEqual(names(said, ada), ["attributed-to"]);
  assert.deepEqual(names(ada, said), []);
  assert.deepEqual(names(said, makeSpan("d", [[9, 11]])), ["restates"]);
  assert.deepEqual(names(hedge, ada), ["attributed-to", "defers-to"]);
  assert.deepEqual(names({ ...hedge, attributes: { kind: "epistemic" } }, ada), ["attributed-to"]);
  assert.deepEqual(names(said, said), []);
});

test("relations are refused with a reason", () => {
  const spans = ["a", "b", "c"].map((id, index) => makeSpan(id, [[2 * index, 2 * index + 1]]));
  const [a, b, c] = spans;
  const { state } = openEditor("a b c", { spans, relations: [
    { id: "1", label: "restates", from: "b", to: "a" }, { id: "2", label: "restates", from: "c", to: "b" },
  ] }).store;
  const restates = /** @type {any} */ (state.schema.relations.get("restates"));
  const reason = (/** @type {any} */ from, /** @type {any} */ to) => relationProblem(state, restates, from, to);

  assert.match(reason(a, a), /two different spans/);
  assert.match(reason(b, a), /exists already/);
  assert.match(reason(b, c), /already\. Delete that one first/);
  assert.match(reason(a, c), /form a circle/);
  assert.equal(relationProblem(openEditor("a b c", { spans }).store.state, restates, a, c), "");
  assert.match(reason(makeSpan("d", [[0, 1]], "Denial"), a), /cannot start at Denial/);
});
