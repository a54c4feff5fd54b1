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

test("lines become blocks whatever separates them", () => {
  assert.deepEqual(blocksOf(read("a b\nc\r\nd\re\u2028f\u2029g")), ["a b", "c", "d", "e", "f", "g"]);
});

test("empty lines are blocks", () => {
  assert.deepEqual(blocksOf(read("a\r\n\r\nb\n")), ["a", "", "b"]);
  assert.deepEqual(blocksOf(read("")), [""]);
  assert.deepEqual(blocksOf(read("\n")), [""]);
  assert.deepEqual(blocksOf(read("\n\r\n")), ["", ""]);
});

test("long lines are split at sentences or words", () => {
  const line = "word 🙂 ".repeat(2000);
  const document = read(line);
  const blocks = blocksOf(document);

  assert.equal(blocks.join(""), line);
  assert.ok(blocks.length > 5);
  assert.ok(blocks.every((block) => block.length <= 2400 && block.length > 1200));
  assert.deepEqual([...document.blockContinues], blocks.map((_, index) => (index === 0 ? 0 : 1)));
  assert.ok([...document.blockStarts].every((start) => document.tokenStarts.includes(start)));
});

test("lines of one word are split between characters", () => {
  const blocks = blocksOf(read(`x${"🙂".repeat(5000)}`));

  assert.ok(blocks.every((block) => block.length <= 2400 && !/^[\udc00-\udfff]/.test(block)));
});

test("chunks have about 6,000 characters", () => {
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

test("selections snap to the tokens that they touch", () => {
  const document = read("Ada said 👩🏽‍🔬 no.");

  assert.deepEqual(snap(document, 1, 5), { start: 0, end: 8 });
  assert.deepEqual(snap(document, 5, 1), { start: 0, end: 8 });
  assert.deepEqual(snap(document, 3, 4), null);
  assert.deepEqual(snap(document, 3, 3), null);
  assert.deepEqual(snap(document, 11, 12), { start: 9, end: 16 });
  assert.deepEqual(snap(document, 8, 17), { start: 9, end: 16 });
  assert.deepEqual(snap(read("  \n "), 0, 4), null);
});

test("selections without whole tokens are trimmed", () => {
  const document = read("Ada said 🙂 no.", { wholeTokens: false });

  assert.deepEqual(snap(document, 1, 5), { start: 1, end: 5 });
  assert.deepEqual(snap(document, 3, 9), { start: 4, end: 8 });
  assert.deepEqual(snap(document, 10, 12), { start: 9, end: 11 });
  assert.deepEqual(snap(document, 3, 4), null);
});

test("snapping is idempotent", () => {
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

test("token boundaries are UTF-16 offsets", () => {
  const random = new Random(3);
  const text = makeText(random, 500);
  const { tokenStarts, tokenEnds } = read(text);

  assert.deepEqual([...tokenStarts].map((start, index) => text.slice(start, tokenEnds[index])), text.match(/\S+/gu));
});

test("words of scripts without spaces are whole, and spans may end within them", () => {
  const text = "我们喜欢北京。mm สวัสดีครับ";
  const lengths = [1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2, 1, 2, 1];
  const tokens = lengths.flatMap((length, index) => [index === 8 ? 1 : 0, length]);
  const document = createDocument({ ...makePayload(text).document, tokens });
  const words = [...document.tokenStarts].map((start, index) => text.slice(start, document.tokenEnds[index]));

  assert.deepEqual(words, ["我们", "喜欢", "北京", "。", "mm", "สวัสดี", "ครับ"]);
  assert.deepEqual([snap(document, 1, 3), snap(document, 11, 12)], [{ start: 1, end: 3 }, { start: 11, end: 13 }]);
});

test("a short name in a script without spaces is one word", () => {
  const text = "In 東京 he";
  const document = createDocument({ ...makePayload(text).document, tokens: [0, 2, 1, 1, 0, 1, 1, 2] });

  assert.deepEqual([[...document.tokenStarts], [...document.tokenEnds]], [[0, 3, 6], [2, 5, 8]]);
  assert.deepEqual(snap(document, 3, 4), { start: 3, end: 4 });
});

test("excerpts are shortened in the middle", () => {
  const document = read(`One\r\n two ${"🙂 ".repeat(2000)}end`);

  assert.equal(excerpt(document, [[0, 9]]), "One two");
  assert.equal(textOf(document, [[0, 3], [6, 9]]), "One … two");
  const short = excerpt(document, [[0, document.text.length]], 21);
  assert.match(short, /^One two 🙂.*….*🙂 end$/u);
  assert.ok(Array.from(short).length <= 21);
  assert.ok(short.isWellFormed());
});

test("large documents have a limited number of blocks", () => {
  const document = read("Ada said 🙂 no, again and again. ".repeat(20_000));

  assert.ok(document.blockStarts.length < 640);
  assert.ok(document.chunkStarts.length < 150);
  assert.equal(document.tokenStarts.length, 140_000);
});
