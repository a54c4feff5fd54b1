import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Offsets } from "../../../../static/editor/model/text/offsets.js";
import { makeText } from "../support/editors.js";
import { Random } from "../support/random.js";

const { cases } = JSON.parse(readFileSync(new URL("../../../data/offsets.json", import.meta.url), "utf8"));

for (const { name, text, code_points: codePoints, utf16_offsets: units, inside_pairs: inside, slices } of cases) {
  test(`shared offsets are equal: ${name}`, () => {
    const offsets = new Offsets(text);

    assert.deepEqual([offsets.codePoints, offsets.units], [codePoints, text.length]);
    assert.deepEqual(units.map((/** @type {number} */ unit) => offsets.toCodePoint(unit)), [...units.keys()]);
    assert.deepEqual(units.map((/** @type {number} */ _, /** @type {number} */ i) => offsets.toUtf16(i)), units);
    assert.ok(units.every((/** @type {number} */ unit) => offsets.isExact(unit)));
    for (const [unit, codePoint] of inside) {
      assert.equal(offsets.toCodePoint(unit), codePoint);
      assert.equal(offsets.isExact(unit), false);
    }
    for (const slice of slices) {
      const [start, end] = slice.code_points.map((/** @type {number} */ at) => offsets.toUtf16(at));
      assert.deepEqual([start, end], slice.utf16);
      assert.equal(text.slice(start, end), slice.text);
    }
  });
}

test("random texts convert there and back", () => {
  const random = new Random(1);
  for (let round = 0; round < 50; round += 1) {
    const text = makeText(random, random.below(60));
    const offsets = new Offsets(text);
    let unit = 0;
    let codePoint = 0;
    for (const character of text) {
      assert.equal(offsets.toUtf16(codePoint), unit);
      assert.equal(offsets.toCodePoint(unit), codePoint);
      unit += character.length;
      codePoint += 1;
    }
    assert.equal(offsets.toUtf16(codePoint), text.length);
    assert.equal(offsets.codePoints, codePoint);
  }
});

test("texts without astral characters need no index", () => {
  assert.equal(new Offsets("Zoë sagte: 您好".repeat(1000)).astral.length, 0);
});

test("offsets outside the text are not exact", () => {
  const offsets = new Offsets("no 🙂");

  assert.deepEqual([-1, 0, 3, 4, 5, 6, 1.5].map((unit) => offsets.isExact(unit)),
    [false, true, true, false, true, false, false]);
});
