import { countBelow, lastUpTo, Offsets } from "./offsets.js";

/**
 * @typedef {import("../types.js").TextDocument} TextDocument
 * @typedef {import("../types.js").Fragment} Fragment
 * @typedef {{id: string, title: string, sha256: string, text: string, tokens: number[],
 *   sentences: number[]}} DocumentPayload tokens and sentences are `[gap, length, …]` in code points
 */

const WHITE_SPACE = /\s/u;

/** Scripts written without spaces between words: a token of the server is one character of them. */
const DENSE = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+/gu;

/**
 * Return the document of an editor page, prepared for look-ups by offset.
 *
 * @param {DocumentPayload} payload
 * @param {{wholeTokens?: boolean}} [options]
 * @returns {TextDocument}
 */
export function createDocument(payload, { wholeTokens = true } = {}) {
  const { id, title, sha256, text } = payload;
  const offsets = new Offsets(text);
  const units = decodeDeltas(payload.tokens, offsets);
  const tokens = joinWords(text, units);
  const sentences = decodeDeltas(payload.sentences, offsets);
  const blocks = splitBlocks(text, tokens.starts, sentences.starts);
  return {
    id,
    title,
    sha256,
    text,
    offsets,
    wholeTokens,
    tokenStarts: tokens.starts,
    tokenEnds: tokens.ends,
    unitStarts: units.starts,
    unitEnds: units.ends,
    sentenceStarts: sentences.starts,
    sentenceEnds: sentences.ends,
    blockStarts: blocks.starts,
    blockEnds: blocks.ends,
    blockContinues: blocks.continues,
    chunkStarts: groupBlocks(blocks.starts, text.length),
  };
}

/**
 * @param {number[]} deltas gap since the previous end, then length, in code points
 * @param {Offsets} offsets
 */
function decodeDeltas(deltas, offsets) {
  const count = deltas.length >> 1;
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    at += deltas[2 * index];
    starts[index] = offsets.toUtf16(at);
    at += deltas[2 * index + 1];
    ends[index] = offsets.toUtf16(at);
  }
  return { starts, ends };
}

/** A stretch this short in another script is a name: loading a dictionary for it would take 30 ms. */
const LONGEST_PART = 3;

/**
 * Return tokens in which the words of scripts without spaces are whole, as far as the browser has a dictionary of them.
 *
 * @param {string} text
 * @param {{starts: Uint32Array, ends: Uint32Array}} units tokens of the server
 */
function joinWords(text, units) {
  const stretches = [...text.matchAll(DENSE)];
  if (stretches.length === 0 || !Intl.Segmenter) return units;
  const [starts, ends] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  const segmenter = stretches.some(([stretch]) => stretch.length > LONGEST_PART)
    && new Intl.Segmenter(undefined, { granularity: "word" });
  const words = stretches.flatMap(({ 0: stretch, index: from }) => (segmenter ? [...segmenter.segment(stretch)]
    .filter(({ isWordLike }) => isWordLike) : [{ segment: stretch, index: 0 }])
    .map(({ segment, index }) => ({ start: from + index, end: from + index + segment.length })));
  let word = 0;
  units.starts.forEach((start, unit) => {
    while (word < words.length && words[word].end <= start) word += 1;
    if (word < words.length && words[word].start < start) ends.pop();
    else starts.push(start);
    ends.push(units.ends[unit]);
  });
  return { starts: new Uint32Array(starts), ends: new Uint32Array(ends) };
}

/**
 * Return the index of the token that contains an offset; -1 between tokens and outside the text.
 *
 * @param {TextDocument} document
 * @param {number} offset
 * @returns {number}
 */
export function tokenAt(document, offset) {
  const index = lastUpTo(document.tokenStarts, offset);
  return index >= 0 && offset < document.tokenEnds[index] ? index : -1;
}

/**
 * Return the index of the first token that ends after an offset; the number of tokens when there is none.
 *
 * @param {TextDocument} document
 * @param {number} offset
 * @returns {number}
 */
export function tokenFrom(document, offset) {
  return countBelow(document.tokenEnds, offset + 1);
}

/**
 * Return the index of the token nearest to an offset; -1 in a document without tokens.
 *
 * @param {TextDocument} document
 * @param {number} offset
 * @returns {number}
 */
export function nearestToken(document, offset) {
  const next = tokenFrom(document, offset);
  if (next === 0) return document.tokenStarts.length > 0 ? 0 : -1;
  if (next === document.tokenStarts.length) return next - 1;
  const gapAfter = document.tokenStarts[next] - offset;
  return gapAfter <= 0 || gapAfter < offset - document.tokenEnds[next - 1] + 1 ? next : next - 1;
}

/**
 * Return the index of the block that contains an offset; a separator belongs to the block before it.
 *
 * @param {TextDocument} document
 * @param {number} offset
 * @returns {number}
 */
export function blockAt(document, offset) {
  return Math.max(0, lastUpTo(document.blockStarts, offset));
}

/**
 * Return the index of the sentence that contains an offset or ends before it, or the first sentence; -1 without
 * sentences.
 *
 * @param {TextDocument} document
 * @param {number} offset
 * @returns {number}
 */
export function sentenceAt(document, offset) {
  if (document.sentenceStarts.length === 0) return -1;
  return Math.max(0, lastUpTo(document.sentenceStarts, offset));
}

/**
 * Return the text that a selection stands for: the whole tokens it touches (of scripts without spaces, the characters),
 * or without `wholeTokens` the selection itself without white space around it.
 *
 * @param {TextDocument} document
 * @param {number} start
 * @param {number} end
 * @returns {{start: number, end: number}|null} null when it contains only white space
 */
export function snap(document, start, end) {
  if (start > end) return snap(document, end, start);
  if (start === end) return null;
  if (!document.wholeTokens) return trim(document, start, end);
  const { unitStarts, unitEnds } = document;
  const first = countBelow(unitEnds, start + 1);
  const last = countBelow(unitStarts, end) - 1;
  if (first > last) return null;
  return { start: unitStarts[first], end: unitEnds[last] };
}

/**
 * @param {TextDocument} document
 * @param {number} from
 * @param {number} to
 */
function trim({ text, offsets }, from, to) {
  let start = Math.max(0, offsets.isExact(from) ? from : from - 1);
  let end = Math.min(text.length, offsets.isExact(to) ? to : to + 1);
  while (start < end && WHITE_SPACE.test(text[start])) start += 1;
  while (start < end && WHITE_SPACE.test(text[end - 1])) end -= 1;
  return start < end ? { start, end } : null;
}

/**
 * Return the covered text, as stored, fragments joined by an ellipsis.
 *
 * @param {{text: string}} document
 * @param {Fragment[]} fragments
 * @returns {string}
 */
export function textOf(document, fragments) {
  return fragments.map(([start, end]) => document.text.slice(start, end)).join(" … ");
}

/**
 * Return the covered text on one line, shortened in the middle, for lists and announcements.
 *
 * @param {{text: string}} document
 * @param {Fragment[]} fragments
 * @param {number} [longest] in characters
 * @returns {string}
 */
export function excerpt(document, fragments, longest = 60) {
  const limit = 8 * longest;
  const pieces = fragments.map(([start, end]) =>
    end - start <= limit ? document.text.slice(start, end)
      : `${document.text.slice(start, start + limit / 2)}${document.text.slice(end - limit / 2, end)}`);
  const characters = Array.from(pieces.join(" … ").replace(/\s+/gu, " ").trim());
  if (characters.length <= longest) return characters.join("");
  const half = Math.floor((longest - 1) / 2);
  return `${characters.slice(0, half).join("").trimEnd()}…${characters.slice(-half).join("").trimStart()}`;
}

/** Longer lines are split, so that one block is quick to measure and to look up. */
const LONGEST_BLOCK = 2400;

/** The number of characters of one chunk, the unit that the browser skips when it is off screen. */
const CHUNK = 6000;

/**
 * Return the lines of a text without their separators (LF, CRLF, CR, U+2028, U+2029), long ones split where a sentence
 * or a token starts.
 *
 * A separator at the end of the text starts no further line; an empty text has one empty line.
 *
 * @param {string} text
 * @param {Uint32Array} tokenStarts
 * @param {Uint32Array} sentenceStarts
 */
export function splitBlocks(text, tokenStarts, sentenceStarts) {
  const blocks = { starts: /** @type {number[]} */ ([]), ends: /** @type {number[]} */ ([]),
    continues: /** @type {number[]} */ ([]) };
  const separator = /\r\n|[\n\r\u2028\u2029]/g;
  let start = 0;
  do {
    const match = separator.exec(text);
    const end = match ? match.index : text.length;
    splitLine(blocks, start, end, (from) => splitPoint(text, from, tokenStarts, sentenceStarts));
    start = match ? separator.lastIndex : text.length;
  } while (start < text.length);
  return {
    starts: new Uint32Array(blocks.starts),
    ends: new Uint32Array(blocks.ends),
    continues: new Uint8Array(blocks.continues),
  };
}

/**
 * @param {{starts: number[], ends: number[], continues: number[]}} blocks
 * @param {number} start
 * @param {number} end
 * @param {(from: number) => number} choose where to split a line that is too long from here
 */
function splitLine(blocks, start, end, choose) {
  let from = start;
  for (;;) {
    const to = end - from > LONGEST_BLOCK ? choose(from) : end;
    blocks.starts.push(from);
    blocks.ends.push(to);
    blocks.continues.push(from === start ? 0 : 1);
    if (to === end) return;
    from = to;
  }
}

/**
 * @param {string} text
 * @param {number} from
 * @param {Uint32Array} tokenStarts
 * @param {Uint32Array} sentenceStarts
 */
function splitPoint(text, from, tokenStarts, sentenceStarts) {
  const limit = from + LONGEST_BLOCK;
  const sentence = sentenceStarts[lastUpTo(sentenceStarts, limit)] ?? 0;
  if (sentence > from + LONGEST_BLOCK / 2) return sentence;
  const token = tokenStarts[lastUpTo(tokenStarts, limit)] ?? 0;
  if (token > from) return token;
  return (text.charCodeAt(limit) & 0xfc00) === 0xdc00 ? limit - 1 : limit;
}

/**
 * @param {Uint32Array} blockStarts
 * @param {number} length of the text
 * @returns {Uint32Array} index of the first block of each chunk
 */
export function groupBlocks(blockStarts, length) {
  const chunkStarts = [0];
  let chunkStart = 0;
  for (let block = 1; block < blockStarts.length; block += 1) {
    const end = blockStarts[block + 1] ?? length;
    if (end - chunkStart <= CHUNK) continue;
    chunkStarts.push(block);
    chunkStart = blockStarts[block];
  }
  return new Uint32Array(chunkStarts);
}
