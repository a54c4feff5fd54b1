import assert from "node:assert/strict";
import { test } from "node:test";
import { codesOf, findLabels } from "../../../../../static/editor/model/assistance/label_search.js";
import { parseSchema } from "../../../../../static/editor/model/schema.js";

/** @param {string[]} names */
const labelsOf = (names) => [...parseSchema({ labels: names.map((id) => ({ id })) }).labels.values()];

test("each of 1,000 labels has two letters of its own", () => {
  const labels = labelsOf(Array.from({ length: 1000 }, (_, index) => `Label ${index}`));
  const codes = codesOf(labels);

  assert.equal(new Set(codes.values()).size, 1000);
  assert.ok([...codes.values()].every((code) => code.length === 2));
  assert.ok([...codes.values()].slice(0, 729).every((code) => !/[1-9]/.test(code)), "digits choose from the list");
});

test("each of 2,000 labels has a code of its own, the last ones of three letters", () => {
  const codes = codesOf(labelsOf(Array.from({ length: 2000 }, (_, index) => `Label ${index}`)));

  assert.equal(new Set(codes.values()).size, 2000);
  assert.ok([...codes.values()].every((code, index) => code.length === (index < 1296 ? 2 : 3)));
});

test("the letters come from the name", () => {
  const codes = codesOf(labelsOf(["Personal name", "Place", "Party", "Écu"]));

  assert.deepEqual([...codes.values()], ["pn", "pl", "pa", "ec"]);
});

test("the label with the letters comes first, then names, the last ones used before others", () => {
  const labels = labelsOf(["Place", "Person", "Old place", "Replaced", "Event"]);
  const find = (/** @type {string} */ query, /** @type {string[]} */ recent = []) =>
    findLabels(labels, query, { codes: codesOf(labels), recent }).map(({ id }) => id);

  assert.deepEqual(find("pe"), ["Person"]);
  assert.deepEqual(find("place"), ["Place", "Old place", "Replaced"]);
  assert.deepEqual(find("", ["Event"]), ["Event", "Place", "Person", "Old place", "Replaced"]);
  assert.deepEqual(find("zzz"), []);
});
