import { clash, nameOf } from "./keymap.js";

/**
 * How one person likes the editor; the server keeps it (`me/preferences/`).
 *
 * @typedef {import("./keymap.js").OwnKeys} OwnKeys
 * @typedef {import("./keymap.js").Keymap} Keymap
 * @typedef {import("./keymap.js").Binding} Binding
 * @typedef {{keys: OwnKeys, text_size: string, line_width: string, density: string, theme: string,
 *   reading_mode: boolean, show_time: boolean}} Preferences
 */

/** What can be chosen, with its name in words; the values are those of the server and of tokens.css. */
export const CHOICES = Object.freeze({
  theme: { name: "Colours", values: { system: "As the system", light: "Light", dark: "Dark" } },
  text_size: { name: "Size of the text", values: { 85: "Small", 100: "Normal", 115: "Larger", 130: "Large",
    150: "Very large", 200: "Double" } },
  line_width: { name: "Width of the lines", values: { narrow: "Narrow", normal: "Normal", wide: "Wide",
    full: "As wide as the window" } },
  density: { name: "Room between the lines", values: { compact: "Little", normal: "Normal", roomy: "Much" } },
});

/** Keys that leave the text, that open what the browser or a screen reader has, or that are no keys by themselves. */
const RESERVED = new RegExp("^(?:(?:Control\\+|Alt\\+|Shift\\+)*"
  + "(?:Tab|F5|F6|F11|F12|CapsLock|NumLock|Dead|Process|Unidentified|Control|Shift|Alt|AltGraph|Meta)"
  + "|Control\\+(?:[cxvatnwrlpsf]|Shift\\+[tnwi]))$", "u");

/**
 * Why a command cannot have a key; "" when it can.
 *
 * @param {Keymap} keymap
 * @param {Binding} binding whose key it would be
 * @param {string} key
 * @returns {string}
 */
export function keyProblem(keymap, binding, key) {
  if (RESERVED.test(key)) return "The browser needs this key.";
  const name = nameOf(binding);
  const taken = keymap.bindings.find((other) => nameOf(other) !== name && clash(other, { ...binding, key }));
  return taken ? `It is the key of “${taken.description}”.` : "";
}

/**
 * The keys of a person after one command got one key in place of those it had, or none ("").
 *
 * @param {OwnKeys} keys
 * @param {Binding} binding
 * @param {string} key
 * @returns {OwnKeys}
 */
export function withKey(keys, binding, key) {
  return { ...keys, [nameOf(binding)]: key === "" ? [] : [key] };
}

/**
 * The keys of a person after one command got back those it came with.
 *
 * @param {OwnKeys} keys
 * @param {Binding} binding
 * @returns {OwnKeys}
 */
export function withoutKey(keys, binding) {
  return Object.fromEntries(Object.entries(keys).filter(([name]) => name !== nameOf(binding)));
}
