import { lastUpTo } from "./search.js";

/** Longer lines are cut, so that one block stays cheap to measure and to look up. */
const LONGEST_BLOCK = 2400;

/** Text of one chunk, the unit that the browser skips when it is off screen. */
const CHUNK = 6000;

/**
 * Lines without their separators (LF, CRLF, CR, U+2028, U+2029), long ones cut where a sentence or a token starts.
 *
 * A separator at the end of the text opens no further line; an empty text has one empty line.
 *
 * @param {string} text
 * @param {Uint32Array} tokenStarts
 * @param {Uint32Array} sentenceStarts
 */
export function cutBlocks(text, tokenStarts, sentenceStarts) {
  const blocks = { starts: /** @type {number[]} */ ([]), ends: /** @type {number[]} */ ([]),
    continues: /** @type {number[]} */ ([]) };
  const separator = /\r\n|[\n\r\u2028\u2029]/g;
  let start = 0;
  do {
    const found = separator.exec(text);
    const end = found ? found.index : text.length;
    cutLine(blocks, start, end, (from) => chooseCut(text, from, tokenStarts, sentenceStarts));
    start = found ? separator.lastIndex : text.length;
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
 * @param {(from: number) => number} choose where to cut a line that goes on too long from here
 */
function cutLine(blocks, start, end, choose) {
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
function chooseCut(text, from, tokenStarts, sentenceStarts) {
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
