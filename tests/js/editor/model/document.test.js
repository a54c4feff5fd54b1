import assert from "node:assert/strict";
import { test } from "node:test";
import {
  blockAt, createDocument, excerpt, nearestToken, sentenceAt, snap, textOf, tokenAt, tokenFrom,
} from "../../../../static/editor/model/text/document.js";
import { makePayload, makeText } from "../support/editors.js";
import { Random } from "../support/random.js";

/**
 * @param {string} text
 * @param {{wholeTokens?: boolean}} [options]
 */
const read = (text, options) => createDocument(makePayload(text).document, options);

/** @param {ReturnType<typeof read>} document */
const blocksOf = (document) => [...document.blockStarts].map((start, index) =>
  document.text.slice(start, document.blockEnds[index]));

test("lines become blocks whatever separates them, and separators are in none", () => {
  assert.deepEqual(blocksOf(read("a b\nc\r\nd\re\u2028f\u2029g")), ["a b", "c", "d", "e", "f", "g"]);
});

test("empty lines are blocks, and a separator at the end opens none", () => {
  assert.deepEqual(blocksOf(read("a\r\n\r\nb\n")), ["a", "", "b"]);
  assert.deepEqual(blocksOf(read("")), [""]);
  assert.deepEqual(blocksOf(read("\n")), [""]);
  assert.deepEqual(blocksOf(read("\n\r\n")), ["", ""]);
});

test("a long line is cut where a sentence or a word starts, and the pieces make up the line", () => {
  const line = "word 🙂 ".repeat(2000);
  const document = read(line);
  const blocks = blocksOf(document);

  assert.equal(blocks.join(""), line);
  assert.ok(blocks.length > 5);
  assert.ok(blocks.every((block) => block.length <= 2400 && block.length > 1200));
  assert.deepEqual([...document.blockContinues], blocks.map((_, index) => (index === 0 ? 0 : 1)));
  assert.ok([...document.blockStarts].every((start) => document.tokenStarts.includes(start)));
});

test("a line of one word is cut all the same, but never inside a character", () => {
  const blocks = blocksOf(read(`x${"🙂".repeat(5000)}`));

  assert.ok(blocks.every((block) => block.length <= 2400 && !/^[\udc00-\udfff]/.test(block)));
});

test("chunks hold about 6,000 characters and every block", () => {
  const document = read("A line of some words, again.\n".repeat(3000));
  const starts = [...document.chunkStarts];
  const lengths = starts.map((block, index) => {
    const last = (starts[index + 1] ?? document.blockStarts.length) - 1;
    return document.blockEnds[last] - document.blockStarts[block];
  });

  assert.equal(starts[0], 0);
  assert.ok(lengths.every((length) => length <= 6000));
  assert.ok(lengths.slice(0, -1).every((length) => length > 5900));
});

test("a selection snaps to the whole tokens that it touches", () => {
  const document = read("Ada said 👩🏽‍🔬 no.");

  assert.deepEqual(snap(document, 1, 5), { start: 0, end: 8 });
  assert.deepEqual(snap(document, 5, 1), { start: 0, end: 8 });
  assert.deepEqual(snap(document, 3, 4), null);
  assert.deepEqual(snap(document, 3, 3), null);
  assert.deepEqual(snap(document, 11, 12), { start: 9, end: 16 });
  assert.deepEqual(snap(document, 8, 17), { start: 9, end: 16 });
  assert.deepEqual(snap(read("  \n "), 0, 4), null);
});

test("without whole tokens a selection is trimmed, and never cuts a character in two", () => {
  const document = read("Ada said 🙂 no.", { wholeTokens: false });

  assert.deepEqual(snap(document, 1, 5), { start: 1, end: 5 });
  assert.deepEqual(snap(document, 3, 9), { start: 4, end: 8 });
  assert.deepEqual(snap(document, 10, 12), { start: 9, end: 11 });
  assert.deepEqual(snap(document, 3, 4), null);
});

test("snapping twice is the same as once, and snapped text begins and ends with a token", () => {
  const random = new Random(2);
  for (let round = 0; round < 300; round += 1) {
    const document = read(makeText(random, 30));
    const found = snap(document, random.below(document.text.length), random.below(document.text.length));
    if (!found) continue;
    assert.deepEqual(snap(document, found.start, found.end), found);
    assert.ok(document.tokenStarts.includes(found.start) && document.tokenEnds.includes(found.end));
  }
});

test("tokens, sentences and blocks are found by offset", () => {
  const document = read("Ada said.\r\n\r\nNo 🙂 plan.");

  assert.deepEqual([0, 2, 3, 4, 8, 9, 13, 16].map((at) => tokenAt(document, at)), [0, 0, -1, 1, 1, -1, 2, 3]);
  assert.deepEqual([0, 3, 9, 12, 99].map((at) => tokenFrom(document, at)), [0, 1, 2, 2, 5]);
  assert.deepEqual([0, 3, 9, 10, 12, 99].map((at) => nearestToken(document, at)), [0, 0, 1, 1, 2, 4]);
  assert.deepEqual([0, 9, 10, 11, 13, 99].map((at) => blockAt(document, at)), [0, 0, 0, 1, 2, 2]);
  assert.deepEqual([0, 8, 11, 13, 20].map((at) => sentenceAt(document, at)), [0, 0, 0, 1, 1]);
  assert.deepEqual([nearestToken(read(""), 0), sentenceAt(read(""), 0), tokenAt(read(""), 0)], [-1, -1, -1]);
});

test("boundaries of tokens come out as in the text, in UTF-16", () => {
  const random = new Random(3);
  const text = makeText(random, 500);
  const { tokenStarts, tokenEnds } = read(text);

  assert.deepEqual([...tokenStarts].map((start, index) => text.slice(start, tokenEnds[index])), text.match(/\S+/gu));
});

test("an excerpt is one line, shortened in the middle, without half characters", () => {
  const document = read(`One\r\n two ${"🙂 ".repeat(2000)}end`);

  assert.equal(excerpt(document, [[0, 9]]), "One two");
  assert.equal(textOf(document, [[0, 3], [6, 9]]), "One … two");
  const short = excerpt(document, [[0, document.text.length]], 21);
  assert.match(short, /^One two 🙂.*….*🙂 end$/u);
  assert.ok(Array.from(short).length <= 21);
  assert.ok(short.isWellFormed());
});

test("a text of 600,000 characters is prepared with a bounded number of blocks and chunks", () => {
  const document = read("Ada said 🙂 no, again and again. ".repeat(20_000));

  assert.ok(document.blockStarts.length < 640);
  assert.ok(document.chunkStarts.length < 150);
  assert.equal(document.tokenStarts.length, 140_000);
});
