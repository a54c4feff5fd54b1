/** The guidelines beside the text: leads to the rules for one label. */

/** Kinds of rules, the best first: a heading of its own, a row of a table, any heading, an item of a list. */
const LEVELS = 4;

export class GuidelinesView {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
  }

  /**
   * Mark the rules for a label and scroll to the best of them.
   *
   * @param {string} name of the label; "" for none
   * @returns {string} what to announce
   */
  show(name) {
    for (const marked of this.panel.querySelectorAll(".rule-at-hand")) marked.classList.remove("rule-at-hand");
    const rules = name === "" ? [] : this.#rulesFor(name);
    for (const rule of rules) rule.classList.add("rule-at-hand");
    rules[0]?.scrollIntoView({ block: "start" });
    if (name === "") return "Guidelines.";
    const text = (rules[0]?.textContent ?? "").replace(/\s+/gu, " ").trim();
    return rules[0] ? `Guidelines for ${name}: ${text}` : `The guidelines have no part of its own for ${name}.`;
  }

  /** @param {string} name @returns {Element[]} best first */
  #rulesFor(name) {
    /** @type {Element[][]} */
    const found = Array.from({ length: LEVELS }, () => []);
    for (const element of this.panel.querySelectorAll(".guidelines :is(h2, h3, h4, h5, h6, tr, li)")) {
      const level = levelOf(element, name);
      if (level >= 0) found[level].push(element);
    }
    return found.flat();
  }
}

/**
 * How well an element fits as the rule for a label.
 *
 * @param {Element} element
 * @param {string} name
 * @returns {number} 0 is best, -1 not at all
 */
function levelOf(element, name) {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
  const whole = new RegExp(`^${escaped}(?:e?s)?$`, "iu");
  const within = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?:e?s)?(?![\\p{L}\\p{N}])`, "iu");
  if (element.tagName === "TR") return whole.test(textOf(element.querySelector("td"))) ? 1 : -1;
  if (element.tagName === "LI") {
    const lead = textOf(element.querySelector("strong"));
    return within.test(lead) && textOf(element).startsWith(lead) ? 3 : -1;
  }
  if (whole.test(textOf(element))) return 0;
  const isTitle = element.parentElement?.querySelector("h2") === element;
  return within.test(textOf(element)) && !isTitle ? 2 : -1;
}

/** @param {Element|null} element */
function textOf(element) {
  return (element?.textContent ?? "").trim();
}
