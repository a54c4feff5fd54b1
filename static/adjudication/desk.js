/**
 * The page on which an adjudicator decides. Everything on it is a link or a button of a form; a shortcut presses the
 * one that names its key in `data-key`. htmx replaces `#work` with the answer, so that the page is never loaded again.
 * Forms that store something (`data-stores`) go through the outbox in `saving.js`.
 */

import { listenForShortcuts } from "../keyboard/shortcuts.js";
import { startSaving } from "./saving.js";
import { focusHeading, keepRationale, restoreRationale, showInList, work } from "./view.js";

/** @typedef {import("../keyboard/shortcuts.js").Shortcut & {run: (event: KeyboardEvent) => void}} DeskShortcut */

const LONGEST_SELECTION = 500;
/** The element that had the focus when the page changed. @type {string} */
let focusedId = "";

/**
 * Return the shortcuts that the page declares now: fields to go to (`data-focus-key`), links and buttons to press
 * (`data-key`), and Escape, which leaves a field.
 *
 * @returns {DeskShortcut[]}
 */
function shortcuts() {
  const declared = (/** @type {"focusKey"|"key"} */ name, /** @type {string} */ attribute) =>
    [...document.querySelectorAll(`#work [${attribute}]`)].flatMap((element) => {
      if (!(element instanceof HTMLElement)) return [];
      const run = (/** @type {KeyboardEvent} */ event) => {
        if (name === "focusKey") element.focus();
        else if (!event.repeat || element.closest("[data-draft]")) element.click();
      };
      return (element.dataset[name] ?? "").split(" ").map((key) => ({ key, run }));
    });
  return [{ key: "Escape", when: "field", run: focusHeading }, ...declared("focusKey", "data-focus-key"),
    ...declared("key", "data-key")];
}

/** @param {import("../keyboard/shortcuts.js").Press} press */
function onPress(press) {
  const shortcut = press.find(shortcuts(), ({ when }) => (when === "field") === press.isInField);
  shortcut?.run(press.event);
  return shortcut !== undefined;
}

/** Return the focus to the button that made the change, if it is still there, or else move it to the unit. */
function restoreFocus() {
  const same = focusedId ? document.getElementById(focusedId) : null;
  const marker = work(".marker[data-first]");
  if (marker) {
    marker.focus(); // in the whole text: the unit from which it was opened
    return;
  }
  const first = work("[data-first]");
  if (same && same.closest("[data-draft], .why")) same.focus();
  else if (first) first.focus();
  else focusHeading();
  document.querySelector("#unit-heading")?.scrollIntoView({ block: "nearest" });
  showInList();
}

/** Copy the selected text into the form that adds a location. */
function noteSelection() {
  const words = getSelection()?.toString().trim() ?? "";
  const field = work("[data-selected]");
  if (words && field instanceof HTMLInputElement) field.value = words.slice(0, LONGEST_SELECTION);
}

/** @param {Event} event */
function onChange(event) {
  const element = /** @type {HTMLElement} */ (event.target);
  const step = element.dataset?.submitStep;
  const button = step ? document.getElementById(`draft-${step}`) : null;
  button?.click();
}

listenForShortcuts(onPress, { ignoresCase: true });
document.addEventListener("change", onChange);
document.addEventListener("input", keepRationale);
document.addEventListener("selectionchange", noteSelection);
for (const name of ["htmx:beforeRequest", "desk:beforeSwap"]) {
  document.addEventListener(name, () => {
    focusedId = document.activeElement?.id ?? "";
  });
}
document.addEventListener("htmx:afterSettle", () => {
  restoreRationale();
  restoreFocus();
});
const status = document.getElementById("desk-status");
if (status) startSaving(status);
restoreRationale();
(work(".marker[data-first]") ?? work("#unit-heading"))?.focus();
showInList();
