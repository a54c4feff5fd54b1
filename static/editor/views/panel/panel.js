/** The panel beside the text (below it on a narrow screen): which of its parts is open. */

import { find } from "../elements.js";


/** Below this width the panel is a sheet at the bottom; the same figure stands in editor.css. */
const NARROW = "(max-width: 56rem)";

/** @typedef {"spans"|"details"|"guidelines"|"find"} Part */

export class PanelView {
  /**
   * @param {HTMLElement} panel
   * @param {() => void} shown called when a part has been opened or closed, which may cover what was in view
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
      opener.addEventListener("click", () => this.toggle(/** @type {Part} */ (opener.dataset.opens)));
    }
    this.narrow.addEventListener("change", () => this.#start());
    this.#start();
  }

  /** Wide screens show the list from the start; narrow ones leave the room to the text. */
  #start() {
    this.#show(this.narrow.matches ? "" : "spans");
  }

  /** @param {Part} part */
  isOpen(part) {
    return this.panel.dataset.open === part || (part === "details" && !this.narrow.matches);
  }

  /** @param {Part} part */
  open(part) {
    if (!this.isOpen(part)) this.#show(part);
  }

  /** Open a part, or close it again. @param {Part} part */
  toggle(part) {
    const open = this.panel.dataset.open === part;
    if (!open) this.#show(part);
    else this.#show(this.narrow.matches ? "" : "spans");
  }

  /** Open a part and move the focus to its heading. @param {Part} part */
  focus(part) {
    this.open(part);
    find(`#panel-${part} [data-heading]`, this.panel).focus();
  }

  /** @param {Part|""} part */
  #show(part) {
    this.panel.dataset.open = part;
    for (const opener of this.openers) opener.setAttribute("aria-expanded", String(opener.dataset.opens === part));
    this.shown();
  }
}
