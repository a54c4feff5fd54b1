/** A person's own keys: which a command can have, and how they are stored. Loaded with the settings. */

import { gettext, interpolate } from "../../pages/text.js";
import { clash, nameOf } from "./keymap.js";

/**
 * @typedef {import("./keymap.js").Keymap} Keymap
 * @typedef {import("./keymap.js").Binding} Binding
 * @typedef {import("../model/types.js").OwnKeys} OwnKeys
 */

/** Keys that move the focus, that the browser or a screen reader uses, and modifiers. */
const RESERVED = new RegExp("^(?:(?:Control\\+|Alt\\+|Shift\\+)*"
  + "(?:Tab|F5|F6|F11|F12|CapsLock|NumLock|Dead|Process|Unidentified|Control|Shift|Alt|AltGraph|Meta)"
  + "|Control\\+(?:[cxvatnwrlpsf]|Shift\\+[tnwi]))$", "u");

/**
 * Return why a command cannot have a key; "" when it can.
 *
 * @param {Keymap} keymap
 * @param {Binding} binding whose key it would be
 * @param {string} key
 * @returns {string}
 */
export function keyProblem(keymap, binding, key) {
  if (RESERVED.test(key)) return gettext("The browser uses this key.");
  const name = nameOf(binding);
  const taken = keymap.bindings.find((other) => nameOf(other) !== name && clash(other, { ...binding, key }));
  return taken ? interpolate(gettext("“%(command)s” uses this key."), { command: taken.description }) : "";
}

/**
 * Return the keys of a person with one key for a command in place of those it had, or none ("").
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
 * Return the keys of a person with the default keys for a command.
 *
 * @param {OwnKeys} keys
 * @param {Binding} binding
 * @returns {OwnKeys}
 */
export function withoutKey(keys, binding) {
  return Object.fromEntries(Object.entries(keys).filter(([name]) => name !== nameOf(binding)));
}
