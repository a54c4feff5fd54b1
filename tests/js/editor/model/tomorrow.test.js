import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { answerTomorrow } from "../../../../static/editor/commands/tomorrow.js";
import { questionsOf, readsLikeOther } from "../../../../static/editor/model/review/tomorrow.js";
import { makeSpan, openEditor, SCHEMA } from "../support/editors.js";

const TEXT = "The bridge is closed. We will not comment on the bridge. The mayor called it pure fiction.";
const LEXICONS = new URL("../../../../annotator/suggestions/sources/rules/lexicons/", import.meta.url);

/** @param {string} words @returns {[number, number][]} */
const at = (words) => [[TEXT.indexOf(words), TEXT.indexOf(words) + words.length]];

/** @param {any} [schema] */
function editor(schema = SCHEMA) {
  const spans = [makeSpan("claim", at("The bridge is closed"), "Claim", {}),
    makeSpan("no", at("We will not comment on the bridge"), "Denial", { kind: "contradiction", form: "performed" }),
    makeSpan("pure", at("called it pure fiction"), "Hedge", { kind: "epistemic", form: "reported" })];
  const relations = [{ id: "r1", label: "denies", from: "no", to: "claim" },
    { id: "r2", label: "hedges", from: "pure", to: "claim" }];
  return openEditor(TEXT, { spans, relations, schema }).store;
}

/** @param {any} store @param {string} id @returns {import("../../../../static/editor/model/types.js").Span} */
const spanOf = (store, id) => store.state.spans.get(id);

/** @param {any} store */
const asked = (store) => questionsOf(store.state, SCHEMA, store.state.waived).map(({ key }) => key);

test("denials that read like non-answers and hedges with words of a denial are asked about", () => {
  assert.deepEqual(asked(editor()), ["no-comment-as-denial:no", "contradiction-as-hedge:pure"]);
  assert.deepEqual(questionsOf(editor().state, {}, new Set()), [], "a schema that does not list the hints");
  for (const [label, words, expected] of /** @type {[string, string, boolean][]} */ ([
    ["Hedge", "neither confirmed nor denied it", false], ["Hedge", "did not deny", false],
    ["Hedge", "denied it and would not say more", true], ["Denial", "That’s baseless", false],
    ["Denial", "we won’t comment", true], ["Claim", "no comment", false],
  ])) assert.equal(readsLikeOther(label, words), expected, words);
});

test("an answer is stored, gives the other label, and turns what the span leads to", () => {
  const store = editor();

  assert.ok(answerTomorrow("no", false)(store.state, store.dispatch));
  assert.ok(answerTomorrow("pure", true)(store.state, store.dispatch));

  const [no, pure] = ["no", "pure"].map((id) => spanOf(store, id));
  assert.deepEqual([no.label, no.attributes], ["Hedge", { kind: "non-answer", form: "performed", tomorrow: "open" }]);
  assert.deepEqual([pure.label, pure.attributes.tomorrow], ["Denial", "contradicted"]);
  const relations = ["no", "pure"].flatMap((id) => store.state.relations.from(id).map(({ label }) => label));
  assert.deepEqual(relations, ["hedges", "denies"]);
  assert.deepEqual(asked(store), []);
});

test("an answer that keeps the label is stored; without an attribute for it, it is not asked again", () => {
  const store = editor();
  answerTomorrow("no", true)(store.state, store.dispatch);
  assert.equal(spanOf(store, "no").attributes.tomorrow, "contradicted");
  assert.deepEqual(asked(store), ["contradiction-as-hedge:pure"]);

  const labels = SCHEMA.labels.map((/** @type {any} */ label) => ({ ...label,
    attributes: label.attributes.filter((/** @type {any} */ { id }) => id !== "tomorrow") }));
  const plain = editor({ ...SCHEMA, labels });
  answerTomorrow("no", false)(plain.state, plain.dispatch);
  assert.equal(spanOf(plain, "no").label, "Hedge");
  assert.deepEqual(asked(plain), ["contradiction-as-hedge:pure"]);
});

test("the words are those of the lexicons of the rules", () => {
  const source = readFileSync(new URL("../../../../static/editor/model/review/tomorrow.js", import.meta.url), "utf8");
  const lists = source.split("const ").slice(1, 3).map((part) => [...part.matchAll(/"([^"]+)"/gu)]
    .map(([, words]) => words).join("").split("|"));
  const files = ["hedge-non-answer", "denial-contradiction"].map((name) =>
    readFileSync(new URL(`${name}.txt`, LEXICONS), "utf8").trim().split("\n"));
  assert.deepEqual(lists, files);
});
