/** Goes through a list of disagreements by keyboard. Enter follows the link that has the focus, as everywhere. */

import { listenForShortcuts } from "../keyboard/shortcuts.js";

/** `when` "list": only while a link of the list has the focus. */
const SHORTCUTS = Object.freeze([
  { key: "j", command: "next", description: "Next disagreement" },
  { key: "k", command: "previous", description: "Previous disagreement" },
  { key: "ArrowDown", command: "next", description: "Next disagreement", when: "list" },
  { key: "ArrowUp", command: "previous", description: "Previous disagreement", when: "list" },
  { key: "s", command: "compare", description: "Compare the annotation sets side by side", when: "list" },
]);

const links = [...document.querySelectorAll("[data-list] [data-open]")].filter((link) => link instanceof HTMLElement);

/** Return the index of the link that has the focus, or -1. */
const focusedIndex = () => links.findIndex((link) => link === document.activeElement);

/** @param {Element|null|undefined} link */
const follow = (link) => {
  if (link instanceof HTMLElement) link.click();
};

/**
 * Move the focus through the list; at its ends, turn to the neighbouring page.
 *
 * @param {1|-1} step
 */
const move = (step) => {
  const index = focusedIndex();
  if (index >= 0 && index + step === links.length) follow(document.querySelector("a[rel=next]"));
  else if (index === 0 && step < 0) follow(document.querySelector("a[rel=prev]"));
  else {
    const link = links[index < 0 ? 0 : index + step];
    link?.focus();
    link?.closest("li")?.scrollIntoView({ block: "nearest" });
  }
};

const COMMANDS = Object.freeze({
  next: () => move(1),
  previous: () => move(-1),
  compare: () => follow(document.activeElement?.closest("[data-list] > li")?.querySelector("[data-beside]")),
});

listenForShortcuts((press) => {
  const shortcut = press.find(SHORTCUTS, ({ when }) => when !== "list" || focusedIndex() >= 0);
  if (!shortcut) return false;
  COMMANDS[/** @type {keyof typeof COMMANDS} */ (shortcut.command)]();
  return true;
}, { ignoresCase: true });
