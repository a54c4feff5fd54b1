/** The guidelines beside the text: scrolls to the rules for one label. */

import { markTable } from "../../../pages/tables.js";
import { gettext, interpolate } from "../../../pages/text.js";

/** The number of levels of rules, best first: a heading with the name, a table row, any heading, a list item. */
const LEVELS = 4;

export class GuidelinesView {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
    for (const table of panel.querySelectorAll("table")) markTable(table);
  }

  /**
   * Highlight the rules for a label and scroll to the best of them.
   *
   * @param {string} name of the label; "" for none
   * @returns {string} what to announce
   */
  show(name) {
    for (const element of this.panel.querySelectorAll(".rule-at-hand")) element.classList.remove("rule-at-hand");
    const rules = name === "" ? [] : this.#rulesFor(name);
    for (const rule of rules) rule.classList.add("rule-at-hand");
    rules[0]?.scrollIntoView({ block: "start" });
    if (name === "") return gettext("Guidelines");
    const text = (rules[0]?.textContent ?? "").replace(/\s+/gu, " ").trim();
    return interpolate(rules[0] ? gettext("Guidelines for %(label)s: %(text)s")
      : gettext("The guidelines have no section for %(label)s."), { label: name, text });
  }

  /** @param {string} name @returns {Element[]} best first */
  #rulesFor(name) {
    /** @type {Element[][]} */
    const levels = Array.from({ length: LEVELS }, () => []);
    for (const element of this.panel.querySelectorAll(".guidelines :is(h2, h3, h4, h5, h6, tr, li)")) {
      const level = levelOf(element, name);
      if (level >= 0) levels[level].push(element);
    }
    return levels.flat();
  }
}

/**
 * Return the level of an element as a rule for a label.
 *
 * @param {Element} element
 * @param {string} name
 * @returns {number} 0 is best, -1 is no rule
 */
function levelOf(element, name) {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
  const whole = new RegExp(`^${escaped}(?:e?s)?$`, "iu");
  const within = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?:e?s)?(?![\\p{L}\\p{N}])`, "iu");
  if (element.tagName === "TR") return whole.test(wordsOf(element.querySelector("td"))) ? 1 : -1;
  if (element.tagName === "LI") {
    const lead = wordsOf(element.querySelector("strong"));
    return within.test(lead) && wordsOf(element).startsWith(lead) ? 3 : -1;
  }
  if (whole.test(wordsOf(element))) return 0;
  const isTitle = element.parentElement?.querySelector("h2") === element;
  return within.test(wordsOf(element)) && !isTitle ? 2 : -1;
}

/** @param {Element|null} element */
function wordsOf(element) {
  return (element?.textContent ?? "").trim();
}
