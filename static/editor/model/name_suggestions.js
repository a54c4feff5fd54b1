import { excerpt } from "./text/document.js";

/**
 * @typedef {import("./types.js").EditorState} EditorState
 * @typedef {import("./types.js").Span} Span
 */

const MOST_NAMES = 4;
const LONGEST_NAME = 80;
const LONG_WORD = /[\p{L}\p{N}]{2,}/gu;

/**
 * Return names for a registry attribute of a span, best first: the names of spans with the same words in this document,
 * the most frequent first; then known names that share a word with the span; then its words.
 *
 * @param {EditorState} state
 * @param {Span} span
 * @param {string} attribute
 * @returns {string[]} without its current name
 */
export function suggestedNames(state, span, attribute) {
  const mention = mentionOf(state, span);
  /** @type {Map<string, number>} */
  const sameWords = new Map();
  const known = new Set(state.speakers);
  for (const other of state.spans.values()) {
    const name = other.attributes[attribute];
    if (!name || other.id === span.id) continue;
    known.add(name);
    if (mentionOf(state, other).toLowerCase() === mention.toLowerCase()) {
      sameWords.set(name, (sameWords.get(name) ?? 0) + 1);
    }
  }
  const names = [...byCount(sameWords), ...byCount(sharedWords(known, mention)), mention];
  return [...new Set(names)].filter((name) => name !== "" && name !== span.attributes[attribute]).slice(0, MOST_NAMES);
}

/**
 * @param {EditorState} state
 * @param {Span} span
 */
function mentionOf({ document: text }, span) {
  return excerpt(text, span.fragments, LONGEST_NAME);
}

/**
 * @param {Iterable<string>} names
 * @param {string} mention
 * @returns {Map<string, number>} how many words each has in common with the mention, those with any
 */
function sharedWords(names, mention) {
  const wanted = new Set(mention.toLowerCase().match(LONG_WORD));
  const counts = new Map([...names].map((name) =>
    [name, (name.toLowerCase().match(LONG_WORD) ?? []).filter((word) => wanted.has(word)).length]));
  return new Map([...counts].filter(([, count]) => count > 0));
}

/** @param {Map<string, number>} counts @returns {string[]} most frequent first, of equals the one that came first */
function byCount(counts) {
  return [...counts].sort(([, first], [, second]) => second - first).map(([name]) => name);
}
