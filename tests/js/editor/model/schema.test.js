import assert from "node:assert/strict";
import { test } from "node:test";
import {
  allowedRelations, attributesForLabel, defaultAttributes, labelOf, parseSchema, PATTERNS, relationProblem,
  visibleLabels,
} from "../../../../static/editor/model/schema.js";
import { makeSpan, openEditor, SCHEMA } from "../support/editors.js";

const schema = parseSchema(SCHEMA, { showOptional: true });
const [claim, speaker, denial] = ["Claim", "Speaker", "Denial"].map((id) => labelOf(schema, id));

test("labels carry colour, key and a pattern that tells them apart without colour", () => {
  const labels = [...schema.labels.values()];

  assert.deepEqual(labels.map((label) => label.hotkey), ["1", "2", "3", "4", "5"]);
  assert.deepEqual(labels.map((label) => label.pattern), PATTERNS.slice(0, 5));
  assert.ok(labels.every((label) => /^#[0-9A-F]{6}$/i.test(label.color)));
});

test("what a schema leaves out has a meaning: keys by index, names by id, all labels, free text", () => {
  const small = parseSchema({
    labels: [{ id: "A" }, { id: "B", hotkey: "", attributes: [{ id: "x" }, { id: "y", choices: [{ id: "1" }] }] }],
    relations: [{ id: "r" }],
  });

  assert.deepEqual([...small.labels.values()].map(({ name, hotkey }) => [name, hotkey]), [["A", "1"], ["B", ""]]);
  assert.deepEqual(labelOf(small, "B").attributes.map((attribute) => attribute.type), ["text", "choice"]);
  assert.deepEqual(small.relations.get("r")?.from, ["A", "B"]);
});

test("a label that the schema does not know shows its id and takes nothing away", () => {
  const label = labelOf(schema, "Rumour");

  assert.deepEqual([label.name, label.attributes, label.index], ["Rumour", [], -1]);
});

test("an optional label is offered only when the project shows it or a span has it", () => {
  const names = (/** @type {any} */ options) =>
    visibleLabels(openEditor("Ada said", options).store.state).map((label) => label.id);

  assert.ok(!names({ showOptional: false }).includes("Cue"));
  assert.ok(names({ showOptional: true }).includes("Cue"));
  assert.ok(names({ showOptional: false, spans: [makeSpan("c", [[4, 8]], "Cue")] }).includes("Cue"));
});

test("a new span starts with the defaults; an empty default is not set", () => {
  assert.deepEqual(defaultAttributes(speaker), { kind: "person", mention: "name" });
});

test("with another label, attributes that it has too keep valid values, the others go or get defaults", () => {
  const span = makeSpan("s", [[0, 3]], "Hedge", { kind: "deflection", form: "reported" });

  assert.deepEqual(attributesForLabel(span, denial),
    { kind: "contradiction", form: "reported", target: "in-text" });
  assert.deepEqual(attributesForLabel(span, claim),
    { kind: "fact", form: null, quote_type: "indirect", voice: "speaker" });
});

test("relations are offered between labels, and values, that go together", () => {
  const names = (/** @type {any} */ from, /** @type {any} */ to) =>
    allowedRelations(schema, from, to).map((type) => type.id);
  const [ada, said] = [makeSpan("a", [[0, 3]], "Speaker"), makeSpan("c", [[4, 8]])];
  const hedge = makeSpan("h", [[4, 8]], "Hedge", { kind: "deflection" });

  assert.deepEqual(names(said, ada), ["attributed-to"]);
  assert.deepEqual(names(ada, said), []);
  assert.deepEqual(names(said, makeSpan("d", [[9, 11]])), ["restates"]);
  assert.deepEqual(names(hedge, ada), ["attributed-to", "defers-to"]);
  assert.deepEqual(names({ ...hedge, attributes: { kind: "epistemic" } }, ada), ["attributed-to"]);
  assert.deepEqual(names(said, said), []);
});

test("a relation is refused with a reason: twice, to itself, a second first mention, in a circle", () => {
  const spans = ["a", "b", "c"].map((id, index) => makeSpan(id, [[2 * index, 2 * index + 1]]));
  const [a, b, c] = spans;
  const { state } = openEditor("a b c", { spans, relations: [
    { id: "1", label: "restates", from: "b", to: "a" }, { id: "2", label: "restates", from: "c", to: "b" },
  ] }).store;
  const restates = /** @type {any} */ (state.schema.relations.get("restates"));
  const reason = (/** @type {any} */ from, /** @type {any} */ to) => relationProblem(state, restates, from, to);

  assert.match(reason(a, a), /two different spans/);
  assert.match(reason(b, a), /there already/);
  assert.match(reason(b, c), /already; remove it first/);
  assert.match(reason(a, c), /in a circle/);
  assert.equal(relationProblem(openEditor("a b c", { spans }).store.state, restates, a, c), "");
  assert.match(reason(makeSpan("d", [[0, 1]], "Denial"), a), /cannot start at a Denial/);
});
