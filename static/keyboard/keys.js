/**
 * Names of keys, as shortcuts are written: "ArrowRight", "Control+Shift+z", "1", "?". Pure.
 *
 * @typedef {{key: string, code?: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean,
 *   getModifierState?: (name: string) => boolean}} KeyPress a `KeyboardEvent`, as far as its name depends on it
 */

/** How keys are shown that are not shown as they are written. */
const FACES = new Map(Object.entries({ " ": "Space", ArrowRight: "→", ArrowLeft: "←", ArrowUp: "↑", ArrowDown: "↓",
  Control: "Ctrl", Delete: "Del", Escape: "Esc" }));

/** Keys that have a name of their own. A letter of some layouts has two characters, as "لا" on Arabic keyboards. */
const NAMED_KEY = /^[A-Z][A-Za-z0-9]+$/;

/** Keys without a character of their own: an accent that waits for a letter, and keys that an input method takes. */
const WITHOUT_CHARACTER = new Set(["Dead", "Process", "Unidentified"]);

/** What Arabic layouts type with Shift on keys of letters, and no Latin layout does. */
const ON_ARABIC_CAPITALS = /^[[\]{}`~'/]$/;

/** What keys have on them, alone and with Shift, on an American keyboard, other than letters and digits. */
const PLACES = new Map(Object.entries({ Comma: ",<", Period: ".>", Semicolon: ";:", Slash: "/?", BracketLeft: "[{",
  BracketRight: "]}" }));

/**
 * Return the name of a key press. Shift shows in the character itself, unless the key has a name of its own or goes
 * with Control; Command counts as Control.
 *
 * @param {KeyPress} press
 * @param {string} [key] in place of the key of the press
 * @returns {string}
 */
export function keyOf(press, key = press.key) {
  const isNamed = NAMED_KEY.test(key);
  const control = press.ctrlKey || press.metaKey;
  const modifiers = [control && "Control", press.altKey && "Alt", press.shiftKey && (isNamed || control) && "Shift"];
  return [...modifiers.filter(Boolean), control && !isNamed ? key.toLowerCase() : key].join("+");
}

/**
 * Return the names that a key press may have, best first: as typed; typed with Alt Gr or Option; by its place on the
 * keyboard, for layouts that have letters of another script or no digits there. The modifiers of the press stay part of
 * its name, and Shift turns the letter of a place into a capital.
 *
 * @param {KeyPress} press
 * @returns {string[]}
 */
export function namesOf(press) {
  const { key } = press;
  const isTyped = !WITHOUT_CHARACTER.has(key);
  if (isTyped && NAMED_KEY.test(key)) return [keyOf(press)];
  const isThirdLevel = press.getModifierState?.("AltGraph") === true;
  const names = isTyped ? [keyOf(press)] : [];
  if (isTyped && (isThirdLevel || isTypedWithAlt(press))) names.push(key);
  const place = isThirdLevel ? undefined : placeOfKey(press);
  if (place === undefined || !isForeign(press, place)) return names;
  const byPlace = keyOf(press, place);
  const isCzechOne = key === "+" && /^[0-9]$/.test(place); // there the key of 1 types "+", which is a command
  // Commands with the brackets can be pressed at the place of the brackets too.
  return isCzechOne || isArabicCapital(press, place) ? [byPlace, ...names] : [...names, byPlace];
}

/**
 * Return whether a key types a bracket or the like in place of a capital letter.
 *
 * @param {KeyPress} press
 * @param {string} place
 */
function isArabicCapital({ key }, place) {
  return /^[A-Z]$/.test(place) && ON_ARABIC_CAPITALS.test(key);
}

/**
 * Return whether Option made the character of a key: it is no letter or digit, and not what the key has on it.
 *
 * @param {KeyPress} press
 */
function isTypedWithAlt(press) {
  return press.altKey === true && !press.ctrlKey && !/[a-z0-9]/i.test(press.key) && press.key !== placeOfKey(press);
}

/**
 * Return whether the character of a key is not one of an American keyboard, so that the place of the key counts.
 * Shifted digits are left out: "!" does not mean 1.
 *
 * @param {KeyPress} press
 * @param {string} place
 */
function isForeign(press, place) {
  const { key, code = "", shiftKey } = press;
  if (code.startsWith("Digit")) return !shiftKey;
  if (WITHOUT_CHARACTER.has(key)) return /[a-z]/i.test(place) || key !== "Dead";
  const isGreekQ = key === ";" && place === "q";
  return key.charCodeAt(0) > 0x7f || isGreekQ || isArabicCapital(press, place);
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
  return /^(?:Key|Digit)/.test(press.code ?? "") ? placeOfKey(press) ?? press.key : press.key;
}

/**
 * Return the digit that a key has on it, on the number pad too, or undefined with a modifier other than Shift. Shift
 * types the digits of some layouts, but other characters on most.
 *
 * @param {KeyPress} press
 * @returns {number|undefined}
 */
export function digitOf(press) {
  const { key, code = "", ctrlKey, metaKey, altKey, shiftKey } = press;
  if (ctrlKey || metaKey || altKey || press.getModifierState?.("AltGraph")) return undefined;
  const pad = /^Numpad([0-9])$/.exec(code)?.[1];
  const place = shiftKey ? undefined : /^Digit([0-9])$/.exec(code)?.[1];
  const digit = /^[0-9]$/.test(key) ? key : pad ?? place;
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
  const parts = key.split("+").map((part) => FACES.get(part) ?? part);
  return parts.map((part) => (part.length === 1 && parts.length > 1 ? part.toUpperCase() : part)).join(" + ");
}

/**
 * Return the character at the place of a key on an American keyboard, as Shift makes it.
 *
 * @param {KeyPress} press
 * @returns {string|undefined}
 */
function placeOfKey({ code = "", shiftKey }) {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shiftKey ? letter : letter.toLowerCase();
  const digit = /^Digit([0-9])$/.exec(code)?.[1];
  return digit ?? PLACES.get(code)?.[shiftKey ? 1 : 0];
}
