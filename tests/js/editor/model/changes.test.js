import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { apply, applyAll, ChangeRefused, invert, problemOf } from "../../../../static/editor/model/changes.js";
import { fieldsOf, pick, updateOf, withFields } from "../../../../static/editor/model/fields.js";
import { mergeFragments } from "../../../../static/editor/model/fragments.js";
import { changeFromWire, changeToWire, readPayload } from "../../../../static/editor/model/wire.js";
import { actAtRandom } from "../support/actions.js";
import { contentOf, makePayload, makeSpan, makeText, openEditor, SCHEMA } from "../support/editors.js";
import { Random } from "../support/random.js";

/** @typedef {import("../../../../static/editor/model/types.js").Change} Change */

const shared = JSON.parse(readFileSync(new URL("../../../data/changes.json", import.meta.url), "utf8"));

for (const { name, change, refused } of shared.cases) {
  test(`server and editor agree: ${name}`, () => {
    const schema = { ...SCHEMA, document_attributes: shared.document_attributes };
    const state = readPayload(/** @type {any} */ (makePayload(shared.text, { ...shared.set, schema })));
    const before = contentOf(state);
    const [read] = changeFromWire(change, state.document.offsets);

    assert.equal(problemOf(state, read) !== "", refused);
    if (refused) {
      assert.throws(() => apply(state, read), ChangeRefused);
      assert.deepEqual(contentOf(state), before);
      return;
    }
    apply(state, read);
    assert.notDeepEqual(contentOf(state), before);
    apply(state, invert(read));
    assert.deepEqual(contentOf(state), before);
  });
}

/**
 * @param {number} seed
 * @returns {{editor: ReturnType<typeof openEditor>, changes: Change[], text: string}} an editor after some random work
 */
function workAtRandom(seed) {
  const random = new Random(seed);
  const text = makeText(random, 40);
  const editor = openEditor(text);
  for (let step = 0; step < 60; step += 1) actAtRandom(editor, random);
  return { editor, changes: editor.updates.flatMap((update) => update.transaction.changes ?? []), text };
}

test("the inverse of any change restores the state exactly", () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const { changes, text } = workAtRandom(seed);
    const { state } = openEditor(text).store;
    for (const change of changes) {
      const before = contentOf(state);
      apply(state, change);
      const after = contentOf(state);
      const inverse = invert(change);
      assert.notEqual(inverse.id, change.id);
      apply(state, inverse);
      assert.deepEqual(contentOf(state), before);
      apply(state, change);
      assert.deepEqual(contentOf(state), after);
    }
  }
});

test("stores equal a replay of the log", () => {
  let most = 0;
  for (let seed = 0; seed < 40; seed += 1) {
    const { editor, changes, text } = workAtRandom(100 + seed);
    const { offsets } = editor.store.state.document;
    const replayed = openEditor(text).store.state;
    const sent = JSON.parse(JSON.stringify(changes.map((change) => changeToWire(change, offsets))));
    for (const change of sent) for (const read of changeFromWire(change, offsets)) apply(replayed, read);
    assert.deepEqual(contentOf(replayed), contentOf(editor.store.state));
    most = Math.max(most, replayed.spans.size);
  }
  assert.ok(most > 8, "the random work makes too few spans to show anything");
});

test("lists of changes are applied completely or not at all", () => {
  const { store } = openEditor("Ada said no");
  const span = makeSpan("s", [[0, 3]]);

  const twice = /** @type {Change[]} */ ([{ id: "1", kind: "add_span", span }, { id: "2", kind: "add_span", span }]);
  assert.throws(() => applyAll(store.state, twice), ChangeRefused);
  assert.equal(store.state.spans.size, 0);
});

test("spans with relations cannot be removed", () => {
  const spans = [makeSpan("a", [[0, 3]], "Speaker"), makeSpan("c", [[9, 11]])];
  const relations = [{ id: "r", label: "attributed-to", from: "c", to: "a" }];
  const { store } = openEditor("Ada said no", { spans, relations });
  const [span, relation] = [store.state.spans.get("a"), store.state.relations.get("r")];
  const removal = /** @type {Change} */ ({ id: "1", kind: "remove_span", span });

  assert.match(problemOf(store.state, removal), /still has relations/);
  applyAll(store.state, [/** @type {Change} */ ({ id: "0", kind: "remove_relation", relation }), removal]);
  assert.deepEqual([store.state.spans.size, store.state.relations.size], [1, 0]);
});

test("attributes may have names like __proto__", () => {
  const span = makeSpan("s", [[0, 3]], "Claim", { a: "1" });
  const hostile = JSON.parse('{"__proto__": "x", "constructor": "y", "a": null}');

  const changed = withFields(span, { attributes: hostile });

  assert.deepEqual(Object.entries(changed.attributes), [["__proto__", "x"], ["constructor", "y"]]);
  assert.equal(Object.getPrototypeOf(changed.attributes), Object.prototype);
});

test("updates contain only fields that differ", () => {
  const span = makeSpan("s", [[0, 3]], "Claim", { kind: "fact" });

  const same = { label: "Claim", note: "", fragments: span.fragments, attributes: { kind: "fact", voice: null } };
  assert.equal(updateOf(span, same), null);
  const update = updateOf(span, { note: "n", attributes: { kind: null, voice: "narrator" } });
  assert.deepEqual([update?.before, update?.after], [
    { note: "", attributes: { kind: "fact", voice: null } },
    { note: "n", attributes: { kind: null, voice: "narrator" } },
  ]);
  assert.deepEqual(fieldsOf(update?.after ?? {}), ["attributes.kind", "attributes.voice", "note"]);
  assert.deepEqual(pick(update?.after ?? {}, ["attributes.kind"]), { attributes: { kind: null } });
});

test("fragments that touch or overlap become one", () => {
  assert.deepEqual(mergeFragments([[5, 7], [0, 2], [2, 4], [6, 9]]), [[0, 4], [5, 9]]);
  assert.deepEqual(mergeFragments([[0, 2], [3, 4], [9, 10]], (end, start) => start - end === 1), [[0, 4], [9, 10]]);
});
