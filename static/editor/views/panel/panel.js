/** The panel beside the text, or below it on a narrow screen: which of its sections is open. */

import { find } from "../elements.js";


/** The height of the details in percent of the panel: its bounds, the step of an arrow key, and where it is stored. */
const LEAST_SHARE = 15;
const MOST_SHARE = 85;
const SHARE_STEP = 5;
const STORED_SHARE = "annotator-details-share";

/** Below this width the panel is a sheet at the bottom, as in editor.css. */
const NARROW = "(max-width: 56rem)";

/** @typedef {"spans"|"details"|"guidelines"|"find"} Section */

export class PanelView {
  /**
   * @param {HTMLElement} panel
   * @param {() => void} shown called when a section was opened or closed, which may cover text
   * @param {AbortSignal} signal
   */
  constructor(panel, shown, signal) {
    this.signal = signal;
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
    this.narrow.addEventListener("change", () => this.#start(), { signal: this.signal });
    this.#start();
    this.#listenToSplitter();
  }

  /** Let people divide the height between the list and the details. This browser remembers it. */
  #listenToSplitter() {
    const { panel } = this;
    const splitter = find("#panel-splitter", panel);
    const show = (/** @type {number} */ share) => {
      const kept = Math.round(Math.min(MOST_SHARE, Math.max(LEAST_SHARE, share)));
      if (share > 0) panel.style.setProperty("--details-share", `${kept}%`);
      else panel.removeAttribute("style");
      splitter.ariaValueNow = String(share > 0 ? kept : 58);
      try {
        localStorage.setItem(STORED_SHARE, String(share > 0 ? kept : 0));
      } catch {
        // without storage it is kept as long as the page
      }
    };
    splitter.addEventListener("pointerdown", ({ pointerId }) => splitter.setPointerCapture(pointerId));
    splitter.addEventListener("pointermove", ({ pointerId, clientY }) => {
      const { bottom, height } = panel.getBoundingClientRect();
      if (splitter.hasPointerCapture(pointerId)) show(100 * (bottom - clientY) / height);
    });
    splitter.addEventListener("dblclick", () => show(0));
    splitter.addEventListener("keydown", (event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!direction) return;
      event.preventDefault();
      show(Number(splitter.ariaValueNow) + direction * SHARE_STEP);
    });
    try {
      show(Number(localStorage.getItem(STORED_SHARE)));
    } catch {
      // the browser allows no storage
    }
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
