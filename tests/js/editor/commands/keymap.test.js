import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf } from "../../../../static/editor/commands/index.js";
import {
  clash, countsWith, createKeymap, nameOf,
} from "../../../../static/editor/commands/keymap.js";
import { keyProblem, withKey, withoutKey } from "../../../../static/editor/commands/own_keys.js";
import { parseSchema } from "../../../../static/editor/model/schema.js";
import { findShortcut, namesOf } from "../../../../static/keyboard/keys.js";
import { KeyPress } from "../../keyboard/key_press.js";
import { openEditor, SCHEMA } from "../support/editors.js";

const schema = parseSchema(SCHEMA);
const standard = createKeymap(schema);

/**
 * Return the binding that a key press in the text means.
 *
 * @param {import("../../../../static/editor/commands/keymap.js").Keymap} keymap
 * @param {import("../../../../static/keyboard/keys.js").KeyPress} press
 * @param {string|null} label of the selected span
 */
const bindingFor = (keymap, press, label) =>
  findShortcut(keymap.bindings, namesOf(new KeyPress(press)), countsWith(label, true));

/** @param {any} event @param {string|null} [label] */
const find = (event, label = null) => {
  const binding = bindingFor(standard, event, label);
  return binding && [binding.command, ...binding.argument];
};

test("the built-in schema has no clashing keys", () => {
  assert.deepEqual(standard.clashes, []);
});

test("every shortcut has a description and a command", () => {
  const { history } = openEditor("Ada");

  for (const binding of standard.bindings) {
    assert.ok(binding.description && binding.group);
    const command = commandOf(binding, { history });
    assert.equal(command === null, binding.command.startsWith("view."), binding.command);
  }
});

test("every command has a shortcut", () => {
  const commands = new Set(standard.bindings.map((binding) => binding.command));
  for (const command of ["cursor.right", "extend.sentenceLeft", "label", "attribute", "view.relation", "span.remove",
    "span.next", "span.previous", "span.cycle", "span.endLater", "span.startEarlier", "span.setFragments",
    "span.addFragment", "span.sentence", "history.undo", "history.redo", "escape", "view.help", "view.note"]) {
    assert.ok(commands.has(command), command);
  }
});

test("labels, relations and choices have their keys", () => {
  assert.deepEqual(find({ key: "1" }), ["label", "Claim"]);
  assert.deepEqual(find({ key: "x" }), ["view.relation", "denies"]);
  assert.deepEqual(find({ key: "d" }, "Claim"), ["attribute", "quote_type", "direct"]);
  assert.equal(find({ key: "d" }, "Hedge"), undefined);
  assert.equal(find({ key: "d" }), undefined);
});

test("choices and typed attributes get free uppercase letters", () => {
  for (const { id, attributes } of schema.labels.values()) {
    for (const attribute of attributes) {
      for (const choice of attribute.type === "choice" ? attribute.choices : []) {
        assert.match(standard.keysOf(`attribute ${id} ${attribute.id} ${choice.id}`).join(), /^[A-Z]$|^[dim]$/);
      }
    }
  }
  assert.deepEqual(find({ key: "N", shiftKey: true }, "Claim"), ["attribute", "voice", "narrator"]);
  assert.deepEqual(find({ key: "N", shiftKey: true }, "Speaker"), ["attribute", "mention", "name"]);
  assert.deepEqual(find({ key: "C", shiftKey: true }, "Speaker"), ["view.attribute", "canonical"]);
  assert.deepEqual(find({ key: "U", shiftKey: true }, "Claim"), ["sentence.previous"], "commands keep theirs");
  assert.deepEqual(standard.clashes, []);
});

test("undo and submit count on the whole page", () => {
  const onPage = (/** @type {string} */ key, keymap = standard) =>
    findShortcut(keymap.bindings, [key], countsWith(null, false))?.command;

  assert.deepEqual(["Control+z", "Control+Enter", "n", "Control+ArrowRight"].map((key) => onPage(key)),
    ["history.undo", "view.submit", undefined, undefined]);
  assert.equal(onPage("q", createKeymap(schema, { "history.undo": ["q"] })), undefined);
});

test("choices without a free letter have no key", () => {
  const attributes = ["x", "y", "z"].map((id) => ({ id, choices:
    Array.from({ length: 10 }, (_, index) => ({ id: `c${index}` })) }));
  const map = createKeymap(parseSchema({ labels: [{ id: "A", attributes }], relations: [] }));

  assert.equal(map.keysOf("attribute A z c9").length, 0);
  assert.equal(map.bindings.filter(({ command }) => command === "attribute").length, 23);
  assert.deepEqual(map.clashes, []);
});

test("an attribute with many choices has one key, which goes to its field", () => {
  const choices = Array.from({ length: 100 }, (_, index) => ({ id: `c${index}`, hotkey: index === 7 ? "x" : "" }));
  const map = createKeymap(parseSchema({ labels: [{ id: "A", attributes: [{ id: "Topic", choices }] }] }));

  assert.deepEqual(map.keysOf("view.attribute A Topic"), ["T"]);
  assert.deepEqual(map.keysOf("attribute A Topic c7"), ["x"]);
  assert.deepEqual(map.keysOf("attribute A Topic c8"), []);
});

test("a label of the schema may have the key 0", () => {
  const map = createKeymap(parseSchema({ labels: [{ id: "A", hotkey: "0" }] }));

  assert.deepEqual([map.keysOf("label A"), map.keysOf("view.findLabel")], [["0"], ["F2"]]);
});

test("Control, Command and Shift are recognised", () => {
  assert.deepEqual(find({ key: "z", ctrlKey: true }), ["history.undo"]);
  assert.deepEqual(find({ key: "z", metaKey: true }), ["history.undo"]);
  assert.deepEqual(find({ key: "Z", ctrlKey: true, shiftKey: true }), ["history.redo"]);
  assert.deepEqual(find({ key: "?", shiftKey: true }), ["view.help"]);
  assert.deepEqual(find({ key: "ArrowRight", shiftKey: true, ctrlKey: true }), ["extend.sentenceRight"]);
  assert.equal(find({ key: "1", ctrlKey: true }), undefined);
});

test("keys are found on other layouts", () => {
  assert.deepEqual(find({ key: "&", code: "Digit1" }), ["label", "Claim"]);
  assert.deepEqual(find({ key: "т", code: "KeyN" }), ["span.next"]);
  assert.deepEqual(find({ key: "Я", code: "KeyZ", ctrlKey: true, shiftKey: true }), ["history.redo"]);
  const altGraph = (/** @type {string} */ name) => name === "AltGraph";
  assert.deepEqual(find({ key: "[", ctrlKey: true, altKey: true, getModifierState: altGraph }), ["span.cycleBack"]);
  assert.deepEqual(find({ key: "]", altKey: true }), ["span.cycle"]);
  assert.equal(find({ key: "q", code: "KeyA" }), undefined, "a Latin layout means what it types");
});

test("taken keys of the schema are reported", () => {
  const attributes = [{ id: "x", choices: [{ id: "yes", hotkey: "y" }] }];
  const keymap = createKeymap(parseSchema({
    labels: [{ id: "A", hotkey: "n", attributes }, { id: "B", attributes }],
    relations: [{ id: "r", hotkey: "2" }],
  }));

  const look = (/** @type {string} */ key, /** @type {string|null} */ label) => bindingFor(keymap, { key }, label);

  assert.equal(keymap.clashes.length, 2);
  assert.match(keymap.clashes[0], /“n” of “A” is used by “Next span”/);
  assert.equal(look("n", null)?.command, "span.next");
  assert.deepEqual(look("y", "B")?.argument, ["x", "yes"]);
  assert.equal(look("y", "A")?.label, "A");
});

/** @param {import("../../../../static/editor/model/types.js").OwnKeys} [keys] */
function makeKeymap(keys) {
  const keymap = createKeymap(parseSchema(SCHEMA), keys);
  const command = (/** @type {string} */ name) => {
    const found = keymap.commands.find((binding) => nameOf(binding) === name);
    assert.ok(found, name);
    return found;
  };
  return { keymap, command };
}

test("every command has its own name", () => {
  const names = makeKeymap().keymap.commands.map(nameOf);

  assert.equal(new Set(names).size, names.length);
  for (const name of ["span.next", "label Claim", "view.relation denies", "attribute Claim voice narrator"]) {
    assert.ok(names.includes(name), name);
  }
});

test("own keys replace the default ones", () => {
  const { keymap } = makeKeymap({ "span.next": ["q"], "span.remove": ["Delete"], "label Hedge": [],
    "attribute Claim voice narrator": ["n"] });

  assert.deepEqual(bindingFor(keymap, { key: "q" }, null)?.command, "span.next");
  assert.deepEqual(bindingFor(keymap, { key: "Backspace" }, null), undefined);
  assert.deepEqual(keymap.keysOf("label Hedge"), []);
  assert.deepEqual(bindingFor(keymap, { key: "n" }, "Claim")?.argument, ["voice", "narrator"]);
  assert.equal(bindingFor(keymap, { key: "n" }, "Hedge"), undefined);
  assert.deepEqual(keymap.clashes, []);
});

test("remapping takes effect at once", () => {
  const { keymap } = makeKeymap();
  keymap.remap({ "span.next": ["q"] });
  assert.equal(bindingFor(keymap, { key: "n" }, null), undefined);
  keymap.remap({});

  assert.deepEqual([bindingFor(keymap, { key: "q" }, null), keymap.keysOf("span.next")], [undefined, ["n"]]);
});

test("keys of other commands are refused by name", () => {
  const { keymap, command } = makeKeymap();

  assert.equal(keyProblem(keymap, command("span.next"), "p"), "“Previous span” uses this key.");
  assert.equal(keyProblem(keymap, command("attribute Hedge form reported"), "d"), "", "d belongs to Claims only");
  assert.match(keyProblem(keymap, command("attribute Claim voice narrator"), "d"), /Claim: Quote type: Direct/);
  assert.equal(keyProblem(keymap, command("span.next"), "n"), "", "its own");
  assert.equal(keyProblem(keymap, command("span.next"), "q"), "");
});

test("keys of the browser are refused", () => {
  const { keymap, command } = makeKeymap();

  for (const key of ["Tab", "Shift+Tab", "F5", "Control+c", "Control+Shift+t", "Dead", "AltGraph"]) {
    assert.equal(keyProblem(keymap, command("span.next"), key), "The browser uses this key.", key);
  }
  for (const key of ["F4", "Control+k", "Alt+n", "ö", "!"]) {
    assert.equal(keyProblem(keymap, command("span.next"), key), "", key);
  }
});

test("a key that is changed back leaves no trace", () => {
  const { command } = makeKeymap();
  const binding = command("span.next");
  const keys = withKey({ "label Claim": ["t"] }, binding, "q");

  assert.deepEqual(keys, { "label Claim": ["t"], "span.next": ["q"] });
  assert.deepEqual(withKey(keys, binding, ""), { "label Claim": ["t"], "span.next": [] });
  assert.deepEqual(withoutKey(keys, binding), { "label Claim": ["t"] });
});

test("no set of own keys gives a key two commands", () => {
  const keys = Object.fromEntries(makeKeymap().keymap.commands.map((binding, index) =>
    [nameOf(binding), ["jkq"[index % 3], "F2"]]));
  const { bindings, clashes } = makeKeymap(keys).keymap;

  for (const [index, binding] of bindings.entries()) {
    for (const other of bindings.slice(index + 1)) {
      assert.ok(!clash(binding, other), `${nameOf(binding)} ${nameOf(other)}`);
    }
  }
  assert.ok(clashes.length > 0);
});
