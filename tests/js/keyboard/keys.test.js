import assert from "node:assert/strict";
import { test } from "node:test";
import { digitOf, displayKey, findShortcut, keyOf, namesOf, nameWithoutAlt } from "../../../static/keyboard/keys.js";
import { KeyPress } from "./key_press.js";

/** @param {import("../../../static/keyboard/keys.js").KeyPress} init */
const names = (init) => namesOf(new KeyPress(init));

test("modifiers are part of a name", () => {
  assert.equal(keyOf(new KeyPress({ key: "z", metaKey: true })), "Control+z", "Command counts as Control");
  assert.equal(keyOf(new KeyPress({ key: "Z", ctrlKey: true, shiftKey: true })), "Control+Shift+z");
  assert.equal(keyOf(new KeyPress({ key: "+", shiftKey: true })), "+", "Shift shows in the character");
  assert.equal(keyOf(new KeyPress({ key: "F3", shiftKey: true })), "Shift+F3");
  assert.equal(keyOf(new KeyPress({ key: "n", altKey: true })), "Alt+n");
});

test("digits are found by their place on the keyboard", () => {
  assert.deepEqual(names({ key: "&", code: "Digit1" }), ["&", "1"]);
  assert.deepEqual(names({ key: "1", code: "Digit1" }), ["1", "1"]);
});

test("letters of other scripts are found by their place", () => {
  assert.deepEqual(names({ key: "т", code: "KeyN" }), ["т", "n"]);
  assert.deepEqual(names({ key: "Я", code: "KeyZ", ctrlKey: true, shiftKey: true }),
    ["Control+Shift+я", "Control+Shift+z"]);
  assert.deepEqual(names({ key: "q", code: "KeyA" }), ["q"], "Latin layouts mean what they type");
});

test("characters typed with Alt Gr or Option count as themselves", () => {
  const getModifierState = (/** @type {string} */ name) => name === "AltGraph";

  assert.ok(names({ key: "[", ctrlKey: true, altKey: true, getModifierState }).includes("["));
  assert.deepEqual(names({ key: "]", altKey: true }), ["Alt+]", "]"]);
  assert.deepEqual(names({ key: "n", altKey: true, code: "KeyN" }), ["Alt+n"], "a letter keeps its Alt");
});

test("keys pressed with Alt are named by their place", () => {
  assert.equal(nameWithoutAlt(new KeyPress({ key: "å", code: "KeyA", altKey: true })), "a");
  assert.equal(nameWithoutAlt(new KeyPress({ key: "+", code: "BracketRight", altKey: true })), "+");
});

test("digits of the number pad count without Num Lock", () => {
  assert.equal(digitOf(new KeyPress({ key: "End", code: "Numpad1" })), 1);
  assert.equal(digitOf(new KeyPress({ key: "à", code: "Digit0" })), 0);
  assert.equal(digitOf(new KeyPress({ key: "n", code: "KeyN" })), undefined);
});

test("the typed character wins over the place of its key", () => {
  const shortcuts = [{ key: "1", when: "" }, { key: "&", when: "" }];

  assert.equal(findShortcut(shortcuts, names({ key: "&", code: "Digit1" }))?.key, "&");
  assert.equal(findShortcut(shortcuts, ["&"], ({ key }) => key === "1"), undefined);
});

test("keys are shown as people know them", () => {
  assert.deepEqual(["Control+Shift+z", "ArrowRight", "+", "?", "Delete", "1"].map(displayKey),
    ["Ctrl + Shift + Z", "→", "+", "?", "Del", "1"]);
});
