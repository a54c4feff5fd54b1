import { snap } from "./document.js";

/**
 * @typedef {import("../types.js").EditorState} EditorState
 * @typedef {import("../types.js").Fragment} Fragment
 * @typedef {import("../types.js").TextDocument} TextDocument
 * @typedef {{matchCase?: boolean, wholeWords?: boolean, most?: number}} FindOptions
 * @typedef {{matches: Fragment[], isCut: boolean}} SearchResult matches in reading order; isCut when there are more
 *   than `most`
 */

/** The most matches that are listed. */
export const MOST_MATCHES = 10_000;

/** Characters that are typed with one key and printed in several forms. */
const QUOTES = "\"“”„‟«»";
const APOSTROPHES = "'’‘‛`´";

/**
 * Return the matches of some words in the text. Any white space matches any other, any quotation mark any other of its
 * kind.
 *
 * @param {TextDocument} document
 * @param {string} words
 * @param {FindOptions} [options]
 * @returns {SearchResult}
 */
export function findAll(document, words, { matchCase = false, wholeWords = false, most = MOST_MATCHES } = {}) {
  const pattern = patternOf(words);
  if (pattern === "") return { matches: [], isCut: false };
  /** @type {Fragment[]} */
  const matches = [];
  for (const match of document.text.matchAll(new RegExp(pattern, matchCase ? "gu" : "giu"))) {
    const start = match.index;
    const end = start + match[0].length;
    if (wholeWords && !isWhole(document, start, end)) continue;
    if (matches.length === most) return { matches, isCut: true };
    matches.push([start, end]);
  }
  return { matches, isCut: false };
}

/** @param {string} words */
function patternOf(words) {
  const pieces = words.trim().split(/\s+/u).filter(Boolean);
  return pieces.map((piece) => Array.from(piece, characterPattern).join("")).join("\\s+");
}

/** @param {string} character */
function characterPattern(character) {
  if (QUOTES.includes(character)) return `[${QUOTES}]`;
  if (APOSTROPHES.includes(character)) return `[${APOSTROPHES}]`;
  return character.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}

/**
 * @param {TextDocument} document
 * @param {number} start
 * @param {number} end
 */
function isWhole(document, start, end) {
  const whole = snap({ ...document, wholeTokens: true }, start, end);
  return whole !== null && whole.start === start && whole.end === end;
}

/**
 * Return the index of the match at an offset or after it, or before it; at the end of the text the search continues at
 * the other end.
 *
 * @param {Fragment[]} matches
 * @param {number} offset
 * @param {1|-1} direction
 * @returns {number} -1 without matches
 */
export function matchFrom(matches, offset, direction) {
  if (matches.length === 0) return -1;
  const next = matches.findIndex(([start]) => start >= offset);
  if (direction > 0) return next < 0 ? 0 : next;
  return (next < 0 ? matches.length : next) === 0 ? matches.length - 1 : (next < 0 ? matches.length : next) - 1;
}
