/** Hints: letters on the words near the cursor, by which a word is picked. Pure. */

import { isMark, isWord } from "../text/ends.js";

/**
 * @typedef {import("../types.js").TextDocument} TextDocument
 * @typedef {{token: number, letters: string}} Hint
 */

/** Letters that pick at once, those of the resting fingers first, and letters that a second one follows. */
const SINGLE = "fjdksleirughtyaowc";
const FIRST = "bvnmxpqz";
const SECOND = "fjdksleirughtyaowcbvnmxpqz";
/** How many words have a hint. */
export const MOST_HINTS = SINGLE.length + FIRST.length * SECOND.length;

/** The letters of all hints, nearest word first. */
const LETTERS = [...SINGLE, ...[...FIRST].flatMap((first) => [...SECOND].map((second) => first + second))];

/**
 * Return the hints of the words near a token, nearest first, two ahead for one behind.
 *
 * @param {TextDocument} document
 * @param {number} from token
 * @param {{onlyAhead?: boolean, withMarks?: boolean, byWords?: boolean}} [options] `onlyAhead` leaves out words before
 *   the token; `withMarks` gives hints to quotation marks and brackets too; `byWords` makes the words their own hints
 * @returns {Hint[]}
 */
export function hintsNear(document, from, { onlyAhead = false, withMarks = false, byWords = false } = {}) {
  const isPicked = (/** @type {number} */ token) => isWord(document, token) || (withMarks && isMark(document, token));
  const ahead = walk(document, from, 1, isPicked);
  const behind = onlyAhead ? [].values() : walk(document, from - 1, -1, isPicked);
  /** @type {number[]} */
  const tokens = [];
  for (let before = -1; tokens.length < MOST_HINTS && tokens.length > before;) {
    before = tokens.length;
    for (const side of [ahead, ahead, behind]) {
      const { value, done } = side.next();
      if (!done) tokens.push(value);
    }
  }
  return tokens.slice(0, MOST_HINTS).map((token, index) => ({ token, letters: byWords
    ? document.text.slice(document.tokenStarts[token], document.tokenEnds[token]).toLowerCase() : LETTERS[index] }));
}

/**
 * Yield the tokens that are picked, from one on.
 *
 * @param {TextDocument} document
 * @param {number} from
 * @param {1|-1} step
 * @param {(token: number) => boolean} isPicked
 */
function* walk({ tokenStarts }, from, step, isPicked) {
  for (let token = from; token >= 0 && token < tokenStarts.length; token += step) if (isPicked(token)) yield token;
}
