import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../static/editor/commands/index.js";
import { pick } from "../../../../static/editor/model/fields.js";
import {
  changeFromWire, changeToWire, readPayload, savedWorkLine, savedWorkName, spanFromWire, spanToWire,
} from "../../../../static/editor/model/wire.js";
import { selectWords, TEXT } from "../support/article.js";
import { makePayload, makeSpan, makeText, openEditor } from "../support/editors.js";
import { Random } from "../support/random.js";

const EMOJI = "🙂 Ada said no 🙂.";

test("offsets are converted in both directions", () => {
  const state = readPayload(/** @type {any} */ (makePayload(EMOJI, { spans: [makeSpan("s", [[2, 5], [14, 15]])] })));
  const span = /** @type {any} */ (state.spans.get("s"));

  assert.deepEqual(span.fragments, [[3, 6], [15, 17]]);
  assert.deepEqual(span.fragments.map((/** @type {any} */ [start, end]) => EMOJI.slice(start, end)), ["Ada", "🙂"]);
  assert.deepEqual(spanToWire(span, state.document.offsets).fragments, [[2, 5], [14, 15]]);
});

test("changes of every kind convert there and back", () => {
  const random = new Random(6);
  for (let round = 0; round < 100; round += 1) {
    const { document: { offsets } } = readPayload(/** @type {any} */ (makePayload(makeText(random, 20))));
    const start = random.below(offsets.codePoints - 1);
    const span = makeSpan("s", [[start, start + 1 + random.below(offsets.codePoints - start)]]);
    const relation = { id: "r", label: "denies", from: "a", to: "b" };
    const changes = /** @type {import("../../../../static/editor/model/types.js").Change[]} */ ([
      { id: "1", kind: "add_span", span },
      { id: "2", kind: "remove_span", span },
      { id: "3", kind: "update_span", span_id: "s", before: { fragments: [[0, 1]] }, after: pick(span, ["fragments"]) },
      { id: "4", kind: "update_span", span_id: "s", before: { note: "" }, after: { note: "🙂" } },
      { id: "5", kind: "add_relation", relation },
      { id: "6", kind: "remove_relation", relation },
    ]);
    assert.deepEqual(changes.flatMap((change) => changeFromWire(change, offsets))
      .map((change) => changeToWire(change, offsets)), changes);
  }
});

test("log properties stay out of changes", () => {
  const { document: { offsets } } = readPayload(/** @type {any} */ (makePayload(EMOJI)));
  const change = { id: "1", kind: /** @type {const} */ ("add_span"), span: makeSpan("s", [[2, 5]]) };
  const entry = { ...change, revision: 1, by: "ada", at: "now" };

  assert.deepEqual(Object.keys(changeFromWire(entry, offsets)[0]), ["id", "kind", "span"]);
});

test("an imported set becomes additions", () => {
  const { document: { offsets } } = readPayload(/** @type {any} */ (makePayload(EMOJI)));
  const spans = [makeSpan("s", [[0, 1]]), makeSpan("t", [[2, 5]])];
  const relations = [{ id: "r", label: "restates", from: "t", to: "s" }];
  const changes = changeFromWire({ id: "1", kind: "load", spans, relations }, offsets);

  assert.deepEqual(changes.map((change) => change.kind), ["add_span", "add_span", "add_relation"]);
});

test("boundaries outside characters are never sent", () => {
  const { document: { offsets } } = readPayload(/** @type {any} */ (makePayload(EMOJI)));

  assert.throws(() => spanToWire(makeSpan("s", [[1, 5]]), offsets), RangeError);
  assert.throws(() => spanToWire(makeSpan("s", [[0, 99]]), offsets), RangeError);
});

test("note and origin are optional", () => {
  const { document: { offsets } } = readPayload(/** @type {any} */ (makePayload(EMOJI)));
  const span = /** @type {any} */ ({ id: "s", label: "Claim", fragments: [[0, 1]], attributes: {} });

  assert.deepEqual(spanFromWire(span, offsets), makeSpan("s", [[0, 2]]));
});

test("saved work can be imported", () => {
  const editor = openEditor(TEXT);
  selectWords(editor, "denied");
  editor.run(commands.labelSelection("Denial"));

  const line = savedWorkLine(editor.store.state, "ada, rescued");

  const { text, annotators } = JSON.parse(line);
  const [{ label, fragments: [[start, end]] }] = annotators["ada, rescued"].spans;
  assert.deepEqual([text, label, [...text].slice(start, end).join("")], [TEXT, "Denial", "denied"]);
  assert.equal(line.indexOf("\n"), line.length - 1);
});

test("the name of saved work is unique and short", () => {
  const name = savedWorkName("ada".repeat(100), new Date(Date.UTC(2026, 10, 22, 12, 0, 5)));

  assert.ok(name.length < 150);
  assert.match(name, /^adaada.*, saved as a file 2026-11-22T12:00:05Z$/);
});
