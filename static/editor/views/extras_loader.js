/**
 * What is not needed to begin with - help, settings, finding - is loaded when the page has opened, so that it opens
 * sooner, and before it is asked for, so that it also works off line.
 */

import { find, make } from "./elements.js";


/**
 * @typedef {import("../extras.js").Extras} Extras
 * @typedef {import("../extras.js").ExtrasParts} ExtrasParts
 */

/** After opening, when nobody is waiting for anything. */
const DELAY_MILLISECONDS = 1500;

/** Buttons outside the panel, and what they open. */
const OPENERS = Object.freeze({ "#help-open": "help", "#settings-open": "settings", "#find-open": "find" });

export class LaterView {
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
      this.loading = null; // asked for again when it is needed, and told then
    }), DELAY_MILLISECONDS);
  }

  /** Do something with what is loaded later, as soon as it is there. @param {(extras: Extras) => void} work */
  use(work) {
    if (this.loaded) work(this.loaded);
    else void this.#load().then(work).catch((error) => this.#tell(error));
  }

  #load() {
    this.loading ??= import(this.url).then((/** @type {typeof import("../extras.js")} */ { openExtras }) => {
      this.loaded = openExtras(this.parts());
      return this.loaded;
    });
    return this.loading;
  }

  /** @param {unknown} error */
  #tell(error) {
    this.loading = null;
    const words = error instanceof Error ? error.message : String(error);
    find("#notices").append(make("p", { class: "notice notice--error", role: "alert" },
      `This could not be loaded. Try again when you are online. (${words})`));
  }
}
