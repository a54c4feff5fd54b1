import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parseBoundaries, trimToRules } from "../../../../static/editor/model/text/boundary_rules.js";
import { Offsets } from "../../../../static/editor/model/text/offsets.js";
import { SCHEMA } from "../support/editors.js";

const RULES = parseBoundaries(SCHEMA.boundaries);

/** Label, text with the selection in ⟦ ⟧, and the text that the span covers. */
const CASES = /** @type {const} */ ([
  ["Claim", "⟦ the dam was inspected \n⟧", "the dam was inspected"],
  ["Claim", "⟦the dam was inspected.⟧", "the dam was inspected"],
  ["Claim", "⟦the dam was inspected;⟧ no", "the dam was inspected"],
  ["Claim", "⟦the dam was inspected …⟧", "the dam was inspected …"],
  ["Claim", "⟦has the dam leaked?⟧", "has the dam leaked?"],
  ["Claim", "⟦the dam leaks!⟧", "the dam leaks!"],
  ["Claim", "⟦It was the U.S.⟧", "It was the U.S."],
  ["Claim", "⟦he saw Dr.⟧ Orrin", "he saw Dr."],
  ["Claim", "⟦it opens at 10 a.m.⟧", "it opens at 10 a.m."],
  ["Denial", "⟦No.⟧", "No"],
  ["Claim", "⟦“The bridge will open.”⟧", "The bridge will open"],
  ["Claim", "⟦\"The bridge will open,\"⟧ he said", "The bridge will open"],
  ["Claim", "⟦«Мост откроется»⟧", "Мост откроется"],
  ["Claim", "⟦„Die Brücke öffnet“⟧", "Die Brücke öffnet"],
  ["Claim", "⟦「橋は開く」⟧", "橋は開く"],
  ["Claim", "⟦橋は開く。⟧", "橋は開く"],
  ["Claim", "⟦大橋已經開放，⟧他說", "大橋已經開放"],
  ["Claim", "⟦‘The bridge will open’⟧", "The bridge will open"],
  ["Claim", "⟦the fire \"was out by noon\".⟧", "the fire \"was out by noon\""],
  ["Claim", "⟦the fire \"was out by noon⟧\". So", "the fire \"was out by noon\""],
  ["Claim", "⟦the fire “was out by noon⟧.” So", "the fire “was out by noon.”"],
  ["Claim", "“⟦was out” by noon⟧", "“was out” by noon"],
  ["Claim", "⟦“The bridge⟧ will open”", "The bridge"],
  ["Claim", "he said “⟦The bridge will open.”⟧", "The bridge will open"],
  ["Claim", "⟦“Yes” and “no”⟧", "“Yes” and “no”"],
  ["Claim", "⟦(the bridge⟧ is old)", "the bridge"],
  ["Claim", "⟦the bridge (old⟧) falls", "the bridge (old)"],
  ["Claim", "⟦that the bridge is old⟧", "the bridge is old"],
  ["Claim", "⟦whether the dam had leaked⟧", "the dam had leaked"],
  ["Claim", "⟦said that the bridge is old⟧", "the bridge is old"],
  ["Claim", "⟦That bridge is old⟧", "That bridge is old"],
  ["Claim", "⟦But the bridge is old.⟧", "the bridge is old"],
  ["Claim", "⟦However, the bridge is old⟧", "the bridge is old"],
  ["Claim", "⟦but that “the bridge is old.”⟧", "the bridge is old"],
  ["Claim", "⟦The bridge is old⟧", "The bridge is old"],
  ["Claim", "⟦Android is old⟧", "Android is old"],
  ["Claim", "⟦thatched roofs burn⟧", "thatched roofs burn"],
  ["Speaker", "⟦The minister⟧", "minister"],
  ["Speaker", "⟦an aide⟧", "aide"],
  ["Speaker", "⟦Andrea⟧", "Andrea"],
  ["Speaker", "⟦Ada's⟧ plan", "Ada"],
  ["Speaker", "⟦the ministers’⟧ plan", "ministers"],
  ["Speaker", "the ⟦Deputy Harbour Master Lio Brandt, who joined in March⟧", "Deputy Harbour Master Lio Brandt"],
  ["Speaker", "⟦the harbour master, Lio Brandt,⟧", "Lio Brandt"],
  ["Speaker", "⟦Lio Brandt, the harbour master⟧", "Lio Brandt"],
  ["Speaker", "⟦a woman who saw it⟧", "woman"],
  ["Speaker", "⟦1,000 residents⟧", "1,000 residents"],
  ["Speaker", "⟦Ada, Ben and Cy⟧ said no", "Ada, Ben and Cy"],
  ["Speaker", "⟦Ada Byron, Ben Orrin, and Cy Dahl,⟧ said", "Ada Byron, Ben Orrin, and Cy Dahl"],
  ["Speaker", "⟦The minister, the mayor and the bishop⟧ said", "minister, the mayor and the bishop"],
  ["Speaker", "⟦ministers, mayors and bishops⟧", "ministers, mayors and bishops"],
  ["Speaker", "⟦Ada Byron, mathematician and writer⟧", "Ada Byron"],
  ["Speaker", "⟦Ada Byron, the minister and a mother of two⟧", "Ada Byron"],
  ["Speaker", "⟦two people, Ada Byron and Ben Orrin⟧", "Ada Byron and Ben Orrin"],
  ["Speaker", "⟦The mayor of Ebra, Hanno Silt⟧", "Hanno Silt"],
  ["Speaker", "the ⟦mayor of Springfield, Illinois⟧", "mayor of Springfield"],
  ["Speaker", "⟦Martin Orne, Jr.⟧ said", "Martin Orne, Jr."],
  ["Speaker", "⟦Brightwater Lines, Inc., the carrier⟧", "Brightwater Lines, Inc."],
  ["Speaker", "He gave ⟦The Guardian⟧ it", "The Guardian"],
  ["Speaker", "It rained. ⟦The Guardian⟧ said so", "Guardian"],
  ["Speaker", "“⟦The Port Users⟧ agree”", "Port Users"],
  ["Speaker", "⟦McDonald's⟧ denied it", "McDonald's"],
  ["Speaker", "according to ⟦Moody’s⟧.", "Moody’s"],
  ["Speaker", "⟦the minister’s⟧ “no”", "minister"],
  ["Claim", "said ⟦that is out of the question⟧", "that is out of the question"],
  ["Claim", "said ⟦that wasn’t true⟧", "that wasn’t true"],
  ["Claim", "asked ⟦whether or not it leaks⟧", "it leaks"],
  ["Claim", "⟦So far none has paid⟧", "So far none has paid"],
  ["Claim", "⟦So the dam leaks⟧", "the dam leaks"],
  ["Claim", "⟦Rather than pay, they left⟧", "Rather than pay, they left"],
  ["Claim", "⟦However hard they try, it leaks⟧", "However hard they try, it leaks"],
  ["Claim", "⟦But for the rain, it would stand⟧", "But for the rain, it would stand"],
  ["Claim", "⟦the dam leaks...⟧", "the dam leaks..."],
  ["Denial", "⟦But that is invented.⟧", "But that is invented"],
  ["Hedge", "⟦the alleged⟧", "the alleged"],
  ["Claim", "⟦...⟧", "..."],
  ["Speaker", "⟦the⟧ man", "the"],
  ["Claim", "⟦👩🏽‍🔬 אמרה “לא”.⟧", "👩🏽‍🔬 אמרה “לא”"],
]);

for (const [label, marked, wanted] of CASES) {
  test(`${label}: ${marked.replaceAll("\n", "↵")} → ${wanted}`, () => {
    const start = marked.indexOf("⟦");
    const end = marked.indexOf("⟧") - 1;
    const text = marked.replace(/[⟦⟧]/gu, "");

    const place = trimToRules(text, [start, end], RULES, label);

    assert.equal(text.slice(...place), wanted);
    assert.deepEqual(trimToRules(text, place, RULES, label), place, "once more changes nothing");
  });
}

test("schemas without rules trim only white space", () => {
  const rules = parseBoundaries({});
  const text = " “The dam.” ";

  assert.equal(text.slice(...trimToRules(text, [0, text.length], rules, "Claim")), "“The dam.”");
  assert.deepEqual(trimToRules(text, [0, text.length], parseBoundaries({ trim_whitespace: false }), "Claim"), [0, 12]);
});

test("rules apply to labels of their name", () => {
  const rules = parseBoundaries({ person_leading_article: "out", place_leading_article: "in" });
  const text = "the hall";

  assert.deepEqual(["Person", "Place"].map((label) => text.slice(...trimToRules(text, [0, 8], rules, label))),
    ["hall", "the hall"]);
});

test("spans of the sample corpus follow the rules", () => {
  const folder = new URL("../../../../annotator/site/demo/sample-corpus/", import.meta.url);
  const lines = readdirSync(folder).filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(new URL(name, folder), "utf8").trim().split("\n"));
  /** @type {string[]} */
  const changed = [];
  let count = 0;
  for (const line of lines) {
    const { text, annotators } = JSON.parse(line);
    const offsets = new Offsets(text);
    /** @type {{label: string, fragments: [number, number][]}[]} */
    const spans = [...annotators.A.spans, ...annotators.adjudicated.spans];
    const marked = spans.flatMap(({ label, fragments }) => fragments.map((fragment) => ({ label, fragment })));
    for (const { label, fragment } of marked) {
      /** @type {[number, number]} */
      const piece = [offsets.toUtf16(fragment[0]), offsets.toUtf16(fragment[1])];
      const place = trimToRules(text, piece, RULES, label);
      count += 1;
      if (place.join() !== piece.join()) changed.push(`${label}: ${text.slice(...piece)} → ${text.slice(...place)}`);
    }
  }

  assert.ok(count > 550, `${count} spans`);
  assert.deepEqual(changed, []);
});
