/** Decides the first mention of the list by keyboard: the digits choose a speaker, `x` none. */

import { listenForShortcuts } from "../keyboard/shortcuts.js";

const KEYS = Object.freeze([..."123456789x"].map((key) => ({ key, command: key })));

listenForShortcuts((press) => {
  const shortcut = press.find(KEYS);
  if (!shortcut) return false;
  const button = document.querySelector(`.speaker-mentions button[data-key="${shortcut.command}"]`);
  if (!(button instanceof HTMLElement) || button.closest("li")?.previousElementSibling) return false;
  button.click();
  return true;
}, { ignoresCase: true });
