import { snap } from "./document.js";

/**
 * @typedef {import("../types.js").EditorState} EditorState
 * @typedef {import("../types.js").Fragment} Fragment
 * @typedef {import("../types.js").TextDocument} TextDocument
 * @typedef {{matchCase?: boolean, wholeWords?: boolean, most?: number}} FindOptions
 * @typedef {{hits: Fragment[], isCut: boolean}} Found in reading order; isCut when there are more than were wanted
 */

/** More hits than anybody looks through. */
export const MOST_HITS = 10_000;

/** Signs that one types on one key and that print in several forms. */
const QUOTES = "\"“”„‟«»";
const APOSTROPHES = "'’‘‛`´";

/**
 * Where words stand in the text. Any white space counts as a blank, any quotation mark as any other of its kind.
 *
 * @param {TextDocument} document
 * @param {string} words
 * @param {FindOptions} [options]
 * @returns {Found}
 */
export function findAll(document, words, { matchCase = false, wholeWords = false, most = MOST_HITS } = {}) {
  const pattern = patternOf(words);
  if (pattern === "") return { hits: [], isCut: false };
  /** @type {Fragment[]} */
  const hits = [];
  for (const match of document.text.matchAll(new RegExp(pattern, matchCase ? "gu" : "giu"))) {
    const start = match.index;
    const end = start + match[0].length;
    if (wholeWords && !isWhole(document, start, end)) continue;
    if (hits.length === most) return { hits, isCut: true };
    hits.push([start, end]);
  }
  return { hits, isCut: false };
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
 * The hit at a place or after it, or before it; at the end of the text it goes on at the other end.
 *
 * @param {Fragment[]} hits
 * @param {number} offset
 * @param {1|-1} direction
 * @returns {number} index; -1 without hits
 */
export function hitFrom(hits, offset, direction) {
  if (hits.length === 0) return -1;
  const next = hits.findIndex(([start]) => start >= offset);
  if (direction > 0) return next < 0 ? 0 : next;
  return (next < 0 ? hits.length : next) === 0 ? hits.length - 1 : (next < 0 ? hits.length : next) - 1;
}
