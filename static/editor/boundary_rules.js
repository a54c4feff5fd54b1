import { cutForLabel } from "./label_boundaries.js";

/**
 * Where a span begins and ends, by the rules of the schema (`boundaries` in schema.json). Pure.
 *
 * @typedef {object} Boundaries
 * @property {boolean} trimWhiteSpace
 * @property {string[]} trimTrailing marks that do not end a span
 * @property {boolean} quotesOut quotation marks around the whole span stay outside
 * @property {string[]} pairs opening and closing mark, together in a span or both outside
 * @property {Record<string, Set<string>>} out what stays outside the spans of a label, by its id in small letters:
 *   "leading_article", "possessive", "apposition_after_comma", "leading_complementiser", "leading_connective"
 * @typedef {import("./types.js").Fragment} Fragment
 */

/** Quotation marks; single ones double as apostrophes, and count only where they stand around everything. */
const QUOTES = Object.freeze(["“”", "\"\"", "«»", "»«", "„“", "„”", "「」", "『』", "‘’", "''", "‹›"]);
const ALWAYS_BALANCED = Object.freeze(["“”", "\"\"", "«»"]);

const ABBREVIATION = new RegExp("(?:^|[\\s(\\[“\"'‘])(?:(?:\\p{L}\\.)*\\p{L}|Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Gen|Gov|Sen"
  + "|Rep|Lt|Col|Capt|Inc|Ltd|Co|Corp|vs|etc|Dept|approx)\\.$", "u");
const WORD = /[\p{L}\p{N}]/u;

/**
 * @param {Record<string, any>} [json] `boundaries` of schema.json as stored
 * @returns {Boundaries}
 */
export function parseBoundaries(json = {}) {
  /** @type {Record<string, Set<string>>} */
  const out = {};
  for (const [name, value] of Object.entries(json)) {
    const found = /^(.+?)_(leading_\w+|possessive|apposition_after_comma)$/.exec(name);
    if (found && value === "out") (out[found[1]] ??= new Set()).add(found[2]);
  }
  return {
    trimWhiteSpace: json.trim_whitespace !== false,
    trimTrailing: json.trim_trailing ?? [],
    quotesOut: json.outer_quotation_marks === "out",
    pairs: json.balanced_pairs ?? [],
    out,
  };
}

/**
 * A piece of a text as the rules want it for a label: what does not belong to the span is cut off its edges, and a mark
 * whose partner is in it is taken in.
 *
 * @param {string} text
 * @param {Fragment} piece
 * @param {Boundaries} rules
 * @param {string} label
 * @returns {Fragment} the same one when nothing is left otherwise
 */
export function trimToRules(text, piece, rules, label) {
  const out = rules.out[label.toLowerCase()] ?? new Set();
  /** @type {Fragment} */
  let now = [...piece];
  for (let round = 0; round < 20; round += 1) {
    const next = oneStep(text, now, rules, out);
    if (next[0] === now[0] && next[1] === now[1]) break;
    if (!WORD.test(text.slice(...next))) return piece;
    now = next;
  }
  return now;
}

/**
 * The first of the rules that asks for something.
 *
 * @param {string} text
 * @param {Fragment} piece
 * @param {Boundaries} rules
 * @param {Set<string>} out
 * @returns {Fragment}
 */
function oneStep(text, [start, end], rules, out) {
  const words = text.slice(start, end);
  const bare = rules.trimWhiteSpace ? words.trim() : words;
  if (bare.length > 0 && bare.length < words.length) {
    const from = start + words.indexOf(bare);
    return [from, from + bare.length];
  }
  if (rules.quotesOut && isQuoted(words)) return [start + 1, end - 1];
  const balanced = balance(text, [start, end], words, rules.pairs);
  if (balanced) return balanced;
  const last = words.at(-1) ?? "";
  const stays = last === "." && (ABBREVIATION.test(words.slice(-12)) || words.endsWith("..."));
  if (rules.trimTrailing.includes(last) && !stays) return [start, end - 1];
  const around = { before: text.slice(Math.max(0, start - 8), start), after: text.slice(end, end + 24) };
  const cut = cutForLabel({ words, ...around }, out);
  return [start + cut.before, end - cut.after];
}

/**
 * A mark without its partner: at an edge it goes; inside, the partner comes in where it follows at once.
 *
 * @param {string} text
 * @param {Fragment} piece
 * @param {string} words
 * @param {string[]} pairs
 * @returns {Fragment|null} null when nothing is to be done
 */
function balance(text, [start, end], words, pairs) {
  for (const [open, close] of pairs) {
    const single = unmatched(words, open, close);
    if (single === null) continue;
    if (single === 0 && words[0] === open) return [start + 1, end];
    if (single === words.length - 1) return [start, end - 1];
    const closes = words[single] === close && open !== close;
    if (!closes) {
      const after = /^[.,;:?!…]*/u.exec(text.slice(end, end + 4))?.[0].length ?? 0;
      if (text[end + after] === close) return [start, end + after + 1];
    }
    if ((closes || open === close) && text[start - 1] === open) return [start - 1, end];
  }
  return null;
}

/**
 * Where a mark stands whose partner is missing; null when there is none, or the marks are too many to tell.
 *
 * @param {string} words
 * @param {string} open
 * @param {string} close
 * @returns {number|null}
 */
function unmatched(words, open, close) {
  /** @type {number[]} */
  const waiting = [];
  for (let at = 0; at < words.length; at += 1) {
    const isClose = words[at] === close && (open !== close || waiting.length > 0);
    if (isClose && waiting.length === 0) return at;
    if (isClose) waiting.pop();
    else if (words[at] === open) waiting.push(at);
  }
  const [first] = waiting;
  if (first === undefined) return null;
  // Of marks that look alike, the one at the end is as likely the one too many as the first.
  return open === close && words.at(-1) === close && words[0] !== open ? words.length - 1 : first;
}

/** @param {string} words Whether one pair of quotation marks stands around all of it. */
function isQuoted(words) {
  const pair = QUOTES.find(([open, close]) => words[0] === open && words.at(-1) === close);
  if (!pair || words.length < 3) return false;
  const inside = words.slice(1, -1);
  if (pair[0] === pair[1]) return !inside.includes(pair[0]);
  return ALWAYS_BALANCED.includes(pair) ? unmatched(inside, pair[0], pair[1]) === null : !inside.includes(pair[0]);
}
