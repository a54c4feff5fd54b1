import assert from "node:assert/strict";
import { test } from "node:test";
import { RelationStore } from "../../../../static/editor/model/relations.js";
import { SpanStore } from "../../../../static/editor/model/spans.js";
import { createDocument } from "../../../../static/editor/model/text/document.js";
import { makePayload, makeSpan, makeText } from "../support/editors.js";
import { Random } from "../support/random.js";

/** @param {Iterable<{id: string}|undefined>} spans */
const ids = (spans) => [...spans].map((found) => found?.id);

/** @param {string} text */
const read = (text) => createDocument(makePayload(text).document);

const TEXT = "Ada said the plan was off.\r\n\r\nOsborn 🙂 denied it.\n";

test("spans at an offset come innermost first", () => {
  const store = new SpanStore(read(TEXT),
    [makeSpan("outer", [[0, 26]]), makeSpan("inner", [[9, 17]]), makeSpan("late", [[13, 26]])]);
  store.add(makeSpan("parts", [[0, 3], [13, 17]]));

  assert.deepEqual(ids(store.at(14)), ["parts", "inner", "late", "outer"]);
  assert.deepEqual(ids(store.at(1)), ["parts", "outer"]);
  assert.deepEqual(ids(store.at(26)), []);
});

test("later spans of equal length are inside", () => {
  const store = new SpanStore(read(TEXT), [makeSpan("b", [[0, 8]]), makeSpan("a", [[4, 12]])]);

  assert.deepEqual(ids(store.at(5)), ["a", "b"]);
});

test("surrounding spans cover all fragments", () => {
  const store = new SpanStore(read(TEXT),
    [makeSpan("outer", [[0, 26]]), makeSpan("parts", [[0, 3], [13, 17]]), makeSpan("head", [[0, 8]])]);
  store.add(makeSpan("twin", [[0, 26]]));

  assert.deepEqual(ids(store.around(/** @type {any} */ (store.get("parts")))), ["twin", "outer"]);
  assert.deepEqual(ids(store.around(/** @type {any} */ (store.get("twin")))), ["outer"], "the greater id is inside");
  assert.deepEqual(ids(store.around(/** @type {any} */ (store.get("outer")))), []);
});

test("spans with equal boundaries nest in the order of the schema", () => {
  const labels = { a: "Hedge", b: "Claim", c: "Unknown" };
  const spans = Object.entries(labels).map(([id, label]) => makeSpan(id, [[0, 8]], label));
  const store = new SpanStore(read(TEXT), spans, ["Claim", "Speaker", "Hedge"]);

  assert.deepEqual(ids([...store.inOrder()]), ["b", "a", "c"]);
  assert.deepEqual(ids(store.at(3)), ["c", "a", "b"]);
  store.replace({ ...spans[1], label: "Hedge" });
  assert.deepEqual(ids([...store.inOrder()]), ["a", "b", "c"]);
});

test("spans over several lines are in all their blocks", () => {
  const store = new SpanStore(read(TEXT));

  assert.deepEqual(store.add(makeSpan("s", [[22, 40]])), [0, 2]);
  assert.deepEqual([0, 1, 2].map((block) => store.bucket(block).length), [1, 0, 1]);
  assert.deepEqual(ids(store.inBlocks(0, 3)), ["s"]);
  assert.deepEqual(store.remove("s"), [0, 2]);
  assert.deepEqual([0, 1, 2].map((block) => store.bucket(block).length), [0, 0, 0]);
});

test("spans in separators are found", () => {
  const store = new SpanStore(read(TEXT), [makeSpan("blank", [[27, 28]]), makeSpan("s", [[4, 8]])]);

  assert.deepEqual(ids(store.inOrder()), ["s", "blank"]);
  assert.deepEqual(ids(store.at(27)), ["blank"]);
  assert.deepEqual(store.remove("blank"), [0]);
});

test("the same label over the same text is found", () => {
  const store = new SpanStore(read(TEXT), [makeSpan("s", [[0, 3], [9, 12]])]);

  assert.equal(store.find("Claim", [[0, 3], [9, 12]])?.id, "s");
  assert.equal(store.find("Claim", [[0, 3]]), undefined);
  assert.equal(store.find("Denial", [[0, 3], [9, 12]]), undefined);
});

test("spans are counted by label", () => {
  const store = new SpanStore(read(TEXT), [makeSpan("a", [[0, 3]]), makeSpan("b", [[4, 8]], "Denial")]);
  store.replace(makeSpan("b", [[4, 8]], "Claim"));

  assert.deepEqual(["Claim", "Denial", "Cue"].map((label) => store.countOf(label)), [2, 0, 0]);
});

test("ids are unique", () => {
  const store = new SpanStore(read(TEXT), [makeSpan("a", [[0, 3]])]);

  assert.throws(() => store.add(makeSpan("a", [[4, 8]])), RangeError);
  assert.throws(() => store.remove("b"), RangeError);
  assert.equal(store.size, 1);
});

/**
 * @param {Random} random
 * @param {number} length
 * @param {number} number
 */
function someSpan(random, length, number) {
  const borders = new Set(Array.from({ length: 2 + 2 * random.below(3) }, () => random.below(length)));
  const sorted = [...borders].sort((first, second) => first - second);
  /** @type {[number, number][]} */
  const fragments = [];
  for (let index = 0; index + 1 < sorted.length; index += 2) fragments.push([sorted[index], sorted[index + 1]]);
  return makeSpan(`s${number}`, fragments.length > 0 ? fragments : [[0, 1]], random.of(["Claim", "Denial"]));
}

test("look-ups agree with a plain list", () => {
  const random = new Random(5);
  for (let round = 0; round < 40; round += 1) {
    const document = read(makeText(random, 80));
    const store = new SpanStore(document);
    /** @type {Map<string, import("../../../../static/editor/model/types.js").Span>} */
    const plain = new Map();
    for (let step = 0; step < 60; step += 1) {
      const made = someSpan(random, document.text.length, random.below(25));
      if (plain.has(made.id) && random.chance(0.5)) {
        store.remove(made.id);
        plain.delete(made.id);
      } else {
        if (plain.has(made.id)) store.replace(made);
        else store.add(made);
        plain.set(made.id, made);
      }
    }
    const offset = random.below(document.text.length);
    const covering = [...plain.values()].filter(({ fragments }) =>
      fragments.some(([start, end]) => start <= offset && offset < end));
    assert.deepEqual(ids(store.at(offset)).sort(), ids(covering).sort());
    assertOrder(store, plain, offset);
  }
});

/**
 * @param {SpanStore} store
 * @param {Map<string, import("../../../../static/editor/model/types.js").Span>} plain
 * @param {number} offset
 */
function assertOrder(store, plain, offset) {
  const order = [...store.inOrder()];
  const starts = order.map((found) => found.fragments[0][0]);
  assert.deepEqual(ids(order).sort(), [...plain.keys()].sort());
  assert.deepEqual(starts, [...starts].sort((first, second) => first - second));
  order.forEach((found, index) => {
    assert.equal(store.after(found)?.id, order[index + 1]?.id);
    assert.equal(store.before(found)?.id, order[index - 1]?.id);
  });
  const next = order.find((found) => found.fragments[0][0] >= offset);
  assert.equal(store.firstFrom(offset)?.fragments[0][0], next?.fragments[0][0]);
  assert.equal(store.lastBefore(offset)?.id, order.filter((found) => found.fragments[0][0] < offset).at(-1)?.id);
}

/**
 * Return the document with a count of the reads of its blocks.
 *
 * @param {import("../../../../static/editor/model/types.js").TextDocument} document
 */
function counting(document) {
  const seen = { looks: 0 };
  const blockStarts = new Proxy(document.blockStarts, {
    get: (array, name) => {
      if (typeof name === "string" && /^\d+$/.test(name)) seen.looks += 1;
      return Reflect.get(array, name, array);
    },
  });
  return { document: { ...document, blockStarts }, seen };
}

/** @param {number} lines */
function workToAddInTheMiddle(lines) {
  const line = "Ada said that the plan was off, and no one denied it at all so far.\n";
  const { document, seen } = counting(read(line.repeat(lines)));
  const spans = Array.from({ length: 2 * lines }, (_, index) => makeSpan(`s${index}`, [[34 * index, 34 * index + 20]]));
  const store = new SpanStore(document, spans);
  seen.looks = 0;
  const middle = 68 * (lines >> 1);
  store.add(makeSpan("new", [[middle, middle + 8]]));
  store.at(middle + 2);
  store.after(/** @type {any} */ (store.get("new")));
  store.remove("new");
  return seen.looks;
}

test("look-ups do not slow down with the document", () => {
  const [small, large] = [workToAddInTheMiddle(100), workToAddInTheMiddle(7500)];

  assert.ok(large < 2.5 * small, `${large} looks instead of ${small}`);
  assert.ok(large < 120, `${large} looks`);
});

test("relations are found from both spans", () => {
  const store = new RelationStore([{ id: "r1", label: "x", from: "a", to: "b" }]);
  store.add({ id: "r2", label: "x", from: "b", to: "c" });

  assert.deepEqual([ids(store.of("b")), ids(store.from("b")), ids(store.to("b"))], [["r1", "r2"], ["r2"], ["r1"]]);
  store.remove("r1");
  assert.deepEqual([ids(store.of("a")), ids(store.of("b")), store.size], [[], ["r2"], 1]);
  assert.throws(() => store.remove("r1"), RangeError);
  assert.throws(() => store.add({ id: "r2", label: "y", from: "a", to: "b" }), RangeError);
});
