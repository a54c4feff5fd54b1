import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { countsWith, createKeymap, nameOf } from "../../../static/editor/commands/keymap.js";
import { parseSchema } from "../../../static/editor/model/schema.js";
import { findShortcut, namesOf } from "../../../static/keyboard/keys.js";
import { KeyPress } from "./key_press.js";
import { LAYOUTS, pressesOf } from "./layouts.js";

const { bindings } = createKeymap(parseSchema(JSON.parse(
  readFileSync(new URL("../../../projects/builtin/claims-attribution/schema.json", import.meta.url), "utf-8"))));
const LABELS = [null, ...new Set(bindings.map(({ label }) => label).filter(Boolean))];
/** Keys without a character, and letters with Control, which browsers name alike on every layout. */
const BY_NAME = /^(?:Control\+|Shift\+)*(?:[A-Z][A-Za-z]+|F[0-9]+| )$/;

for (const layout of LAYOUTS) {
  test(`every letter of a hint and every digit can be pressed on a keyboard: ${layout}`, () => {
    const names = new Set(pressesOf(layout).flatMap((press) => namesOf(new KeyPress(press))));

    assert.deepEqual([..."abcdefghijklmnopqrstuvwxyz0123456789"].filter((name) => !names.has(name)), []);
  });

  test(`every shortcut of the text can be pressed on a keyboard: ${layout}`, () => {
    const reached = new Set(LABELS.flatMap((label) => pressesOf(layout).flatMap((press) => {
      const binding = findShortcut(bindings, namesOf(new KeyPress(press)), countsWith(label, true));
      return binding ? [nameOf(binding)] : [];
    })));

    const missing = bindings.filter(({ key }) => !BY_NAME.test(key) && !key.startsWith("Control+"))
      .filter((binding) => !reached.has(nameOf(binding)));
    assert.deepEqual(missing.map(({ key, command }) => `${key} ${command}`), []);
  });
}
