/** The panel beside the text, or below it on a narrow screen: which of its sections is open. */

import { find } from "../elements.js";


/** Below this width the panel is a sheet at the bottom, as in editor.css. */
const NARROW = "(max-width: 56rem)";

/** @typedef {"spans"|"details"|"guidelines"|"find"} Section */

export class PanelView {
  /**
   * @param {HTMLElement} panel
   * @param {() => void} shown called when a section was opened or closed, which may cover text
   */
  constructor(panel, shown) {
    this.panel = panel;
    this.shown = shown;
    this.narrow = window.matchMedia(NARROW);
    /** @type {HTMLElement[]} */
    this.openers = Array.from(panel.querySelectorAll("[data-opens]"));
  }

  listen() {
    for (const opener of this.openers) {
      opener.addEventListener("click", () => this.toggle(/** @type {Section} */ (opener.dataset.opens)));
    }
    this.narrow.addEventListener("change", () => this.#start());
    this.#start();
  }

  /** Show the list of spans at first on wide screens, and nothing on narrow ones. */
  #start() {
    this.#show(this.narrow.matches ? "" : "spans");
  }

  /** @param {Section} section */
  isOpen(section) {
    return this.panel.dataset.open === section || (section === "details" && !this.narrow.matches);
  }

  /** @param {Section} section */
  open(section) {
    if (!this.isOpen(section)) this.#show(section);
  }

  /** Open a section, or close it. @param {Section} section */
  toggle(section) {
    const open = this.panel.dataset.open === section;
    if (!open) this.#show(section);
    else this.#show(this.narrow.matches ? "" : "spans");
  }

  /** Open a section and move the focus to its heading. @param {Section} section */
  focus(section) {
    this.open(section);
    find(`#panel-${section} [data-heading]`, this.panel).focus();
  }

  /** @param {Section|""} section */
  #show(section) {
    this.panel.dataset.open = section;
    for (const opener of this.openers) opener.setAttribute("aria-expanded", String(opener.dataset.opens === section));
    this.shown();
  }
}
