/** Decides the first pair of the list by keyboard. */

import { listenForShortcuts } from "../keyboard/shortcuts.js";

const SHORTCUTS = Object.freeze([
  { key: "s", command: "same", description: "Same proposition" },
  { key: "d", command: "different", description: "Different propositions" },
]);

/** @param {string} kind */
const decide = (kind) => {
  const button = document.querySelector(`.ledger-pairs button[value="${kind}"]`);
  if (button instanceof HTMLElement) button.click();
};

listenForShortcuts((press) => {
  const shortcut = press.find(SHORTCUTS);
  if (!shortcut) return false;
  decide(shortcut.command);
  return true;
}, { ignoresCase: true });
