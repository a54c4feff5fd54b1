import assert from "node:assert/strict";
import { test } from "node:test";
import { hintsNear, MOST_HINTS } from "../../../../../static/editor/model/assistance/hints.js";
import { openEditor } from "../../support/editors.js";

/** @param {string} text @param {number} from @param {Parameters<typeof hintsNear>[2]} [options] */
function hints(text, from, options) {
  const { document } = openEditor(text).store.state;
  return hintsNear(document, from, options).map(({ token, letters }) =>
    [text.slice(document.tokenStarts[token], document.tokenEnds[token]), letters]);
}

test("the nearest words have the first letters, two ahead for one behind", () => {
  assert.deepEqual(hints("a b c d e f", 3).map(([word]) => word).join(""), "decfba");
  assert.deepEqual(hints("a b c d e f", 3, { onlyAhead: true }).map(([word]) => word).join(""), "def");
});

test("punctuation has hints only where spans may begin with it", () => {
  assert.deepEqual(hints("a — “ b", 0).map(([word]) => word), ["a", "b"]);
  assert.deepEqual(hints("a — “ b", 0, { withMarks: true }).map(([word]) => word), ["a", "“", "b"]);
});

test("no hint is the beginning of another one", () => {
  const letters = hints(Array.from({ length: 400 }, (_, index) => `w${index}`).join(" "), 200).map(([, each]) => each);

  assert.equal(letters.length, MOST_HINTS);
  assert.equal(letters.filter(({ length }) => length === 1).length, 18);
  for (const short of letters) for (const long of letters) assert.ok(short === long || !long.startsWith(short), short);
});
