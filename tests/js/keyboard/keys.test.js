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

test("Shift makes a capital of the letter at a place", () => {
  assert.deepEqual(names({ key: "О", code: "KeyJ", shiftKey: true }), ["О", "J"]);
  assert.deepEqual(names({ key: "И", code: "KeyB", shiftKey: true }), ["И", "B"], "Cyrillic");
  assert.deepEqual(names({ key: "Β", code: "KeyB", shiftKey: true }), ["Β", "B"], "Greek");
  assert.deepEqual(names({ key: "لآ", code: "KeyB", shiftKey: true }), ["لآ", "B"], "two characters, Arabic");
  assert.deepEqual(names({ key: "لا", code: "KeyB" }), ["لا", "b"]);
});

test("punctuation that a layout lacks is found by its place", () => {
  assert.deepEqual(names({ key: "Б", code: "Comma", shiftKey: true }), ["Б", "<"]);
  assert.deepEqual(names({ key: "ю", code: "Period" }), ["ю", "."]);
  assert.deepEqual(names({ key: "ж", code: "Semicolon" }), ["ж", ";"]);
  assert.deepEqual(names({ key: "ü", code: "BracketLeft" }), ["ü", "["], "German");
  assert.deepEqual(names({ key: ".", code: "Slash" }), ["."], "a character of its own");
  assert.deepEqual(names({ key: "Dead", code: "BracketLeft" }), [], "an accent stays an accent");
});

test("keys of an input method are found by their place", () => {
  assert.deepEqual(names({ key: "Process", code: "KeyN" }), ["n"]);
  assert.deepEqual(names({ key: "Process", code: "Digit2" }), ["2"]);
  assert.deepEqual(names({ key: "Process", code: "KeyZ", ctrlKey: true }), ["Control+z"]);
});

test("digits do not count with modifiers that change them", () => {
  assert.deepEqual(names({ key: "!", code: "Digit1", shiftKey: true }), ["!"]);
  assert.deepEqual(names({ key: "1", code: "Digit1", shiftKey: true }), ["1"], "French");
  const getModifierState = (/** @type {string} */ name) => name === "AltGraph";
  assert.deepEqual(names({ key: "²", code: "Digit2", getModifierState }), ["²", "²"], "German Alt Gr");
  assert.equal(digitOf(new KeyPress({ key: "@", code: "Digit2", shiftKey: true })), undefined);
  assert.equal(digitOf(new KeyPress({ key: "2", code: "Digit2", ctrlKey: true })), undefined);
});

test("characters typed with Alt Gr or Option count as themselves", () => {
  const getModifierState = (/** @type {string} */ name) => name === "AltGraph";

  assert.ok(names({ key: "[", ctrlKey: true, altKey: true, getModifierState }).includes("["));
  assert.deepEqual(names({ key: "]", altKey: true }), ["Alt+]", "]"]);
  assert.deepEqual(names({ key: "n", altKey: true, code: "KeyN" }), ["Alt+n"], "a letter keeps its Alt");
  assert.deepEqual(names({ key: ",", altKey: true, code: "Comma" }), ["Alt+,"], "Alt did not make this character");
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
