import assert from "node:assert/strict";
import { test } from "node:test";
import * as commands from "../../../../../static/editor/commands/index.js";
import { frameOf } from "../../../../../static/editor/model/assistance/frames.js";
import { presetAttributes } from "../../../../../static/editor/model/assistance/presets.js";
import { makeSpan, openEditor } from "../../support/editors.js";

const TEXT = "deputy Marek Osk said the plan was off.\nBen denied it. “It will rain,” he said.";

/** @param {string} words */
const at = (words) => /** @type {[number, number]} */ ([TEXT.indexOf(words), TEXT.indexOf(words) + words.length]);
/** @param {string} id @param {string} words @param {string} label @param {Record<string, string>} [attributes] */
const span = (id, words, label, attributes) => makeSpan(id, [at(words)], label, attributes);

const NAMED = { canonical: "x" };

test("a claim is offered the nearest speakers, and Enter takes that of its sentence", () => {
  const claim = span("c", "the plan was off", "Claim");
  const speakers = [span("o", "Marek Osk", "Speaker", NAMED), span("b", "Ben", "Speaker", NAMED)];
  const editor = openEditor(TEXT, { spans: [...speakers, claim] });
  const frame = /** @type {any} */ (frameOf(editor.store.state, claim, new Set()));

  assert.deepEqual([frame.id, frame.isOutward, frame.assumed.id], ["attributed-to", true, "o"]);
  assert.deepEqual(frame.spans.map((/** @type {any} */ { id }) => id), ["o", "b"]);
  assert.equal(frameOf(editor.store.state, claim, new Set(["attributed-to"])), null);
});

test("what a denial denies is never assumed", () => {
  const denial = span("d", "denied it", "Denial");
  const editor = openEditor(TEXT, { spans: [span("c", "the plan was off", "Claim"), denial] });
  const frame = /** @type {any} */ (frameOf(editor.store.state, denial, new Set()));

  assert.deepEqual([frame.id, frame.spans.length, frame.assumed], ["denies", 1, null]);
  assert.equal(commands.assumedIndex(frame), -1);
});

test("a speaker is offered names, then the content of the sentence that waits", () => {
  const speaker = span("o", "deputy Marek Osk", "Speaker");
  const editor = openEditor(TEXT, { spans: [span("c", "the plan was off", "Claim"), span("r", "It will rain", "Claim"),
    speaker] });
  const { state, dispatch } = editor.store;
  const naming = /** @type {any} */ (frameOf(state, speaker, new Set()));

  assert.deepEqual([naming.id, naming.names[0]], ["canonical", "Marek Osk"]);
  editor.run(commands.selectSpan("o"));
  assert.ok(commands.takeFromFrame(naming, 0)(editor.store.state, dispatch));
  const named = /** @type {any} */ (state.spans.get("o"));
  const waiting = /** @type {any} */ (frameOf(editor.store.state, named, new Set()));
  assert.deepEqual([waiting.isOutward, waiting.spans.map((/** @type {any} */ { id }) => id)], [false, ["c"]]);
  assert.ok(commands.takeFromFrame(waiting, 0)(editor.store.state, dispatch));
  const [relation] = editor.store.state.relations.of("o");
  assert.deepEqual([relation.from, relation.to], ["c", "o"]);
});

test("values follow the marks and words", () => {
  const { document, schema } = openEditor(TEXT).store.state;
  const preset = (/** @type {string} */ words, /** @type {string} */ label) =>
    presetAttributes(document, /** @type {any} */ (schema.labels.get(label)), [at(words)]);

  assert.deepEqual(preset("It will rain", "Claim"), { quote_type: "direct", voice: "speaker", kind: "prediction" });
  assert.equal(preset("the plan was off", "Claim").quote_type, "indirect");
  assert.deepEqual(preset("he", "Speaker"), { kind: "person", mention: "pronoun" });
  assert.equal(preset("denied it", "Denial").form, "reported");
});

test("lines of an interview are direct, but not its questions", () => {
  const text = "Q: You were asked to delay it?\nA: I did not say that.";
  const { document, schema } = openEditor(text).store.state;
  const preset = (/** @type {string} */ words) => presetAttributes(document,
    /** @type {any} */ (schema.labels.get("Claim")), [[text.indexOf(words), text.indexOf(words) + words.length]]);

  assert.deepEqual([preset("I did not").quote_type, preset("You were").quote_type], ["direct", "indirect"]);
});

test("the voice of a claim follows its links", () => {
  const claim = span("c", "the plan was off", "Claim", { voice: "speaker" });
  const editor = openEditor(TEXT, { spans: [span("o", "Marek Osk", "Speaker", NAMED), claim] });
  const { store } = editor;
  const voice = () => store.state.spans.get("c")?.attributes.voice;
  editor.run(commands.selectSpan("c"));
  const frame = /** @type {any} */ (frameOf(store.state, claim, new Set()));

  assert.equal(editor.run(commands.leaveFrame(frame)), true);
  assert.equal(voice(), "unsourced");
  editor.run(commands.addRelation("attributed-to", "o"));
  assert.equal(voice(), "speaker");
  editor.run(() => editor.history.undo());
  assert.equal(voice(), "unsourced");
});

test("values follow the boundaries of a span that was just made, unless they were chosen", () => {
  const editor = openEditor("It rained.\nThe row could delay the route, and it will.");
  const { store } = editor;
  const claim = () => /** @type {any} */ (store.state.spans.get(store.state.selectedId ?? ""));
  editor.run(commands.labelByKey("Claim"));
  const start = store.state.document.text.indexOf("The row");
  const hint = store.state.picking?.hints.find(({ token }) => store.state.document.tokenStarts[token] === start);
  for (const letter of hint?.letters ?? "") editor.run(commands.pickLetter(letter));
  editor.run(commands.setAttribute("quote_type", "direct"));
  const before = claim().attributes.kind;
  while (store.state.document.text.slice(...claim().fragments[0]).includes("will")) {
    editor.run(commands.resizeByStructure(-1));
  }

  assert.deepEqual([before, claim().attributes.kind, claim().attributes.quote_type], ["prediction", "fact", "direct"]);
});
