/**
 * The page on which an adjudicator decides. Everything on it is a link or a button of a form; a shortcut presses the
 * one that names its key in `data-key`. htmx replaces `#work` with the answer, so that the page is never loaded again.
 */

import { listenForShortcuts } from "../keyboard/shortcuts.js";
import { PendingDecision } from "./pending.js";

/** @typedef {import("../keyboard/shortcuts.js").Shortcut & {run: () => void}} DeskShortcut */

const WORK = "work";
const LONGEST_SELECTION = 500;
const RATIONALE = ["reason", "section", "note"];
/** The element that had the focus when the page changed. @type {string} */
let focusedId = "";
/** The rationale as it was typed when the page changed. @type {Map<string, string>} */
let typed = new Map();
let wasRefused = false;

/**
 * Return the first element of the desk that a selector matches.
 *
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
function find(selector) {
  return document.querySelector(`#${WORK} ${selector}`);
}

/**
 * Return the shortcuts that the page declares now: fields to go to (`data-focus-key`), links and buttons to press
 * (`data-key`), and Escape, which leaves a field.
 *
 * @returns {DeskShortcut[]}
 */
function shortcuts() {
  const declared = (/** @type {"focusKey"|"key"} */ name, /** @type {string} */ attribute) =>
    [...document.querySelectorAll(`#${WORK} [${attribute}]`)].flatMap((element) => {
      if (!(element instanceof HTMLElement)) return [];
      const run = () => (name === "key" ? element.click() : element.focus());
      return (element.dataset[name] ?? "").split(" ").map((key) => ({ key, run }));
    });
  return [{ key: "Escape", when: "field", run: focusHeading }, ...declared("focusKey", "data-focus-key"),
    ...declared("key", "data-key")];
}

/** @param {import("../keyboard/shortcuts.js").Press} press */
function onPress(press) {
  const shortcut = press.find(shortcuts(), ({ when }) => (when === "field") === press.isInField);
  shortcut?.run();
  return shortcut !== undefined;
}

/** Scroll the list beside the unit so that the current unit is in its middle. */
function showInList() {
  const row = find(".unit-list [aria-current]");
  const list = row?.closest("nav");
  if (!row || !list) return;
  const between = row.getBoundingClientRect().top - list.getBoundingClientRect().top;
  list.scrollTop += between - (list.clientHeight - row.clientHeight) / 2;
}

function focusHeading() {
  document.getElementById("unit-heading")?.focus();
}

/** Return the focus to the button that made the change, if it is still there, or else move it to the unit. */
function restoreFocus() {
  const same = focusedId ? document.getElementById(focusedId) : null;
  const first = find("[data-first]");
  if (same && same.closest("[data-draft]")) same.focus();
  else if (first) first.focus();
  else focusHeading();
  document.querySelector("#unit-heading")?.scrollIntoView({ block: "nearest" });
  showInList();
}

/** Return the fields of the rationale. */
function rationaleFields() {
  return RATIONALE.map((id) => find(`#${id}`)).filter((field) =>
    field instanceof HTMLInputElement || field instanceof HTMLSelectElement);
}

/** Put back what was typed when another form was refused, such as undo with nothing to undo. */
function restoreRationale() {
  if (!wasRefused) return;
  for (const field of rationaleFields()) {
    if (field.value === "") field.value = typed.get(field.id) ?? "";
  }
}

/** @param {Event} event */
function onSwap(event) {
  const { detail } = /** @type {CustomEvent} */ (event);
  wasRefused = detail.xhr.status >= 400;
  // Refusals are pages too: they say what others have changed since the page was opened.
  if ([404, 409, 422].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
}

/** Copy the selected text into the form that adds a location. */
function noteSelection() {
  const words = getSelection()?.toString().trim() ?? "";
  const field = find("[data-selected]");
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
document.addEventListener("selectionchange", noteSelection);
document.addEventListener("htmx:beforeRequest", () => {
  focusedId = document.activeElement?.id ?? "";
  typed = new Map(rationaleFields().map((field) => [field.id, field.value]));
});
document.addEventListener("htmx:beforeSwap", onSwap);
document.addEventListener("htmx:afterSettle", () => {
  restoreRationale();
  restoreFocus();
});
const notice = document.getElementById("desk-notice");
if (notice) {
  const htmx = () => /** @type {any} */ (globalThis).htmx;
  new PendingDecision(notice, { storage: localStorage, htmx }).listen();
}
focusHeading();
showInList();
