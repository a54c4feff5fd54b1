/**
 * Loads what the page does not need at first: help, settings, finding. It is loaded after the page has opened, so that
 * the page opens sooner, and before it is used, so that it also works offline.
 */

import { gettext, interpolate } from "../../pages/text.js";
import { find, make } from "./elements.js";


/**
 * @typedef {import("../extras.js").Extras} Extras
 * @typedef {import("../extras.js").ExtrasParts} ExtrasParts
 */

/** After opening, when the user is not waiting for anything. */
const DELAY_MILLISECONDS = 1500;

/** Buttons outside the panel, and what they open. */
const OPENERS = Object.freeze({ "#help-open": "help", "#settings-open": "settings", "#find-open": "find" });

export class ExtrasLoader {
  /**
   * @param {string} url
   * @param {() => ExtrasParts} parts
   */
  constructor(url, parts) {
    this.url = url;
    this.parts = parts;
    /** @type {Extras|null} */
    this.loaded = null;
    /** @type {Promise<Extras>|null} */
    this.loading = null;
  }

  listen() {
    for (const [selector, name] of Object.entries(OPENERS)) {
      find(selector).addEventListener("click", () =>
        this.use((extras) => extras[/** @type {"help"|"settings"|"find"} */ (name)].open()));
    }
    setTimeout(() => void this.#load().catch(() => {
      this.loading = null; // loaded again when it is needed, and reported then
    }), DELAY_MILLISECONDS);
  }

  /** Call a function with the extras, once they are loaded. @param {(extras: Extras) => void} work */
  use(work) {
    if (this.loaded) work(this.loaded);
    else void this.#load().then(work).catch((error) => this.#report(error));
  }

  /**
   * Call a function with the extras when they can be loaded, and another one otherwise.
   *
   * @param {(extras: Extras) => void} work
   * @param {() => void} otherwise
   */
  useOr(work, otherwise) {
    if (this.loaded) work(this.loaded);
    else void this.#load().then(work, otherwise);
  }

  #load() {
    this.loading ??= import(this.url).then((/** @type {typeof import("../extras.js")} */ { openExtras }) => {
      this.loaded = openExtras(this.parts());
      return this.loaded;
    });
    return this.loading;
  }

  /** @param {unknown} error */
  #report(error) {
    this.loading = null;
    const words = error instanceof Error ? error.message : String(error);
    // After an upgrade of the site, the address of the script no longer exists.
    const message = navigator.onLine
      ? gettext("This could not be loaded (%(reason)s). Reload the page: the site may have been upgraded.")
      : gettext("This could not be loaded (%(reason)s). Try again when you are online.");
    find("#notices").append(make("p", { class: "notice notice--error", role: "alert" },
      interpolate(message, { reason: words })));
  }
}
