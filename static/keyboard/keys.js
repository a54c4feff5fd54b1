/**
 * Names of keys, as shortcuts are written: "ArrowRight", "Control+Shift+z", "1", "?". Pure.
 *
 * @typedef {{key: string, code?: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean,
 *   getModifierState?: (name: string) => boolean}} KeyPress a `KeyboardEvent`, as far as its name depends on it
 */

/** How keys are shown that are not shown as they are written. */
const SHOWN = new Map(Object.entries({ " ": "Space", ArrowRight: "→", ArrowLeft: "←", ArrowUp: "↑", ArrowDown: "↓",
  Control: "Ctrl", Delete: "Del", Escape: "Esc" }));

/**
 * Return the name of a key press. Shift shows in the character itself, unless the key has a name of its own or goes
 * with Control; Command counts as Control.
 *
 * @param {KeyPress} press
 * @param {string} [key] in place of the key of the press
 * @returns {string}
 */
export function keyOf(press, key = press.key) {
  const isNamed = key.length > 1;
  const control = press.ctrlKey || press.metaKey;
  const modifiers = [control && "Control", press.altKey && "Alt", press.shiftKey && (isNamed || control) && "Shift"];
  return [...modifiers.filter(Boolean), control && !isNamed ? key.toLowerCase() : key].join("+");
}

/**
 * Return the names that a key press may have, best first: as typed; typed with Alt Gr or Option; by its place on the
 * keyboard, for layouts that have letters of another script or no digits there.
 *
 * @param {KeyPress} press
 * @returns {string[]}
 */
export function namesOf(press) {
  const { key } = press;
  const names = [keyOf(press)];
  if (key.length !== 1) return names;
  const isTypedWithAlt = press.altKey && !press.ctrlKey && !/[a-z0-9]/i.test(key);
  if (press.getModifierState?.("AltGraph") || isTypedWithAlt) names.push(key);
  const place = placeOf(press);
  const isForeign = place !== undefined && (/[0-9]/.test(place) || key.charCodeAt(0) > 0x7f);
  if (isForeign) names.push(keyOf(press, place));
  return names;
}

/**
 * Return the first shortcut of a list that one of the names of a key press means.
 *
 * @template {{key: string}} T
 * @param {readonly T[]} shortcuts
 * @param {string[]} names of the key press, best first
 * @param {(shortcut: T) => boolean} [applies] whether its condition is met
 * @returns {T|undefined}
 */
export function findShortcut(shortcuts, names, applies = () => true) {
  for (const name of names) {
    const shortcut = shortcuts.find((known) => known.key === name && applies(known));
    if (shortcut) return shortcut;
  }
  return undefined;
}

/**
 * Return the name of a key without the Alt that is held with it, which makes other characters of letters on some
 * keyboards.
 *
 * @param {KeyPress} press
 * @returns {string}
 */
export function nameWithoutAlt(press) {
  return placeOf(press) ?? press.key;
}

/**
 * Return the digit that a key has on it, on the number pad too, or undefined.
 *
 * @param {KeyPress} press
 * @returns {number|undefined}
 */
export function digitOf({ key, code = "" }) {
  const digit = /^[0-9]$/.test(key) ? key : /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1];
  return digit === undefined ? undefined : Number(digit);
}

/**
 * Return whether a key is typed alone: such shortcuts can be turned off, for people who use voice control.
 *
 * @param {string} key
 * @returns {boolean}
 */
export function isSingle(key) {
  return key.length === 1 && key !== " ";
}

/**
 * Return a key as people know it: "Ctrl + Shift + Z", "→".
 *
 * @param {string} key
 * @returns {string}
 */
export function displayKey(key) {
  if (key === "+") return key;
  const parts = key.split("+").map((part) => SHOWN.get(part) ?? part);
  return parts.map((part) => (part.length === 1 && parts.length > 1 ? part.toUpperCase() : part)).join(" + ");
}

/**
 * Return the letter or digit at the place of a key on an American keyboard.
 *
 * @param {KeyPress} press
 * @returns {string|undefined}
 */
function placeOf({ code = "" }) {
  return /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1].toLowerCase();
}
