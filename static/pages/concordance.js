/** Chooses labels in a concordance by keyboard: a digit for the current line, then the next line has the focus. */

import { listenForShortcuts } from "../keyboard/shortcuts.js";

const SHORTCUTS = Object.freeze([
  { key: "j", command: "next", description: "Next span" },
  { key: "k", command: "previous", description: "Previous span" },
  { key: "s", command: "save", description: "Save labels" },
  ..."0123456789".split("").map((key) => ({ key, command: "choose", description: "Choose the label" })),
]);

const form = document.querySelector("form[data-concordance]");
const fields = [...(form?.querySelectorAll("select") ?? [])];

/** @returns {number} the line that has the focus; the first one when none has */
const current = () => {
  const row = document.activeElement?.closest("tr");
  return Math.max(0, fields.findIndex((field) => field.closest("tr") === row));
};

/** @param {number} index */
const goTo = (index) => fields[Math.min(Math.max(0, index), fields.length - 1)]?.focus();

/**
 * Choose a label by its digit; 0 takes the choice back.
 *
 * @param {string} digit
 */
const choose = (digit) => {
  const index = current();
  const field = fields[index];
  const option = digit === "0" ? field?.options[0] : field?.querySelector(`option[data-key="${digit}"]`);
  if (!field || !(option instanceof HTMLOptionElement)) return;
  field.value = option.value;
  if (index + 1 < fields.length) goTo(index + 1);
  else if (form instanceof HTMLFormElement && fields.every((each) => each.value)) form.requestSubmit();
};

/**
 * @param {string} command
 * @param {string} key
 */
const run = (command, key) => {
  if (command === "choose") choose(key);
  else if (command === "save") form instanceof HTMLFormElement && form.requestSubmit();
  else goTo(current() + (command === "next" ? 1 : -1));
};

// A menu that has the focus would take letters and digits for the beginning of a label.
form?.addEventListener("keydown", (event) => {
  if (!(event instanceof KeyboardEvent) || !(event.target instanceof HTMLSelectElement)) return;
  const shortcut = SHORTCUTS.find((each) => each.key === event.key);
  if (!shortcut || event.ctrlKey || event.metaKey || event.altKey) return;
  if ((document.documentElement.dataset.letterKeys ?? "alone") !== "alone") return;
  event.preventDefault();
  run(shortcut.command, event.key);
});

listenForShortcuts((press) => {
  const shortcut = press.find(SHORTCUTS);
  if (!shortcut || fields.length === 0) return false;
  run(shortcut.command, shortcut.key);
  return true;
}, { ignoresCase: true });

if (fields.length) goTo(0);
