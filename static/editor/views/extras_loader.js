/**
 * Loads what the page does not need at first: finding, review, settings and help. It is loaded after the page has
 * opened, so that the page opens sooner, and before it is used, so that it also works offline.
 */

import { gettext, interpolate } from "../../pages/text.js";
import { find, make } from "./elements.js";

/**
 * @template Extras
 * @typedef {object} Loaded
 * @property {string} url of the module
 * @property {number} delay milliseconds after opening, when the user is not waiting for anything
 * @property {(module: any) => Extras|Promise<Extras>} open
 */

/** @template Extras */
export class ExtrasLoader {
  /**
   * @param {Loaded<Extras>} what
   * @param {AbortSignal} signal
   */
  constructor({ url, delay, open }, signal) {
    this.signal = signal;
    this.url = url;
    this.delay = delay;
    this.open = open;
    /** @type {Extras|null} */
    this.loaded = null;
    /** @type {Promise<Extras>|null} */
    this.loading = null;
  }

  listen() {
    setTimeout(() => !this.signal.aborted && void this.#load().catch(() => {
      this.loading = null; // loaded again when it is needed, and reported then
    }), this.delay);
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
    this.loading ??= import(this.url).then(async (module) => {
      if (this.signal.aborted) return new Promise(() => {}); // the page shows another document
      this.loaded = await this.open(module);
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
