import assert from "node:assert/strict";
import { test } from "node:test";
import { assignLanes } from "../../../../static/editor/model/lanes.js";
import { Random } from "../support/random.js";

/**
 * @param {string} id
 * @param {number} left
 * @param {number} right
 * @param {number} [length]
 */
const piece = (id, left, right, length = right - left) =>
  ({ id, rects: /** @type {[number, number][]} */ ([[left, right]]), length });

test("shorter spans are nearer to the text", () => {
  const { lanes, used } = assignLanes([piece("outer", 0, 100), piece("inner", 10, 30), piece("next", 40, 60)]);

  assert.deepEqual(lanes, [1, 0, 0]);
  assert.equal(used, 2);
});

test("pieces without a free lane share the last one", () => {
  const pieces = Array.from({ length: 8 }, (_, index) => piece(`s${index}`, 0, 100 + index));

  assert.deepEqual(assignLanes(pieces), { lanes: [0, 1, 2, 3, 4, 4, 4, 4], used: 5, collapsed: 3 });
});

test("a span has one lane on a line", () => {
  const bidi = { id: "b", rects: /** @type {[number, number][]} */ ([[0, 10], [50, 60]]), length: 20 };

  assert.deepEqual(assignLanes([bidi, piece("a", 55, 70)]).lanes, [1, 0]);
  assert.deepEqual(assignLanes([bidi, piece("a", 20, 40, 30)]).lanes, [0, 0]);
});

test("neighbours keep a gap", () => {
  assert.deepEqual(assignLanes([piece("a", 0, 10), piece("b", 12, 22)], { gap: 3 }).lanes, [0, 1]);
  assert.deepEqual(assignLanes([piece("a", 0, 10), piece("b", 12, 22)], { gap: 2 }).lanes, [0, 0]);
});

test("lanes never overlap and do not depend on the order", () => {
  const random = new Random(4);
  for (let round = 0; round < 200; round += 1) {
    const pieces = Array.from({ length: 12 }, (_, index) => {
      const left = random.below(200);
      return piece(`s${index}`, left, left + 1 + random.below(60));
    });
    const { lanes, used } = assignLanes(pieces, { most: 12 });
    for (const [i, first] of pieces.entries()) {
      for (const [j, second] of pieces.entries()) {
        if (i >= j || lanes[i] !== lanes[j]) continue;
        const [[a, b], [c, d]] = [first.rects[0], second.rects[0]];
        assert.ok(b <= c || d <= a);
      }
    }
    assert.equal(used, Math.max(...lanes) + 1);
    const turned = assignLanes([...pieces].reverse(), { most: 12 }).lanes.reverse();
    assert.deepEqual(turned, lanes);
  }
});

test("an empty line has no lanes", () => {
  assert.deepEqual(assignLanes([]), { lanes: [], used: 0, collapsed: 0 });
});
