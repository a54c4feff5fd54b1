import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf } from "../../static/editor/commands.js";
import { createKeymap, displayKey, keyOf } from "../../static/editor/keymap.js";
import { parseSchema } from "../../static/editor/schema.js";
import { openEditor, SCHEMA } from "./support/editors.js";

const schema = parseSchema(SCHEMA);
const keymap = createKeymap(schema);
/** @param {any} event @param {string|null} [label] */
const find = (event, label = null) => {
  const binding = keymap.find(event, label);
  return binding && [binding.command, ...binding.argument];
};

test("the keys of the built-in schema clash with nothing", () => {
  assert.deepEqual(keymap.clashes, []);
});

test("every binding has a description, a group, and a command that exists", () => {
  const { history } = openEditor("Ada");

  for (const binding of keymap.bindings) {
    assert.ok(binding.description && binding.group);
    const command = commandOf(binding, { history });
    assert.equal(command === null, binding.command.startsWith("view."), binding.command);
  }
});

test("every command of the editor can be reached from the keyboard", () => {
  const commands = new Set(keymap.bindings.map((binding) => binding.command));
  for (const command of ["cursor.right", "extend.sentenceLeft", "label", "attribute", "view.relation", "span.remove",
    "span.next", "span.previous", "span.cycle", "span.endLater", "span.startEarlier", "span.setFragments",
    "span.addFragment", "span.sentence", "history.undo", "history.redo", "escape", "view.help", "view.note"]) {
    assert.ok(commands.has(command), command);
  }
});

test("labels and relations have the keys of the schema, choices theirs on their own label", () => {
  assert.deepEqual(find({ key: "1" }), ["label", "Claim"]);
  assert.deepEqual(find({ key: "x" }), ["view.relation", "denies"]);
  assert.deepEqual(find({ key: "d" }, "Claim"), ["attribute", "quote_type", "direct"]);
  assert.equal(find({ key: "d" }, "Hedge"), undefined);
  assert.equal(find({ key: "d" }), undefined);
});

test("every choice has one key, and every typed attribute: a free capital of its name, if not the schema's", () => {
  for (const { id, attributes } of schema.labels.values()) {
    for (const attribute of attributes) {
      for (const choice of attribute.type === "choice" ? attribute.choices : []) {
        assert.match(keymap.keysOf(`attribute ${id} ${attribute.id} ${choice.id}`).join(), /^[A-Z]$|^[dim]$/);
      }
    }
  }
  assert.deepEqual(find({ key: "N", shiftKey: true }, "Claim"), ["attribute", "voice", "narrator"]);
  assert.deepEqual(find({ key: "N", shiftKey: true }, "Speaker"), ["attribute", "mention", "name"]);
  assert.deepEqual(find({ key: "C", shiftKey: true }, "Speaker"), ["view.attribute", "canonical"]);
  assert.deepEqual(find({ key: "U", shiftKey: true }, "Claim"), ["sentence.previous"], "commands keep theirs");
  assert.deepEqual(keymap.clashes, []);
});

test("when all capitals are taken a choice has no key, and says nothing wrong", () => {
  const choices = Array.from({ length: 30 }, (_, index) => ({ id: `c${index}` }));
  const map = createKeymap(parseSchema({ labels: [{ id: "A", attributes: [{ id: "x", choices }] }], relations: [] }));

  assert.equal(map.keysOf("attribute A x c29").length, 0);
  assert.equal(map.bindings.filter(({ command }) => command === "attribute").length, 24);
  assert.deepEqual(map.clashes, []);
});

test("modifiers are part of a key, Command counts as Control, and Shift shows in the character", () => {
  assert.deepEqual(find({ key: "z", ctrlKey: true }), ["history.undo"]);
  assert.deepEqual(find({ key: "z", metaKey: true }), ["history.undo"]);
  assert.deepEqual(find({ key: "Z", ctrlKey: true, shiftKey: true }), ["history.redo"]);
  assert.deepEqual(find({ key: "?", shiftKey: true }), ["view.help"]);
  assert.deepEqual(find({ key: "ArrowRight", shiftKey: true, ctrlKey: true }), ["extend.sentenceRight"]);
  assert.equal(find({ key: "1", ctrlKey: true }), undefined);
  assert.equal(keyOf({ key: "+", shiftKey: true }), "+");
});

test("keys are found on other layouts by their place: digits with Shift, letters of other scripts, Alt Gr", () => {
  assert.deepEqual(find({ key: "&", code: "Digit1" }), ["label", "Claim"]);
  assert.deepEqual(find({ key: "т", code: "KeyN" }), ["span.next"]);
  assert.deepEqual(find({ key: "Я", code: "KeyZ", ctrlKey: true, shiftKey: true }), ["history.redo"]);
  const altGraph = (/** @type {string} */ name) => name === "AltGraph";
  assert.deepEqual(find({ key: "[", ctrlKey: true, altKey: true, getModifierState: altGraph }), ["span.cycleBack"]);
  assert.deepEqual(find({ key: "]", altKey: true }), ["span.cycle"]);
  assert.equal(find({ key: "q", code: "KeyA" }), undefined, "a Latin layout means what it types");
});

test("a key of the schema that is taken is named and does nothing; equal keys on different labels are fine", () => {
  const attributes = [{ id: "x", choices: [{ id: "yes", hotkey: "y" }] }];
  const { clashes, find: look } = createKeymap(parseSchema({
    labels: [{ id: "A", hotkey: "n", attributes }, { id: "B", attributes }],
    relations: [{ id: "r", hotkey: "2" }],
  }));

  assert.equal(clashes.length, 2);
  assert.match(clashes[0], /“n” of “A” is taken by “Next span”/);
  assert.equal(look({ key: "n" }, null)?.command, "span.next");
  assert.deepEqual(look({ key: "y" }, "B")?.argument, ["x", "yes"]);
  assert.equal(look({ key: "y" }, "A")?.label, "A");
});

test("keys are shown as people know them", () => {
  assert.deepEqual(["Control+Shift+z", "ArrowRight", "+", "?", "Delete", "1"].map(displayKey),
    ["Ctrl + Shift + Z", "→", "+", "?", "Del", "1"]);
});
