/**
 * The keyboard shortcuts of all pages: which key presses count, and which shortcut each of them means.
 *
 * A page declares its shortcuts as a list (`Shortcut`), in a table of its script or on the elements of its HTML, and
 * calls `listenForShortcuts`. Whether a key counts is decided here and nowhere else:
 *
 * - not while an input method composes a character, and not when another listener has used the key;
 * - not in a dialog, and in a field only Escape;
 * - Enter and Space belong to the link or button that has the focus, arrows to the radio button;
 * - single keys of a page are turned off, or need Alt, where the person has chosen so (`data-letter-keys`); those of a
 *   region that has to have the focus, as the text of the editor, are always on.
 *
 * @typedef {import("./keys.js").KeyPress} KeyPress
 * @typedef {object} Shortcut
 * @property {string} key as `keys.js` names it: "ArrowRight", "Control+Shift+z", "1", "?"
 * @property {string} [command] what it does
 * @property {string} [description] the same for people
 * @property {string} [when] where it counts; each page has its own conditions
 */

import { findShortcut, isSingle, keyOf, namesOf, nameWithoutAlt } from "./keys.js";

/** Elements in which people type. */
const FIELDS = "input:not([type=button], [type=checkbox], [type=hidden], [type=radio], [type=reset], [type=submit]), "
  + "select, textarea, [contenteditable]";
const PRESSABLE = "a[href], button, summary, [role=button]";

/** One key press, in its place on the page. */
export class Press {
  /**
   * @param {KeyboardEvent} event
   * @param {{region?: Element|null, ignoresCase?: boolean, signal?: AbortSignal}} [options] `region` has its own
   *   shortcuts while it has the focus; `ignoresCase`: a capital letter counts as the small one where it means nothing
   *   else; `signal` ends listening
   */
  constructor(event, { region = null, ignoresCase = false } = {}) {
    this.event = event;
    this.target = event.target instanceof Element ? event.target : null;
    this.isInRegion = region !== null && document.activeElement === region;
    this.isInField = isWithin(this.target, FIELDS);
    const setting = this.isInRegion ? "alone" : singleKeySetting();
    const names = namesUnder(setting, event);
    if (ignoresCase) names.push(...names.map((name) => name.toLowerCase()).filter(isSingle));
    this.names = names.filter((name) => this.#counts(name));
  }

  /**
   * Return the shortcut that the key press means; of two, the one that comes first in the list.
   *
   * @template {Shortcut} T
   * @param {readonly T[]} shortcuts
   * @param {(shortcut: T) => boolean} [applies] whether its condition is met
   * @returns {T|undefined}
   */
  find(shortcuts, applies) {
    return findShortcut(shortcuts, this.names, applies);
  }

  /** @param {string} name of the key */
  #counts(name) {
    return this.isInField ? name === "Escape" : !belongsTo(this.target, name);
  }
}

/**
 * Call a function for each key press that may be a shortcut. The browser does nothing else with a key that was used.
 *
 * @param {(press: Press) => boolean} handle returns whether the key was used
 * @param {ConstructorParameters<typeof Press>[1]} [options]
 */
export function listenForShortcuts(handle, options = {}) {
  const { signal } = options;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || isWithin(event.target, "dialog")) return;
    if (handle(new Press(event, options))) event.preventDefault();
  }, { signal });
  if (singleKeySetting() === "alone") return;
  document.addEventListener("htmx:afterSettle", showSingleKeys);
  showSingleKeys();
}

/**
 * Return how single keys count on this page: "alone", with "alt", or "off".
 *
 * @returns {string}
 */
function singleKeySetting() {
  return document.documentElement.dataset.letterKeys ?? "alone";
}

/**
 * Return the names of a key press, without single keys where these do not count.
 *
 * @param {string} setting
 * @param {KeyboardEvent} event
 */
function namesUnder(setting, event) {
  if (setting === "alone") return namesOf(event);
  const isWithAlt = event.altKey && !event.ctrlKey && !event.metaKey && isSingle(event.key);
  if (setting === "alt" && isWithAlt) return [nameWithoutAlt(event)];
  return namesOf(event).filter((name) => !isSingle(name));
}

/**
 * Return whether a key is one that an element uses itself.
 *
 * @param {Element|null} element
 * @param {string} name of the key
 */
function belongsTo(element, name) {
  if (element?.matches("input[type=radio]") && name.startsWith("Arrow")) return true;
  return (name === "Enter" || name === " ") && isWithin(element, PRESSABLE);
}

/**
 * @param {EventTarget|null} target
 * @param {string} selector
 */
function isWithin(target, selector) {
  return target instanceof Element && target.closest(selector) !== null;
}

/** Show single keys on the page as they count: with Alt, or not at all. */
function showSingleKeys() {
  const isWithAlt = singleKeySetting() === "alt";
  for (const shown of document.querySelectorAll("kbd")) {
    if (shown.textContent?.length !== 1) continue;
    if (isWithAlt) shown.textContent = `Alt+${shown.textContent}`;
    else shown.hidden = true;
  }
  for (const element of document.querySelectorAll("[aria-keyshortcuts]")) {
    const keys = (element.getAttribute("aria-keyshortcuts") ?? "").split(" ");
    const counting = keys.flatMap((key) => {
      if (key.length > 1) return [key];
      return isWithAlt ? [keyOf({ key, altKey: true })] : [];
    });
    if (counting.length > 0) element.setAttribute("aria-keyshortcuts", counting.join(" "));
    else element.removeAttribute("aria-keyshortcuts");
  }
}
